"""The HTML of a PDF as a tree of elements. Pure.

Our templates and the markdown that was cleaned are as well formed as XML but for what has no end
tag; so the parser of XML, which is written in C, reads them in a thirtieth of the time. What it
does not understand goes to the parser of HTML, which understands everything.
"""

from __future__ import annotations

import re
from contextlib import suppress
from xml.etree.ElementTree import Element, ParseError, fromstring

import tinyhtml5  # comes with WeasyPrint

_DOCTYPE = "<!doctype html>"
# In text "<" is escaped, so these are elements.
_WITHOUT_END = re.compile(r"<(br|hr|meta)\b([^<>]*?)/?>")
_SVG = re.compile(r"<svg\b(?! xmlns=)")


def tree_of(html: str) -> Element:
    """Return the root element of a document; elements of SVG have their namespace, others none."""
    text = html.removeprefix(_DOCTYPE).replace("&nbsp;", "\N{NO-BREAK SPACE}")
    text = _WITHOUT_END.sub(r"<\1\2/>", text)
    text = _SVG.sub('<svg xmlns="http://www.w3.org/2000/svg"', text)
    # Another declaration could define entities, to be expanded without end.
    if "<!" not in text:
        with suppress(ParseError):
            return fromstring(text)  # noqa: S314
    root: Element = tinyhtml5.parse(html, namespace_html_elements=False)
    return root
