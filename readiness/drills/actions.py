"""Writes to drills and their scenarios: planned, run, finished, and what they taught."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from readiness.canonical import digest
from readiness.comments.actions import add_comment
from readiness.decisions.actions import brought_back
from readiness.drills.queries import standing_stamps
from readiness.models import (
    Component,
    Criterion,
    Drill,
    DrillEntry,
    DrillFinding,
    DrillPerson,
    DrillScenario,
    EntryKind,
    Requirement,
    User,
)

# What a scenario says, besides the criteria that it proves.
SAID = ("title", "operation", "purpose", "steps", "success", "term_days")


class EditConflict(Exception):
    """Somebody else changed the drill in the meantime; `current` is what the database has now."""

    def __init__(self, current: Drill) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.current = current


class DrillIsOver(EditConflict):
    """It has an outcome already: the plan can no longer be changed."""


class ScenarioConflict(Exception):
    """Somebody else changed the scenario in the meantime; `current` is what it says now."""

    def __init__(self, current: DrillScenario) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.current = current


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said of a drill before it runs. `people` maps who takes part to their part."""

    scenario: DrillScenario
    planned_for: datetime
    goal: str = ""
    people: Mapping[User, str] = field(default_factory=dict)
    # None: those of the scenario that the component has.
    criteria: Collection[Criterion] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is written down of a drill that is over. `after` has how long after the start each
    stamp was, by its kind."""

    started_at: datetime
    ended_at: datetime
    outcome: str
    summary: str = ""
    after: Mapping[str, timedelta] = field(default_factory=dict)


@transaction.atomic
def plan_drill(*, component: Component, plan: Plan, by: User, now: datetime) -> Drill:
    """Plan a drill."""
    drill = Drill(component=component, made_by=by, made_at=now)
    _write_plan(drill, plan, by)
    return drill


@transaction.atomic
def change_plan(*, drill: Drill, plan: Plan, version: int, by: User) -> None:
    """Change a plan that `by` saw at `version`. Raises EditConflict or DrillIsOver, changing
    nothing."""
    current = _take(drill, version)
    if current.outcome:
        raise DrillIsOver(current)
    _write_plan(current, plan, by)


@transaction.atomic
def record_drill(
    *,
    component: Component,
    plan: Plan,
    told: Told,
    by: User,
    now: datetime,
    drill: Drill | None = None,
    version: int = 0,
) -> tuple[Drill, list[Requirement]]:
    """Write down a drill that ran without run mode: a new one, or `drill`, which was planned.

    Returns it with the requirements whose decisions came back by it. Raises EditConflict, or
    DrillIsOver for one that was written down already; nothing is written then.
    """
    current = Drill(component=component, made_at=now) if drill is None else _take(drill, version)
    if current.outcome:
        raise DrillIsOver(current)
    if drill is None:
        current.made_by = by
    current.outcome, current.summary = told.outcome, told.summary
    current.ended_at = told.ended_at
    current._history_date = now  # type: ignore[attr-defined] # when it was written down
    _write_plan(current, plan, by)
    stamped = set(standing_stamps(current))
    moments = {"started": told.started_at}
    moments |= {kind: told.started_at + after for kind, after in told.after.items()}
    DrillEntry.objects.bulk_create(
        DrillEntry(
            drill=current, key=uuid.uuid4(), kind=EntryKind(kind), at=at, by=by, received_at=now
        )
        for kind, at in moments.items()
        if kind not in stamped
    )
    return current, brought_back(component, now)


@transaction.atomic
def finish_drill(
    *, drill: Drill, outcome: str, summary: str, version: int, by: User, now: datetime
) -> list[Requirement]:
    """Say how a drill went, that `by` saw at `version`; or say it again, to correct it.

    It ended when it recovered, else at its last stamp or note, else `now`. Returns the
    requirements whose decisions came back by it. Raises EditConflict, changing nothing.
    """
    current = _take(drill, version)
    if current.ended_at is None:
        stamps = standing_stamps(current)
        last = current.entries.filter(struck_at=None).order_by("at").last()
        current.ended_at = stamps.get("recovered") or (last.at if last else now)
    current.outcome, current.summary = outcome, summary
    current._history_date = now  # type: ignore[attr-defined] # when it was written down
    _keep(current, by)
    return brought_back(current.component, now)


def _take(drill: Drill, version: int) -> Drill:
    """Return the drill as it is, for whoever saw it at `version`; nobody else has it then."""
    rows = Drill.objects.filter(pk=drill.pk)
    taken = rows.filter(version=version).update(version=F("version") + 1)
    current = rows.select_related("component", "scenario").get()
    if not taken:
        raise EditConflict(current)
    return current


def _keep(drill: Drill, by: User) -> None:
    drill._history_user = by  # type: ignore[attr-defined] # where simple_history looks for it
    drill.save()


def _write_plan(drill: Drill, plan: Plan, by: User) -> None:
    """Save the plan with what it proves as one entry of the edit history, not one for each."""
    drill.scenario, drill.planned_for, drill.goal = plan.scenario, plan.planned_for, plan.goal
    drill.skip_history_when_saving = True  # type: ignore[attr-defined]
    drill.save()
    drill.criteria.set(plan.criteria if plan.criteria is not None else _own(drill))
    del drill.skip_history_when_saving  # type: ignore[attr-defined]
    _keep(drill, by)
    drill.parts.exclude(user__in=plan.people).delete()
    DrillPerson.objects.bulk_create(
        [DrillPerson(drill=drill, user=user, part=part) for user, part in plan.people.items()],
        update_conflicts=True,
        unique_fields=["drill", "user"],
        update_fields=["part"],
    )


def _own(drill: Drill) -> Collection[Criterion]:
    return list(drill.scenario.criteria.filter(requirements__component=drill.component))


# --- what a drill taught --------------------------------------------------------------------------


@transaction.atomic
def add_finding(
    *, drill: Drill, text: str, requirement: Requirement | None, by: User, now: datetime
) -> DrillFinding:
    """Write down what a drill taught."""
    return DrillFinding.objects.create(
        drill=drill, text=text, requirement=requirement, by=by, at=now
    )


@transaction.atomic
def comment_finding(*, finding: DrillFinding, by: User, now: datetime) -> bool:
    """Post a finding as a comment on its requirement, once; False where that was done already,
    or where it has no requirement."""
    finding = DrillFinding.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.pk)
    said = finding.comment
    if finding.requirement is None or (said and said.withdrawn_at is None):
        return False
    finding.comment = add_comment(
        requirement=finding.requirement, text=finding.text, by=by, now=now
    )
    finding.save(update_fields=["comment"])
    return True


@transaction.atomic
def link_finding(*, finding: DrillFinding, ticket_url: str) -> None:
    """Say which ticket answers a finding; empty takes the link away."""
    DrillFinding.objects.filter(pk=finding.pk).update(ticket_url=ticket_url)


# --- scenarios of a component ---------------------------------------------------------------------


@transaction.atomic
def save_scenario(
    *,
    component: Component,
    values: dict[str, Any],
    criteria: Collection[Criterion],
    scenario: DrillScenario | None = None,
    seen: str = "",
) -> DrillScenario:
    """Write a component's own scenario: a new one, or `scenario` anew, whose fingerprint was `seen`
    before. Raises ScenarioConflict, changing nothing."""
    if scenario is None:
        scenario = DrillScenario(component=component, slug=_slug(component, values["title"]))
    else:
        scenario = DrillScenario.objects.select_for_update(of=("self",), no_key=True).get(
            pk=scenario.pk
        )
        if fingerprint(scenario) != seen:
            raise ScenarioConflict(scenario)
    for name, value in values.items():
        setattr(scenario, name, value)
    scenario.save()
    scenario.criteria.set(criteria)
    return scenario


def fingerprint(scenario: DrillScenario) -> str:
    """Return what tells one text of a scenario from another: a form carries it."""
    said = {name: getattr(scenario, name) for name in SAID}
    said["criteria"] = sorted(scenario.criteria.values_list("pk", flat=True))
    return digest(said)


def _slug(component: Component, title: str) -> str:
    """Return a slug that no other scenario has, and that says whose it is."""
    base = slugify(f"{component.slug[:26]} {title}")[:56].strip("-")
    slug, number = base, 2
    while DrillScenario.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


@transaction.atomic
def retire_scenario(*, scenario: DrillScenario, now: datetime) -> None:
    """Take a component's own scenario out of use. Its drills are kept, and prove nothing more."""
    DrillScenario.objects.filter(pk=scenario.pk, retired_at=None).update(retired_at=now)
