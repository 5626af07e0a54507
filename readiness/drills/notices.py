"""What people are told of drills: that one is tomorrow, and that one went stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from readiness.drills.queries import latest_drills
from readiness.drills.rules import days_overdue, last_good_day
from readiness.models import Drill, DrillOutcome

# Whoever takes part is told so long before.
BEFORE = timedelta(days=1)


def planned_soon(now: datetime) -> QuerySet[Drill]:
    """Return the drills of the next day, with the people who take part. Two queries."""
    soon = Drill.objects.filter(
        outcome="",
        planned_for__gt=now,
        planned_for__lte=now + BEFORE,
        component__archived_at__isnull=True,
    )
    return soon.select_related("component", "scenario").prefetch_related("parts")


def gone_stale(now: datetime) -> Iterator[Drill]:
    """Yield the drills that passed and prove nothing any more, each the newest of its scenario.

    One query.
    """
    today = timezone.localdate(now)
    passed = latest_drills().filter(
        outcome=DrillOutcome.PASSED, component__archived_at__isnull=True
    )
    for drill in passed.select_related("component", "scenario"):
        if days_overdue(ended_on(drill), drill.scenario.term_days, today):
            yield drill


def ended_on(drill: Drill) -> date:
    """Return the day on which a drill that is over ended."""
    return timezone.localdate(drill.ended_at)


def stale_since(drill: Drill) -> date:
    """Return the first day on which a drill that passed proves nothing any more."""
    return last_good_day(ended_on(drill), drill.scenario.term_days) + timedelta(days=1)
