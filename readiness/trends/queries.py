"""Reads of where a component stood, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from readiness.decisions.standing import Standing
from readiness.models import Component
from readiness.reports.counts import Counts, Tally


@dataclass(frozen=True, slots=True)
class Point:
    """Where a component stood on a day."""

    day: date
    counts: Counts
    # Over the window that ended then; None where only a milestone tells of the day.
    minutes_lost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day; `pk` is of a milestone, None for an incident."""

    day: date
    name: str
    pk: int | None = None
    minutes_lost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A confidence round by the day on which it closed; no mean where too few answered."""

    day: date
    pk: int
    question: str
    voters: int
    members: int
    mean: float | None
    # Also None where only one answered, with a name.
    spread: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The days that are known, the oldest first, and what happened meanwhile."""

    points: Sequence[Point]
    milestones: Sequence[Mark]
    incidents: Sequence[Mark]
    rounds: Sequence[Asked] = ()

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that anything is known of; None for less than two."""
        known = {each.day for each in self.points} | {each.day for each in self.rounds}
        return (min(known), max(known)) if len(known) > 1 else None


def trend_of(component: Component, *, days: int, today: date) -> Trend:
    """Return the last `days` days of a component, today included. Four queries.

    A milestone stands in for a day that was not written down.
    """
    first = today - timedelta(days=days - 1)
    rows = component.rollups.filter(day__gte=first, day__lte=today)
    points = {row.day: Point(row.day, counts_from(row.counts), row.minutes_lost) for row in rows}
    milestones = []
    frozen = component.milestones.filter(made_at__date__range=(first, today)).order_by("made_at")
    for pk, name, made_at, counts in frozen.values_list("pk", "name", "made_at", "counts"):
        day = timezone.localdate(made_at)
        milestones.append(Mark(day, name, pk))
        points.setdefault(day, Point(day, counts_from(counts)))
    found = component.incidents.filter(started_at__date__range=(first, today))
    incidents = [
        Mark(timezone.localdate(started_at), title, minutes_lost=minutes)
        for title, started_at, minutes in found.order_by("started_at", "pk").values_list(
            "title", "started_at", "minutes_lost"
        )
    ]
    rounds = _rounds(component, first, today)
    return Trend([points[day] for day in sorted(points)], milestones, incidents, rounds)


def _rounds(component: Component, first: date, last: date) -> list[Asked]:
    closed = component.confidence_rounds.filter(result__isnull=False)
    rows = closed.filter(closed_at__date__range=(first, last)).order_by("closed_at")
    said = (f"result__{name}" for name in ("voters", "members", "mean", "spread"))
    return [
        Asked(timezone.localdate(closed_at), *kept)
        for closed_at, *kept in rows.values_list("closed_at", "pk", "question", *said)
    ]


def counts_from(said: Mapping[str, Sequence[int]]) -> Counts:
    """Return the counts that a rollup or a milestone keeps."""
    return Counts((Standing(name), Tally(*tally)) for name, tally in said.items())
