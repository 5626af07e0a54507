"""What the pages of drills show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone

from readiness.drills import queries
from readiness.drills.queries import Done
from readiness.drills.rules import STAMPS, Age, Leg, age_of, legs, outage
from readiness.incidents.queries import Budget, budget_of
from readiness.models import (
    Component,
    Drill,
    DrillEntry,
    DrillOutcome,
    EntryKind,
    Requirement,
    Role,
    User,
)

PER_PAGE = 25
# What a stamp says happened, for who presses it.
HINTS = {
    "started": "It is broken from now on",
    "noticed": "Somebody sees that something is wrong",
    "understood": "We know what it is",
    "mitigated": "Users are served again",
    "recovered": "All is as it was before",
}


def may_edit(component: Component) -> bool:
    return component.role >= Role.EDITOR and component.archived_at is None


def age_words(drill: Drill, today: date) -> Age | None:
    """Return what a drill amounts to by itself; None for one that proves nothing, as one of a
    scenario that is out of use."""
    telling = drill.outcome in queries.TELLING and drill.scenario.retired_at is None
    if drill.ended_at is None or not telling:
        return None
    return age_of(
        passed=drill.outcome == DrillOutcome.PASSED,
        ended_on=timezone.localdate(drill.ended_at),
        term_days=drill.scenario.term_days,
        today=today,
    )


def list_context(component: Component, number: str, now: datetime) -> dict[str, Any]:
    """Return the context of drills/drill_list.html, with a page of those that are over."""
    today = timezone.localdate(now)
    operations = queries.operations_of(component, today)
    page = Paginator(queries.done_drills(component), PER_PAGE).get_page(number)
    return {
        "component": component,
        "planned": queries.planned_drills(component),
        "done": [(each, age_words(each, today)) for each in page],
        "page": page,
        "operations": operations,
        "rehearsed": [each for each in operations if each.drill],
        "may_edit": may_edit(component),
        "now": now,
    }


# --- one drill ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A leg as a bar on a line: where it begins and how long it is, in percent of the whole."""

    leg: Leg
    left: str
    width: str


def bars(timeline: Sequence[Leg]) -> list[Bar]:
    """Return the legs as bars on one scale; a leg that took no time is a mark."""
    whole = max((leg.after for leg in timeline), default=timedelta())
    if not whole:
        return []
    found = []
    for leg in timeline:
        width = max(100 * (leg.took / whole), 0.8)
        left = min(100 * ((leg.after - leg.took) / whole), 100 - width)
        found.append(Bar(leg, f"{max(left, 0):.2f}", f"{width:.2f}"))
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """What an outage as long as in the drill would have taken of the error budget."""

    outage: timedelta
    budget: Budget

    @property
    def percent(self) -> str:
        """ "31", "4.2"; empty without a budget that could be used up."""
        if not self.budget.allowed:
            return ""
        share = 100 * (self.outage / self.budget.allowed)
        return f"{share:.0f}" if share >= 10 else f"{share:.1f}"

    @property
    def is_too_much(self) -> bool:
        return self.budget.allowed is not None and self.outage > self.budget.allowed


def detail_context(drill: Drill, now: datetime) -> dict[str, Any]:
    """Return the context of drills/drill_detail.html, but for its forms."""
    component, log = drill.component, queries.log_of(drill)
    stamps = {entry.kind: entry.at for entry in log if _stands(entry)}
    lost = outage(stamps)
    timeline = legs(stamps)
    return {
        "component": component,
        "drill": drill,
        "age": age_words(drill, timezone.localdate(now)),
        "later": queries.later_drill(drill),
        "parts": list(drill.parts.select_related("user")),
        "proves": proves(drill),
        "log": log,
        "started": stamps.get("started"),
        "timeline": timeline,
        "bars": bars(timeline),
        "cost": Cost(lost, budget_of(component, now)) if lost is not None else None,
        "findings": queries.findings_of(drill),
        "may_edit": may_edit(component),
    }


def proves(drill: Drill) -> list[Requirement]:
    """Return the requirements of a drill's criteria. One query."""
    return list(
        Requirement.objects.filter(component=drill.component, criterion__drills=drill)
        .select_related("criterion", "component")
        .order_by("criterion__topic__position", "criterion__position")
    )


def _stands(entry: DrillEntry) -> bool:
    return entry.kind != EntryKind.NOTE and entry.struck_at is None


# --- run mode -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A stamp in run mode: pressed already, or to be pressed."""

    kind: str
    label: str
    hint: str
    entry: DrillEntry | None
    after: timedelta | None
    # The next one that is not pressed, in the order of the steps.
    is_next: bool
    # What this form sends it under, so that sending it twice writes it once.
    key: uuid.UUID


def state_context(drill: Drill, now: datetime) -> dict[str, Any]:
    """Return what the part of run mode shows that changes. Two queries."""
    log = queries.log_of(drill)
    standing = {entry.kind: entry for entry in log if _stands(entry)}
    started = standing.get("started")
    next_one = next((kind for kind in STAMPS if kind not in standing), None)
    buttons = [
        Button(
            kind=kind,
            label=EntryKind(kind).label,
            hint=HINTS[kind],
            entry=entry,
            after=entry.at - started.at if entry and started and kind != "started" else None,
            is_next=kind == next_one,
            key=uuid.uuid4(),
        )
        for kind in STAMPS
        for entry in [standing.get(kind)]
    ]
    end = standing.get("recovered")
    until = end.at if end else drill.ended_at or now
    running = max(until - started.at, timedelta()) if started else None
    return {
        "component": drill.component,
        "drill": drill,
        "buttons": buttons,
        "log": [(entry, entry.at - started.at if started else None) for entry in reversed(log)],
        "seen": queries.seen_of(drill),
        "running": running,
        "running_ms": "" if running is None else running // timedelta(milliseconds=1),
        "runs": started is not None and end is None and not drill.outcome,
        "note_key": uuid.uuid4(),
        "may_edit": may_edit(drill.component),
    }


# --- people and operations ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A person, and what they have done of each operation; None for what they never did."""

    user: User
    cells: list[tuple[str, Done | None]]

    @property
    def never(self) -> list[str]:
        return [operation for operation, done in self.cells if done is None]

    @property
    def doubtful(self) -> list[tuple[str, Done]]:
        """What they did, but so long ago or so badly that it proves nothing today."""
        return [
            (operation, done)
            for operation, done in self.cells
            if done and done.age in (Age.STALE, Age.FAILED)
        ]


def matrix_context(component: Component, who: Iterable[str], now: datetime) -> dict[str, Any]:
    """Return the context of drills/drill_matrix.html; `who` are user names, none for everybody."""
    done = queries.done_by_people(component, timezone.localdate(now))
    operations = sorted(
        set(queries.scenarios_for(component).values_list("operation", flat=True)), key=str.lower
    )
    members = list(
        component.team.members.filter(is_active=True).order_by(
            "first_name", "last_name", "username"
        )
    )
    wanted = {name for name in who if name}
    rows = [
        Row(user, [(each, done.get(user.pk, {}).get(each)) for each in operations])
        for user in members
    ]
    covered = {name for row in rows for name, each in row.cells if each}
    return {
        "component": component,
        "any": bool(operations),
        # What nobody did is said in a sentence, not in a column of "never".
        "operations": [each for each in operations if each in covered],
        "rows": [row for row in rows if not wanted or row.user.username in wanted],
        "members": [(user, user.username in wanted) for user in members],
        "picked": bool(wanted),
        "by_nobody": [each for each in operations if each not in covered],
        "may_edit": may_edit(component),
    }
