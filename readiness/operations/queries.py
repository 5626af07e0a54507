"""Reads of operations sheets, and of what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from readiness.drills.rules import Age, age_of
from readiness.models import (
    Blueprint,
    CheckState,
    Component,
    Drill,
    DrillOutcome,
    DrillScenario,
    SheetVersion,
)
from readiness.operations.places import Places, Seen, places_of
from readiness.operations.sheet import Sheet, parse_sheet

GROUPS = ("logs.group-in-every-region", "logs.retention", "logs.metric-filter")
ALARMS, DISTRIBUTION_ALARMS = "alarms.function-errors-in-every-region", "alarms.cloudfront-errors"
# An answer is about what the component was when it was given.
ABOUT = ("distribution_id", "function_name", "log_group", "partition")


@dataclass(frozen=True, slots=True)
class Current:
    """The sheet of a component as it is now."""

    sheet: Sheet
    # None: nobody has saved one yet.
    version: SheetVersion | None
    # What an unsaved sheet comes from; None where its blueprint has none.
    blueprint: Blueprint | None

    @property
    def number(self) -> int:
        return self.version.number if self.version else 0


def current_sheet(component: Component) -> Current:
    """Return the newest version of a component's sheet, else what its blueprint proposes, else an
    empty one. One query; the component comes with its blueprint."""
    version = component.sheet_versions.select_related("made_by").first()
    if version:
        return Current(parse_sheet(version.content), version, None)
    blueprint = component.blueprint
    if blueprint and blueprint.operations:
        return Current(parse_sheet(blueprint.operations), None, blueprint)
    return Current(Sheet(), None, None)


def versions_of(component: Component) -> QuerySet[SheetVersion]:
    """Return the versions of a component's sheet without their content, the newest first."""
    return component.sheet_versions.select_related("made_by").defer("content")


def places_for(component: Component) -> Places:
    """Return where to look for a component, by what checks last saw. One query."""
    parameters = component.parameters
    return places_of(parameters, _seen(component, parameters))


def _seen(component: Component, parameters: Mapping[str, Any]) -> Seen:
    groups: dict[str, bool] = {}
    # By check: what it said of a region first counts, an older answer fills in the others.
    alarms: dict[str, dict[str, list[str]]] = {ALARMS: {}, DISTRIBUTION_ALARMS: {}}
    looked_at: datetime | None = None
    for check, observed, at in _answers(component, parameters):
        regions = observed.get("regions") or {}
        if check in GROUPS:
            found = {name: row["group"] for name, row in regions.items() if "group" in row}
            if found.keys() - groups.keys():
                looked_at = min(looked_at or at, at)
            groups = found | groups
        elif check == ALARMS:
            named = {name: _named(row) for name, row in regions.items() if "alarms" in row}
            alarms[check] = named | alarms[check]
        else:
            alarms[check] = {observed.get("region", ""): _named(observed)} | alarms[check]
    return Seen(groups, alarms[ALARMS], alarms[DISTRIBUTION_ALARMS], looked_at)


def _named(row: Mapping[str, Any]) -> list[str]:
    """Return the names of alarms in a row of facts, without its "and 7 more"."""
    return [name for name in row.get("alarms") or () if not re.fullmatch(r"and \d+ more", name)]


def _answers(
    component: Component, parameters: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, Any], datetime]]:
    """Yield the newest answers about what the component is now, those of each check in the order
    in which they count: its latest look, then, where that saw less, the last that knew."""
    rows = CheckState.objects.filter(
        component=component, check_id__in=(*GROUPS, ALARMS, DISTRIBUTION_ALARMS)
    ).order_by("-latest__checked_at", "check_id")
    sides = ("latest", "known")
    fields = ("observed", "checked_at", "run__parameters")
    names = [f"{side}__{field}" for side in sides for field in fields]
    for check, *values in rows.values_list("check_id", *names):
        for observed, at, asked in (values[:3], values[3:]):
            if observed and all(asked.get(name) == parameters.get(name) for name in ABOUT):
                yield check, observed, at


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the drills of a scenario say about an option."""

    scenario: str
    title: str
    term_days: int
    # When the newest drill of it that passed or failed ended; None when there was none.
    at: datetime | None
    age: Age | None


def rehearsals(component: Component, slugs: Collection[str], now: datetime) -> dict[str, Rehearsal]:
    """Return what is known of drill scenarios by their slugs; those that there are not, or that are
    another component's, are missing. One query, none for no slugs."""
    if not slugs:
        return {}
    newest = Drill.objects.filter(
        component=component,
        scenario=OuterRef("pk"),
        outcome__in=(DrillOutcome.PASSED, DrillOutcome.FAILED),
        ended_at__isnull=False,
    ).order_by("-ended_at", "-pk")
    # Those out of use as well: what was rehearsed was rehearsed.
    known = DrillScenario.objects.filter(Q(component=None) | Q(component=component))
    rows = known.filter(slug__in=slugs).annotate(
        last_at=Subquery(newest.values("ended_at")[:1]),
        last_outcome=Subquery(newest.values("outcome")[:1]),
    )
    today = timezone.localdate(now)
    return {
        row.slug: Rehearsal(
            row.slug,
            row.title,
            row.term_days,
            row.last_at,
            None
            if row.last_at is None
            else age_of(
                passed=row.last_outcome == DrillOutcome.PASSED,
                ended_on=timezone.localdate(row.last_at),
                term_days=row.term_days,
                today=today,
            ),
        )
        for row in rows
    }
