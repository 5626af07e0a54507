"""Reasoning is markdown, and nothing but markdown: no HTML, no images, no address but the web's."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

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


def _stand_out(tokens: Iterable[Token], words: re.Pattern[str]) -> Iterator[Token]:
    for token in tokens:
        if token.type != "text":
            yield token
            continue
        end = 0
        for found in words.finditer(token.content):
            yield Token("text", "", 0, content=token.content[end : found.start()])
            yield Token("strong_open", "strong", 1)
            yield Token("text", "", 0, content=found[0])
            yield Token("strong_close", "strong", -1)
            end = found.end()
        yield Token("text", "", 0, content=token.content[end:])


@lru_cache(maxsize=2048)
def render_markdown(text: str, strong: tuple[str, ...] = ()) -> SafeString:
    """Return markdown as sanitised HTML; links open nothing but http, https and mailto.

    The words of `strong` stand out wherever they stand in plain text, and nowhere in code.
    """
    tokens = _PARSER.parse(text)
    if strong:
        either = "|".join(re.escape(word) for word in sorted(strong, key=len, reverse=True))
        words = re.compile(rf"(?<![\w@.+-])(?:{either})(?![\w@])")
        for token in tokens:
            token.children = token.children and list(_stand_out(token.children, words))
    html = nh3.clean(
        _shift_headings(_PARSER.renderer.render(tokens, _PARSER.options, {})),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it
