"""Reads of the incident log."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from readiness.components.error_budget import error_budget
from readiness.models import Component, Criterion, Incident, User

PER_PAGE = 25


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents of a log are asked for: of a year, of a criterion (its slug), or all."""

    year: str = ""
    criterion: str = ""

    def __bool__(self) -> bool:
        return bool(self.year or self.criterion)


def incidents_of(component: Component, wanted: Wanted, page: str) -> Page[Incident]:
    """Return a page of the log of a component, the newest first, with what each incident touched.

    Four queries.
    """
    found = component.incidents.select_related("recorded_by").prefetch_related("criteria")
    if wanted.year:
        # The first and the last years of all do not lie in UTC as a whole.
        year = int(wanted.year) if re.fullmatch("[1-8][0-9]{3}", wanted.year) else 0
        found = found.filter(started_at__year=year) if year else found.none()
    if wanted.criterion:
        found = found.filter(criteria__slug=wanted.criterion)
    return Paginator(found, PER_PAGE).get_page(page)


def years_of(component: Component) -> list[int]:
    """Return the years in which incidents of a component began, the newest first. One query."""
    moments = component.incidents.order_by("-started_at").datetimes("started_at", "year", "DESC")
    return [moment.year for moment in moments]


def criteria_touched(component: Component) -> QuerySet[Criterion]:
    """Return the criteria that any incident of a component touched, in the catalog's order."""
    touched = component.incidents.filter(criteria__isnull=False).order_by().values("criteria")
    return Criterion.objects.filter(pk__in=touched).order_by("topic__position", "position")


def lasted(incident: Incident) -> timedelta | None:
    """Return how long an incident lasted; None while nobody said when it ended."""
    return None if incident.ended_at is None else incident.ended_at - incident.started_at


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a timeline, with how long after the start it was."""

    at: datetime
    text: str
    after: timedelta


def timeline_of(incident: Incident) -> list[Moment]:
    """Return what happened when, in the order of time."""
    found = [(datetime.fromisoformat(entry["at"]), entry["text"]) for entry in incident.timeline]
    return [Moment(at, text, at - incident.started_at) for at, text in found]


def share_of(incident: Incident) -> Budget | None:
    """Return what one incident took of a whole window's budget; None where nobody said how much
    it lost."""
    if incident.minutes_lost is None:
        return None
    component = incident.component
    target, window = component.availability_target, component.availability_window
    return Budget(
        window_days=component.availability_window_days,
        lost=timedelta(minutes=float(incident.minutes_lost)),
        allowed=None if target is None else error_budget(target, window),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What an incident said once; the field names are those of the incident."""

    title: str
    text: str
    started_at: datetime
    ended_at: datetime | None
    minutes_lost: Decimal | None
    timeline: list[Moment]
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
            ended_at=row.ended_at,
            timeline=timeline_of(row),
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
