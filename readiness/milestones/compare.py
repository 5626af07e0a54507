"""What is not the same in two gap reports, requirement by requirement. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from readiness.aws.history import NOTHING, differences
from readiness.decisions.live import CheckLine
from readiness.decisions.standing import Standing
from readiness.models.catalog import Outcome
from readiness.reports import facts, words
from readiness.reports.gap_report import DecisionLine, GapReport, RequirementLine

# From what is claimed falsely to what is proven. Standings in one place are as good as each other:
# a promise that was not kept, and a term that ran out; what is there although it was not done.
WORST_FIRST = (
    (Standing.CONTRADICTED,),
    (Standing.OVERDUE, Standing.LAPSED),
    (Standing.UNDECIDED,),
    (Standing.GAP,),
    (Standing.ACCEPTED,),
    (Standing.OVERTAKEN, Standing.ARRIVED),
    (Standing.DONE,),
    (Standing.VERIFIED, Standing.NOT_APPLICABLE),
)
_RANK = {each: rank for rank, standings in enumerate(WORST_FIRST) for each in standings}


class Way(StrEnum):
    """How a requirement moved; in the order in which it matters."""

    WORSE = "worse"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    BETTER = "better"
    SAME = "as before"


class Said(NamedTuple):
    """One thing that is not as it was, in words; empty for what was not there."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Move:
    """One requirement on both sides; one side may lack it, never both."""

    way: Way
    # Of the newer side that has it.
    line: RequirementLine
    before: RequirementLine | None
    after: RequirementLine | None
    decision: tuple[Said, ...] = ()
    facts: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All requirements of two reports, what matters most first."""

    moves: tuple[Move, ...]

    @property
    def counts(self) -> list[tuple[Way, int]]:
        """Each way with its number, in the order of the sentence."""
        number = Counter(move.way for move in self.moves)
        order = (Way.WORSE, Way.BETTER, Way.CHANGED, Way.NEW, Way.GONE, Way.SAME)
        return [(way, number[way]) for way in order]

    @property
    def in_words(self) -> str:
        """Return "3 worse, 5 better, 2 changed, 64 as before"; new and gone only where any is."""
        said = (f"{number} {way}" for way, number in self.counts if number or way not in _SELDOM)
        return ", ".join(said)


_SELDOM = (Way.NEW, Way.GONE)


def compare(before: GapReport, after: GapReport) -> Comparison:
    """Return how each requirement moved from one report to the other.

    Those retired from the catalog count on neither side, as in the reports.
    """
    old = {line.criterion: line for line in before.requirements}
    new = {line.criterion: line for line in after.requirements}
    moves = [Move(Way.GONE, line, line, None) for each, line in old.items() if each not in new]
    moves += [_move(old.get(each), line) for each, line in new.items()]
    order = {way: place for place, way in enumerate(Way)}
    moves.sort(key=lambda m: (order[m.way], _RANK[m.line.standing], -m.line.weight))
    return Comparison(tuple(moves))


def _move(before: RequirementLine | None, after: RequirementLine) -> Move:
    if before is None:
        return Move(Way.NEW, after, None, after)
    decided = tuple(_decision_said(before, after))
    seen = tuple(_facts_said(before.checks, after.checks))
    way = _way(before.standing, after.standing)
    if way is Way.SAME and (decided or seen):
        way = Way.CHANGED
    return Move(way, after, before, after, decided, seen)


def _way(before: Standing, after: Standing) -> Way:
    """Set aside, or no longer, is neither better nor worse, but for what asked for a decision."""
    if before is after:
        return Way.SAME
    pair = {before, after}
    if Standing.NOT_APPLICABLE in pair and not any(each.needs_attention for each in pair):
        return Way.CHANGED
    if _RANK[before] == _RANK[after]:
        return Way.CHANGED
    return Way.WORSE if _RANK[after] < _RANK[before] else Way.BETTER


# --- In words -------------------------------------------------------------------------------------

_TEXTS = {
    "reasoning": "Reasoning",
    "evidence": "Evidence",
    "risk": "Risk",
    "mitigations": "Mitigations",
    **words.BESIDES,
    "ticket_url": "Ticket",
}


def _decision_said(before: RequirementLine, after: RequirementLine) -> Iterator[Said]:
    """Yield what was decided otherwise, and what else people changed on the requirement."""
    for what, old, new in zip(_NAMES, _of_line(before), _of_line(after), strict=True):
        if old != new:
            yield Said(what, old, new)


_NAMES = (
    "Statement",
    "Weight",
    "Owner",
    "Decision",
    "Due",
    "Revisit by",
    "Rated",
    "Remaining risk",
    "From the platform",
    *_TEXTS.values(),
)


def _of_line(line: RequirementLine) -> tuple[str, ...]:
    owner = line.owner.name if line.owner else ""
    return (line.statement, str(line.weight), owner, *_of_decision(line.decision))


def _of_decision(decision: DecisionLine | None) -> tuple[str, ...]:
    if decision is None:
        return ("",) * (len(_NAMES) - 3)
    return (
        words.OUTCOME_WORDS[Outcome(decision.outcome)],
        words.day(decision.due_date),
        words.day(decision.revisit_date),
        words.risk(decision),
        words.remaining_risk(decision),
        decision.inherited_from,
        *(str(getattr(decision, name)) for name in _TEXTS),
    )


def _facts_said(before: Iterable[CheckLine], after: Iterable[CheckLine]) -> Iterator[Said]:
    """Yield what the checks say and saw otherwise, those that came and went included."""
    old = {line.check.id: line for line in before}
    new = {line.check.id: line for line in after}
    for check_id in dict.fromkeys((*new, *old)):
        was, now = old.get(check_id), new.get(check_id)
        title = (now or old[check_id]).check.title
        if _verdict(was) != _verdict(now):
            yield Said(title, _verdict(was), _verdict(now))
        if was and now and _looked(was) and _looked(now):
            for fact in differences(was.observed or {}, now.observed or {}):
                where = f"{title}: {facts.path_words(fact.path)}"
                yield Said(where, _fact(fact.before), _fact(fact.after))


def _looked(line: CheckLine) -> bool:
    """Whether its facts say anything: where nobody could look, none is gone."""
    return line.status is not None and not line.could_not_look


def _verdict(line: CheckLine | None) -> str:
    if line is None:
        return ""
    said = "could not look" if line.could_not_look else _LIVE[line.verdict.value]
    return f"{said}, muted" if line.muted else said


_LIVE = {
    "pass": "passes",
    "fail": "fails",
    "unknown": "not looked at",
    "no_check": "does not apply",
}


def _fact(value: Any) -> str:
    return "" if value is NOTHING else facts.value_words(value)
