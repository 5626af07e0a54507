"""Reads of drills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from readiness.drills.rules import days_overdue
from readiness.models import Component, Drill, DrillOutcome

#: Those that say something about the operation; an abandoned one says nothing.
TELLING = (DrillOutcome.PASSED, DrillOutcome.FAILED)


def latest_drills() -> QuerySet[Drill]:
    """Return the newest telling drill of each scenario that is still in use, by component."""
    later = Drill.objects.filter(
        Q(ended_at__gt=OuterRef("ended_at"))
        | Q(ended_at=OuterRef("ended_at"), pk__gt=OuterRef("pk")),
        component=OuterRef("component"),
        scenario=OuterRef("scenario"),
        outcome__in=TELLING,
    )
    telling = Drill.objects.filter(outcome__in=TELLING, scenario__retired_at=None)
    return telling.filter(~Exists(later))


def oldest_stale_drill(
    component_ids: Collection[int] | QuerySet[Component], today: date
) -> dict[int, tuple[str, date, int]]:
    """Return the drill that has been stale for longest, by the id of each component that has one:
    its scenario's title, the day it ended, and for how many days it has been stale.

    One that failed since is failed, not stale. One query.
    """
    rows = (
        latest_drills()
        .filter(component__in=component_ids, outcome=DrillOutcome.PASSED)
        .order_by("ended_at", "pk")
        .values_list("component_id", "scenario__title", "ended_at", "scenario__term_days")
    )
    found: dict[int, tuple[str, date, int]] = {}
    for component, title, ended_at, term in rows:
        ended_on = timezone.localdate(ended_at)
        overdue = days_overdue(ended_on, term, today)
        if overdue > found.get(component, ("", ended_on, 0))[2]:
            found[component] = (title, ended_on, overdue)
    return found
