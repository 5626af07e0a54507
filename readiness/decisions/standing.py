"""What a requirement amounts to today: one pure function, and the words for its answers.

The rules are section 5 of the design, as a table in docs/standings.md and in
tests/decisions/test_standing.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from readiness.models.catalog import Outcome


class Standing(StrEnum):
    UNDECIDED = "undecided"
    GAP = "gap"
    OVERDUE = "overdue"
    ARRIVED = "arrived"
    DONE = "done"
    VERIFIED = "verified"
    CONTRADICTED = "contradicted"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        return self.replace("_", " ")

    @property
    def needs_attention(self) -> bool:
        return self in NEEDS_ATTENTION

    @property
    def asks_again(self) -> bool:
        """True when a decision was made, and asks to be made again."""
        return self.needs_attention and self is not Standing.UNDECIDED

    @property
    def group(self) -> Group:
        return _GROUPS[self]


class Group(StrEnum):
    """How standings are counted together in bars; accepted, done and not applicable never are."""

    VERIFIED = "verified"
    DONE = "done"
    GAP = "gap"
    ACCEPTED = "accepted"
    ATTENTION = "attention"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        return "needs attention" if self is Group.ATTENTION else self.replace("_", " ")


# Undecided needs attention too, but has its own place: it is where everything begins.
NEEDS_ATTENTION = (
    Standing.CONTRADICTED,
    Standing.LAPSED,
    Standing.OVERTAKEN,
    Standing.OVERDUE,
    Standing.ARRIVED,
    Standing.UNDECIDED,
)
_GROUPS = dict.fromkeys(NEEDS_ATTENTION, Group.ATTENTION) | {
    Standing.UNDECIDED: Group.UNDECIDED,
    Standing.GAP: Group.GAP,
    Standing.DONE: Group.DONE,
    Standing.VERIFIED: Group.VERIFIED,
    Standing.ACCEPTED: Group.ACCEPTED,
    Standing.NOT_APPLICABLE: Group.NOT_APPLICABLE,
}


class LiveVerdict(StrEnum):
    """What all checks of a requirement say together."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NO_CHECK = "no_check"


class Terms(Protocol):
    """The part of a decision that its standing depends on; a Decision is one."""

    @property
    def outcome(self) -> str: ...
    @property
    def due_date(self) -> date | None: ...
    @property
    def revisit_date(self) -> date | None: ...


def standing(
    decision: Terms | None, verdict: LiveVerdict, today: date, *, fired: bool = False
) -> Standing:
    """Return what a requirement amounts to on `today`.

    A due or revisit date counts as passed on the day after it; so does one whose decision has a
    trigger that `fired`.
    """
    if decision is None:
        return Standing.UNDECIDED
    due_passed = _passed(decision.due_date, today)
    term_passed = fired or _passed(decision.revisit_date, today)
    match Outcome(decision.outcome), verdict:
        case Outcome.BUILD, LiveVerdict.PASS:
            return Standing.ARRIVED
        case Outcome.BUILD, _:
            return Standing.OVERDUE if due_passed else Standing.GAP
        case Outcome.DONE, LiveVerdict.PASS:
            return Standing.VERIFIED
        case Outcome.DONE, LiveVerdict.FAIL:
            return Standing.CONTRADICTED
        case Outcome.DONE, _:
            return Standing.DONE
        case Outcome.WONT_BUILD, LiveVerdict.PASS:
            return Standing.OVERTAKEN
        case Outcome.WONT_BUILD, _:
            return Standing.LAPSED if term_passed else Standing.ACCEPTED
        case Outcome.NOT_APPLICABLE, _:
            return Standing.LAPSED if term_passed else Standing.NOT_APPLICABLE


def changes_on(decision: Terms | None, today: date) -> date | None:
    """Return the first day after `today` on which time alone may change the standing, or None."""
    if decision is None:
        return None
    end = decision.due_date if decision.outcome == Outcome.BUILD else decision.revisit_date
    return None if end is None or _passed(end, today) else end + timedelta(days=1)


def _passed(end: date | None, today: date) -> bool:
    return end is not None and today > end


@dataclass(frozen=True, slots=True)
class Look:
    """The latest word on one check: its newest answer, and the newest pass or fail."""

    status: str
    checked_at: datetime
    known_status: str | None
    known_at: datetime | None

    @property
    def could_look(self) -> bool:
        return self.status in ("pass", "fail", "not_applicable")


def verdict_of(look: Look | None, now: datetime, stale_after: timedelta) -> LiveVerdict:
    """Return what one check says today; `look` is None when it never ran.

    Only a pass or a fail moves a requirement: when the latest look failed, the newest known
    verdict stands. A pass stands for `stale_after`, then it is unknown; a fail stands until
    somebody has looked again, because not being able to look mends nothing.
    """
    if look is None:
        return LiveVerdict.UNKNOWN
    if look.status == "not_applicable":
        return LiveVerdict.NO_CHECK
    if look.could_look:
        return LiveVerdict(look.status)
    if look.known_status == "fail":
        return LiveVerdict.FAIL
    if look.known_status == "pass" and look.known_at and now - look.known_at <= stale_after:
        return LiveVerdict.PASS
    return LiveVerdict.UNKNOWN


def combine(verdicts: Iterable[LiveVerdict]) -> LiveVerdict:
    """Several checks of one requirement: any fail fails, else any unknown, else pass."""
    found = set(verdicts)
    for verdict in (LiveVerdict.FAIL, LiveVerdict.UNKNOWN, LiveVerdict.PASS):
        if verdict in found:
            return verdict
    return LiveVerdict.NO_CHECK
