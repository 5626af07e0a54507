"""Reasoning is markdown, and nothing but markdown: no HTML, no images, no address but the web's."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _shift_headings(html: str) -> str:
    # A heading in somebody's reasoning must not stand above those of the page around it.
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", "<h4>").replace(f"</h{level}>", "</h4>")
    return html


@lru_cache(maxsize=2048)
def render_markdown(text: str) -> SafeString:
    """Return markdown as sanitised HTML; links open nothing but http, https and mailto."""
    html = nh3.clean(
        _shift_headings(_PARSER.render(text)),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it
