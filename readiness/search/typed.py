"""What somebody typed into the search box, as the databases understand it. Pure.

A word finds what begins with it, "words in quotes" one after the other and as they are; what has a
minus before it must not be there. Everything else that is typed is taken for a space: no input is
wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST = 200  # characters of what is typed
TERMS = 12
_LONGEST_WORD = 100
# Shorter words are taken as they are: half of all words begin with "a".
PREFIX_FROM = 3
_PIECE = re.compile(r'(?<!\S)(-?)(?:"([^"]*)"?|(\S+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other; of the last one only the beginning, if `is_prefix`."""

    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """All `wanted` terms have to be there, none of the `unwanted` ones."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def beginnings(self) -> list[str]:
        """The single words of which only the beginning was typed."""
        terms = dict.fromkeys((*self.wanted, *self.unwanted))
        return [term.words[0] for term in terms if term.is_prefix and len(term.words) == 1]

    def fts5(self, becomes: Mapping[str, Sequence[str]]) -> str:
        """As an FTS5 expression of its own, in brackets. What some beginnings may become is known:
        those words are asked for."""
        wanted = " AND ".join(_fts5(term, becomes) for term in self.wanted)
        if not self.unwanted:
            return f"({wanted})"
        return f"(({wanted}) NOT ({' OR '.join(_fts5(term, becomes) for term in self.unwanted)}))"

    def tsquery(self, weight: str = "") -> str:
        """As PostgreSQL's to_tsquery reads it; with a `weight`, only in what has that weight."""
        wanted = [_tsquery(term, weight) for term in self.wanted]
        return " & ".join([*wanted, *(f"!{_tsquery(term, '')}" for term in self.unwanted)])


def typed(text: str) -> Typed:
    """Read what was typed; what is too long is cut. Without a wanted term nothing is asked for."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for minus, phrase, word in _PIECE.findall(unicodedata.normalize("NFC", text)[:LONGEST]):
        words = tuple(each.lower()[:_LONGEST_WORD] for each in _WORD.findall(phrase or word))
        if words and len(wanted) + len(unwanted) < TERMS:
            term = Term(words, is_prefix=not phrase and len(words[-1]) >= PREFIX_FROM)
            (unwanted if minus else wanted).append(term)
    return Typed(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _fts5(term: Term, becomes: Mapping[str, Sequence[str]]) -> str:
    known = becomes.get(term.words[0]) if term.is_prefix and len(term.words) == 1 else None
    if known:
        every = " OR ".join(f'"{word}"' for word in known)
        return f"({every})"
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _tsquery(term: Term, weight: str) -> str:
    *first, last = (f"'{word}'" for word in term.words)
    marks = ("*" if term.is_prefix else "") + weight
    followed = [f"{word}:{weight}" if weight else word for word in first]
    return f"({' <-> '.join([*followed, f'{last}:{marks}' if marks else last])})"
