"""Half a year of where each component stood, as the ledger tells it, ending in what stands today.

Nobody had looked at AWS before today: what was done counted as done. What a component follows of
a platform counts from today on.
"""

from __future__ import annotations

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from readiness.decisions.standing import LiveVerdict, Standing, standing
from readiness.incidents.queries import budget_of
from readiness.models import ApprovalKind, Component, DailyRollup, Decision, Requirement
from readiness.reports.counts import Counts, Tally
from readiness.trends.rollup import counts_as_json, roll_up_at, write_week

DAYS = 183


def load_trends(now: datetime) -> None:
    """Write the rollups of the days before `now` on which a component existed, and today's."""
    today = timezone.localdate(now)
    rows = []
    teams = dict(Component.objects.active().values_list("pk", "team_id"))
    by_day: dict[date, dict[int, Counts]] = defaultdict(dict)
    for component in Component.objects.active():
        requirements = component.requirements.filter(criterion__retired_at=None)
        decided = _decided(component)
        born = timezone.localdate(component.created_at)
        for ago in range(DAYS - 1, 0, -1):
            day = today - timedelta(days=ago)
            if day >= born:
                by_day[day][component.pk] = _counts(requirements, decided, day)
                rows.append(
                    DailyRollup(
                        component=component,
                        day=day,
                        counts=counts_as_json(by_day[day][component.pk]),
                        minutes_lost=_minutes_lost(component, now - timedelta(days=ago)),
                    )
                )
    DailyRollup.objects.bulk_create(rows)
    for day, counts in by_day.items():
        if day.weekday() == calendar.SUNDAY:
            write_week(day, {pk: teams[pk] for pk in counts}, counts)
    roll_up_at(now)


def _minutes_lost(component: Component, moment: datetime) -> float:
    return budget_of(component, moment).lost / timedelta(minutes=1)


def _decided(component: Component) -> list[Decision]:
    """The entries that came to stand, the oldest first."""
    stood = Q(needs_approval=False) | Q(approvals__kind=ApprovalKind.APPROVED)
    found = Decision.objects.filter(stood, requirement__component=component)
    return list(found.order_by("decided_at", "pk"))


def _counts(requirements: Iterable[Requirement], decided: list[Decision], day: date) -> Counts:
    stood = {
        each.requirement_id: each for each in decided if timezone.localdate(each.decided_at) <= day
    }
    tallies: Counter[Standing] = Counter()
    weights: Counter[Standing] = Counter()
    for requirement in requirements:
        there = standing(stood.get(requirement.pk), LiveVerdict.UNKNOWN, day)
        tallies[there] += 1
        weights[there] += requirement.weight
    return Counts((each, Tally(number, weights[each])) for each, number in tallies.items())
