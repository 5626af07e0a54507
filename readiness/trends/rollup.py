"""Writes down where each component stands, once a day, and what each team comes to, once a week; a
later look of the day or the week replaces it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from readiness.components.queries import counts_of
from readiness.incidents.queries import minutes_lost_of
from readiness.models import Component, DailyRollup, WeeklyRollup
from readiness.reports.counts import Counts


def roll_up() -> None:
    """Write today's row of every active component; a schedule calls it each hour."""
    roll_up_at(timezone.now())


@transaction.atomic
def roll_up_at(now: datetime) -> int:
    """Write the rows of the day of `now`, and of its week, or bring them up to date. Returns how
    many components there are.

    A few queries for all components together: from the index of standings and the incident log.
    """
    components = list(Component.objects.active().only("pk", "team", "availability_window_days"))
    counts = counts_of([each.pk for each in components], now)
    lost = minutes_lost_of({each.pk: each.availability_window for each in components}, now)
    day = timezone.localdate(now)
    rows = [
        DailyRollup(
            component=each,
            day=day,
            counts=counts_as_json(counts[each.pk]),
            minutes_lost=lost.get(each.pk, Decimal()),
        )
        for each in components
    ]
    DailyRollup.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["component", "day"],
        update_fields=["counts", "minutes_lost"],
    )
    write_week(day, {each.pk: each.team_id for each in components}, counts)
    return len(rows)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def write_week(day: date, teams: Mapping[int, int], counts: Mapping[int, Counts]) -> None:
    """Write what each team comes to in the week of a day; `teams` are the ids of those that own
    each component, by its id. One query, none without components."""
    of_team: dict[int, list[Counts]] = defaultdict(list)
    for component, team in teams.items():
        of_team[team].append(counts[component])
    rows = [
        WeeklyRollup(
            team_id=team,
            week=monday_of(day),
            components=len(each),
            counts=counts_as_json(_sum(each)),
        )
        for team, each in of_team.items()
    ]
    WeeklyRollup.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["team", "week"],
        update_fields=["components", "counts"],
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    return Counts(pair for each in counts for pair in each.by_standing.items())


def counts_as_json(counts: Counts) -> dict[str, list[int]]:
    """Return number and weight by standing, without the standings of none."""
    return {
        standing.value: [tally.number, tally.weight]
        for standing, tally in counts.by_standing.items()
        if tally.number
    }
