"""What a drill proves, how long it does, and how fast people were. Pure.

A drill that passed proves something from the day it ended. It is fresh for two thirds of its
scenario's term, ageing until the term ends, and stale from the day after. One that failed is failed
until a later one of its scenario passes. An abandoned one proves nothing, for or against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Age(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    FAILED = "failed"


#: The first of these is what a criterion, a component or a person hears of.
WORST_FIRST = (Age.FAILED, Age.STALE, Age.AGEING, Age.FRESH)

#: The stamps of a drill, in the order in which they are pressed.
STAMPS = ("started", "noticed", "understood", "mitigated", "recovered")


def age_of(*, passed: bool, ended_on: date, term_days: int, today: date) -> Age:
    """Return what the latest drill of a scenario, passed or failed, amounts to at `today`."""
    if not passed:
        return Age.FAILED
    days = (today - ended_on).days
    if days > term_days:
        return Age.STALE
    return Age.AGEING if 3 * days >= 2 * term_days else Age.FRESH


def last_good_day(ended_on: date, term_days: int) -> date:
    """Return the last day on which a drill that passed still proves something."""
    return ended_on + timedelta(days=term_days)


def days_overdue(ended_on: date, term_days: int, today: date) -> int:
    """Return for how many days a drill that passed has been stale; 0 while it is not."""
    return max((today - last_good_day(ended_on, term_days)).days, 0)


@dataclass(frozen=True, slots=True)
class Leg:
    """How long one step of a drill took, measured from its start."""

    stamp: str
    words: str
    # From the start, and from the stamp before it that is there.
    after: timedelta
    took: timedelta


WORDS = {
    "noticed": "To notice",
    "understood": "To understand",
    "mitigated": "To mitigate",
    "recovered": "To recover",
}


def legs(stamps: Mapping[str, datetime]) -> list[Leg]:
    """Return the durations that stamps give, in the order of the steps; empty without a start.

    What was not stamped is left out. A stamp before the one that should precede it counts as
    having taken no time: somebody noticed and understood at once, and pressed in another order.
    """
    started = stamps.get("started")
    if started is None:
        return []
    found, before = [], timedelta()
    for name in STAMPS[1:]:
        if name in stamps:
            after = max(stamps[name] - started, timedelta())
            found.append(Leg(name, WORDS[name], after, max(after - before, timedelta())))
            before = max(before, after)
    return found


def outage(stamps: Mapping[str, datetime]) -> timedelta | None:
    """Return how long users would have been without it: from the start until it was mitigated,
    else until it recovered; None where neither was stamped."""
    started = stamps.get("started")
    over = stamps.get("mitigated") or stamps.get("recovered")
    if started is None or over is None:
        return None
    return max(over - started, timedelta())


def moment_of(age: timedelta, *, received_at: datetime, earliest: datetime) -> datetime:
    """Return when something happened that a browser says was `age` ago.

    Clocks of phones are wrong; that it is so long ago, they know. Never in the future, never
    before `earliest`.
    """
    return max(received_at - max(age, timedelta()), min(earliest, received_at))


def worst(ages: Iterable[Age]) -> Age | None:
    """Return the one to hear of first; None of none."""
    return min(ages, key=WORST_FIRST.index, default=None)
