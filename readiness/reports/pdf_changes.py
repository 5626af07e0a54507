"""What changed since an earlier report, as a section of the PDF. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from readiness.milestones.compare import Move, Said, Way, compare
from readiness.reports import words
from readiness.reports.formats import Since
from readiness.reports.gap_report import GapReport

# Of a text on either side, and of what was seen on AWS. The page in the browser has all of it.
LENGTH, MOST_FACTS = 160, 6


class Change(NamedTuple):
    """A requirement that is not as it was, in words."""

    way: str
    css: str
    statement: str
    # Empty for what is no longer in the report.
    criterion: str
    standings: str
    said: tuple[tuple[str, str], ...]
    more: int


def changes(since: Since, report: GapReport, topic: str = "") -> dict[str, Any]:
    """Return the context of reports/pdf/_changes.html, worse first; of one topic only, if given."""
    before = _of(since.report, topic) if topic else since.report
    found = compare(before, report)
    moved = [move for move in found.moves if move.way is not Way.SAME]
    return {
        "name": since.name,
        "day": since.report.today,
        "in_words": found.in_words,
        "moves": [_change(move) for move in moved],
    }


def _of(report: GapReport, topic: str) -> GapReport:
    return replace(report, topics=tuple(each for each in report.topics if each.slug == topic))


def _change(move: Move) -> Change:
    facts = move.facts[:MOST_FACTS]
    return Change(
        way=move.way.value.capitalize(),
        css=f"standing-{move.line.standing}" if move.after else "",
        statement=words.brief(move.line.statement),
        criterion=move.line.criterion if move.after else "",
        standings=_standings(move),
        said=tuple((said.what, _became(said)) for said in (*move.decision, *facts)),
        more=len(move.facts) - len(facts),
    )


def _standings(move: Move) -> str:
    if move.before is None:
        return f"Not in the catalog then; now {move.line.standing.word}."
    if move.after is None:
        return f"Was {move.line.standing.word}; no longer in the catalog."
    before, after = move.before.standing.word, move.after.standing.word
    return f"Still {after}." if before == after else f"Was {before}, is {after}."


def _became(said: Said) -> str:
    before, after = (words.brief(text, LENGTH) for text in (said.before, said.after))
    if not before:
        return f"now \u201c{after}\u201d"
    if not after:
        return f"was \u201c{before}\u201d, now nothing"
    return f"was \u201c{before}\u201d, is \u201c{after}\u201d"
