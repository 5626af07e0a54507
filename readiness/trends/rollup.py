"""Writes down where each component stands, once a day; a later look of the day replaces it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from readiness.components.queries import counts_of
from readiness.models import Component, DailyRollup, Incident
from readiness.reports.counts import Counts

# The longest window that a component may have.
LONGEST = timedelta(days=366)


def roll_up() -> None:
    """Write today's row of every active component; a schedule calls it each hour."""
    roll_up_at(timezone.now())


@transaction.atomic
def roll_up_at(now: datetime) -> int:
    """Write the rows of the day of `now`, or bring them up to date. Returns how many.

    A few queries for all components together: from the index of standings and the incident log.
    """
    components = list(Component.objects.active().only("pk", "availability_window_days"))
    counts = counts_of([each.pk for each in components], now)
    lost = _minutes_lost(components, now)
    day = timezone.localdate(now)
    rows = [
        DailyRollup(
            component=each,
            day=day,
            counts=counts_as_json(counts[each.pk]),
            minutes_lost=lost[each.pk],
        )
        for each in components
    ]
    DailyRollup.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["component", "day"],
        update_fields=["counts", "minutes_lost"],
    )
    return len(rows)


def counts_as_json(counts: Counts) -> dict[str, list[int]]:
    """Return number and weight by standing, without the standings of none."""
    return {
        standing.value: [tally.number, tally.weight]
        for standing, tally in counts.by_standing.items()
        if tally.number
    }


def _minutes_lost(components: Iterable[Component], now: datetime) -> dict[int, Decimal]:
    """Return what incidents took within each component's own window, as incidents/queries.py
    counts it."""
    since = {each.pk: now - each.availability_window for each in components}
    lost: dict[int, Decimal] = defaultdict(Decimal)
    said = Incident.objects.filter(
        started_at__gt=now - LONGEST, started_at__lte=now, minutes_lost__isnull=False
    ).values_list("component_id", "started_at", "minutes_lost")
    for component_id, started_at, minutes in said.order_by():
        if minutes and component_id in since and started_at > since[component_id]:
            lost[component_id] += minutes
    return lost
