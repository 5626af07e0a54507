"""The place in a text where the words are that somebody looks for. Pure."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from readiness.search.typed import Term, Typed

LENGTH = 160
_BEFORE = 40
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
# Marks of Markdown that say nothing on one line.
_MARKDOWN = re.compile(r"\*+|`|^[^\S\n]*(?:#+|>|[-*])\s", re.MULTILINE)
_LETTER, _OTHER = r"[^\W_]", r"[\W_]"


def marked(text: str, asked: Typed) -> SafeString:
    """Return all of a text as HTML on one line, what was asked for in <mark>."""
    return _html(_flat(text), asked)


def excerpt(text: str, asked: Typed) -> SafeString:
    """Return some 160 characters of a text as HTML, from where the most of what was asked for is
    close together; its beginning when nothing of it is there."""
    flat = _flat(text)
    found = [match for term in asked.wanted for match in _pattern(term).finditer(flat)]
    start, end = _window(flat, sorted(match.span() for match in found)[:100])
    before = _ELLIPSIS if start else ""
    after = _ELLIPSIS if end < len(flat) else ""
    return mark_safe(f"{before}{_html(flat[start:end], asked)}{after}")  # noqa: S308 - escaped


def _flat(text: str) -> str:
    return " ".join(_MARKDOWN.sub(" ", text).split())


def _window(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Where to begin and to end, between words where there are any."""
    if len(text) <= LENGTH:
        return 0, len(text)
    near = LENGTH - _BEFORE
    words_near = {
        start: len({text[a:b].lower() for a, b in spans if start <= a and b <= start + near})
        for start, _ in spans
    }
    first = max(words_near, key=lambda start: (words_near[start], -start), default=0)
    start = max(0, min(first - _BEFORE, len(text) - LENGTH))
    if start:
        start = min(first, text.find(" ", start) + 1 or first)
    end = start + LENGTH
    if end < len(text):
        end = max(text.rfind(" ", start, end), first + 1) if " " in text[first:end] else end
    return start, min(end, len(text))


def _html(text: str, asked: Typed) -> SafeString:
    if not asked.wanted:
        return escape(text)
    every = "|".join(f"(?:{_pattern(term).pattern})" for term in asked.wanted)
    parts, at = [], 0
    for match in re.finditer(every, text, re.IGNORECASE):
        parts.append(f"{escape(text[at : match.start()])}<mark>{escape(match[0])}</mark>")
        at = match.end()
    return mark_safe("".join(parts) + escape(text[at:]))  # noqa: S308 - escaped, each part


def _pattern(term: Term) -> re.Pattern[str]:
    """What a database takes for the term: whole words, in this order."""
    words = f"{_OTHER}+".join(re.escape(word) for word in term.words)
    more = f"{_LETTER}*" if term.is_prefix else ""
    return re.compile(f"(?<!{_LETTER}){words}{more}(?!{_LETTER})", re.IGNORECASE)
