"""Reads of the incident log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.db.models import QuerySet

from readiness.components.error_budget import error_budget
from readiness.models import Component, Incident, User


@dataclass(frozen=True, slots=True)
class Budget:
    """What incidents took of the error budget, over the window that ends now."""

    window_days: int
    lost: timedelta
    # None where the component has no target.
    allowed: timedelta | None

    @property
    def percent(self) -> int | None:
        """How much of it is gone, rounded; None without a budget that could be used up."""
        if not self.allowed:
            return None
        return round(100 * (self.lost / self.allowed))

    @property
    def is_spent(self) -> bool:
        return self.allowed is not None and self.lost > self.allowed

    @property
    def left(self) -> timedelta | None:
        return None if self.allowed is None else max(self.allowed - self.lost, timedelta())


def incidents_of(component: Component) -> QuerySet[Incident]:
    """Return the log of a component, the newest first, with what each incident touched."""
    return component.incidents.select_related("recorded_by").prefetch_related("criteria")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an incident said once; the field names are those of the incident."""

    title: str
    text: str
    started_at: datetime
    minutes_lost: Decimal | None
    touched: list[str]
    history_user: User | None
    history_date: datetime


def history_of(incident: Incident) -> list[Entry]:
    """Return what an incident said, the newest first. Two queries."""
    rows = list(incident.history.select_related("history_user"))
    touched: dict[int, list[str]] = defaultdict(list)
    # The table that simple_history keeps of them; it has no name in our models.
    links = apps.get_model("readiness", "HistoricalIncident_criteria").objects
    links = links.filter(history__in=rows)
    for entry, title in links.values_list("history", "criterion__title").order_by("pk"):
        touched[entry].append(title)
    return [
        Entry(
            title=row.title,
            text=row.text,
            started_at=row.started_at,
            minutes_lost=row.minutes_lost,
            touched=touched[row.history_id],
            history_user=row.history_user,
            history_date=row.history_date,
        )
        for row in rows
    ]


def budget_of(component: Component, now: datetime) -> Budget:
    """Return the error budget of a component with what was lost. An incident counts where it
    started within the window. One query."""
    since = now - component.availability_window
    minutes = component.incidents.filter(
        started_at__gt=since, started_at__lte=now, minutes_lost__isnull=False
    ).values_list("minutes_lost", flat=True)
    target = component.availability_target
    return Budget(
        window_days=component.availability_window_days,
        lost=timedelta(minutes=float(sum(minute for minute in minutes if minute))),
        allowed=None if target is None else error_budget(target, component.availability_window),
    )


# The longest window that a component may have.
LONGEST = timedelta(days=366)


def minutes_lost_of(windows: Mapping[int, timedelta], now: datetime) -> dict[int, Decimal]:
    """Return what incidents took of each component within its own window, by its id; those that
    lost nothing are left out. One query."""
    since = {pk: now - window for pk, window in windows.items()}
    lost: dict[int, Decimal] = defaultdict(Decimal)
    said = Incident.objects.filter(
        started_at__gt=now - LONGEST, started_at__lte=now, minutes_lost__isnull=False
    ).values_list("component_id", "started_at", "minutes_lost")
    for component_id, started_at, minutes in said.order_by():
        if minutes and component_id in since and started_at > since[component_id]:
            lost[component_id] += minutes
    return dict(lost)
