"""Reads of drills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from readiness.drills.rules import Age, age_of, days_overdue, last_good_day, worst
from readiness.models import (
    Component,
    Criterion,
    Decision,
    Drill,
    DrillEntry,
    DrillFinding,
    DrillOutcome,
    DrillPerson,
    DrillScenario,
    EntryKind,
)

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
    component_ids: Collection[int] | QuerySet[Any, Any], today: date
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


@dataclass(frozen=True, slots=True)
class Practised:
    """The newest telling drill of a scenario, as far as it speaks for one criterion."""

    drill_id: int
    title: str
    outcome: str
    ended_at: datetime
    # When it was written down that it ended so.
    told_at: datetime
    term_days: int

    @property
    def ended_on(self) -> date:
        return timezone.localdate(self.ended_at)

    @property
    def passed(self) -> bool:
        return self.outcome == DrillOutcome.PASSED

    @property
    def last_good_day(self) -> date:
        return last_good_day(self.ended_on, self.term_days)

    def age(self, today: date) -> Age:
        return age_of(
            passed=self.passed, ended_on=self.ended_on, term_days=self.term_days, today=today
        )


def practised(component: Component) -> dict[str, list[Practised]]:
    """Return what was rehearsed of each criterion, by its slug: per scenario in use the newest
    drill that is to prove it and passed or failed, the newest first. One query."""
    # It may have ended long before, or have been said to have ended otherwise.
    entries = Drill.history.model.objects.order_by()
    otherwise = entries.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id")).exclude(
        outcome=OuterRef("outcome")
    )
    told = entries.filter(~Exists(otherwise), id=OuterRef("pk"), outcome=OuterRef("outcome"))
    rows = (
        Drill.objects.filter(
            component=component,
            outcome__in=TELLING,
            scenario__retired_at=None,
            criteria__isnull=False,
        )
        .annotate(told_at=Subquery(told.order_by("history_id").values("history_date")[:1]))
        .order_by("ended_at", "pk")
        .values_list(
            "criteria__slug",
            "scenario_id",
            "pk",
            "scenario__title",
            "outcome",
            "ended_at",
            "told_at",
            "scenario__term_days",
        )
    )
    newest: dict[tuple[str, int], Practised] = {}
    for slug, scenario, pk, title, outcome, ended_at, told_at, term in rows:
        if ended_at:  # whatever passed or failed has ended
            told_at = max(ended_at, told_at or ended_at)
            newest[slug, scenario] = Practised(pk, title, outcome, ended_at, told_at, term)
    found: dict[str, list[Practised]] = defaultdict(list)
    for (slug, _), each in sorted(newest.items(), key=lambda of: of[1].ended_at, reverse=True):
        found[slug].append(each)
    return dict(found)


def most_telling(drills: Collection[Practised], today: date) -> Practised | None:
    """Return of a criterion's drills the one to hear of first: what failed, then what is stale,
    then what ages, and among the same the newest. None of none."""
    heard = worst(each.age(today) for each in drills)
    alike = [each for each in drills if each.age(today) is heard]
    return max(alike, key=lambda each: (each.ended_at, each.drill_id), default=None)


# --- the drills of a component --------------------------------------------------------------------


def drills_of(component: Component) -> QuerySet[Drill]:
    """Return the drills of a component, with scenario and people. Two queries."""
    parts = DrillPerson.objects.select_related("user")
    return component.drills.select_related("scenario", "made_by").prefetch_related(
        Prefetch("parts", parts)
    )


def planned_drills(component: Component) -> QuerySet[Drill]:
    """Return those that have no outcome yet, the next first, each with `started_at` if it runs."""
    running = Max("entries__at", filter=Q(entries__kind="started", entries__struck_at=None))
    planned = drills_of(component).filter(outcome="").annotate(started_at=running)
    return planned.order_by("planned_for", "pk")


def done_drills(component: Component) -> QuerySet[Drill]:
    """Return those with an outcome, the newest first, each with `findings_count`."""
    done = drills_of(component).exclude(outcome="").annotate(findings_count=Count("findings"))
    return done.order_by("-ended_at", "-pk")


@dataclass(frozen=True, slots=True)
class Operation:
    """A scenario with the newest drill of it that says something, if there is one."""

    scenario: DrillScenario
    drill: Drill | None
    age: Age | None

    @property
    def last_good_day(self) -> date | None:
        if self.drill is None or self.drill.ended_at is None:
            return None
        return last_good_day(timezone.localdate(self.drill.ended_at), self.scenario.term_days)


def operations_of(component: Component, today: date) -> list[Operation]:
    """Return every scenario that the component may rehearse, the worst first and those that nobody
    ever did at the end. Two queries."""
    latest = {each.scenario_id: each for each in latest_drills().filter(component=component)}
    found = []
    for scenario in scenarios_for(component):
        drill = latest.get(scenario.pk)
        age = None
        if drill and drill.ended_at:
            age = age_of(
                passed=drill.outcome == DrillOutcome.PASSED,
                ended_on=timezone.localdate(drill.ended_at),
                term_days=scenario.term_days,
                today=today,
            )
        found.append(Operation(scenario, drill, age))
    order = {Age.FAILED: 0, Age.STALE: 1, Age.AGEING: 2, Age.FRESH: 3, None: 4}
    return sorted(found, key=lambda each: (order[each.age], each.scenario.title))


def scenarios_for(component: Component) -> QuerySet[DrillScenario]:
    """Return the scenarios in use that a component may rehearse: the library's and its own."""
    return DrillScenario.objects.filter(
        Q(component=None) | Q(component=component), retired_at=None
    ).order_by("title")


def scenarios_with_criteria(component: Component) -> list[DrillScenario]:
    """Return the same, each with `proves`: those of its criteria that the component has.

    Two queries.
    """
    here = Criterion.objects.filter(requirements__component=component).order_by(
        "topic__position", "position"
    )
    return list(
        scenarios_for(component).prefetch_related(Prefetch("criteria", here, to_attr="proves"))
    )


def later_drill(drill: Drill) -> Drill | None:
    """Return the newest telling drill of the same scenario where that is another, later one."""
    newest = Drill.objects.filter(
        component=drill.component_id, scenario=drill.scenario_id, outcome__in=TELLING
    ).order_by("ended_at", "pk")
    found = newest.last()
    return found if found and drill.outcome and found.pk != drill.pk else None


# --- one drill ------------------------------------------------------------------------------------


def standing_stamps(drill: Drill) -> dict[str, datetime]:
    """Return when each stamp was pressed that stands, by its kind. One query."""
    rows = drill.entries.filter(struck_at=None).exclude(kind=EntryKind.NOTE)
    return dict(rows.values_list("kind", "at"))


def log_of(drill: Drill) -> list[DrillEntry]:
    """Return stamps and notes, struck out ones included, in the order of time. One query."""
    return list(drill.entries.select_related("by", "struck_by").order_by("at", "pk"))


def seen_of(drill: Drill) -> str:
    """Return what changes whenever stamps, notes or the drill do; a page that has it needs no
    other. One query."""
    counts = drill.entries.aggregate(
        number=Count("pk"), struck=Count("struck_at"), when=Max("struck_at")
    )
    when: datetime | None = counts["when"]
    last = int(when.timestamp() * 1e6) if when else 0
    return f"{counts['number']}.{counts['struck']}.{last}.{drill.version}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a drill taught, and what answered it."""

    finding: DrillFinding
    # A decision on its requirement that was made since.
    decision: Decision | None

    @property
    def comment(self) -> bool:
        said = self.finding.comment
        return said is not None and said.withdrawn_at is None

    @property
    def is_answered(self) -> bool:
        return bool(self.decision or self.comment or self.finding.ticket_url)


def findings_of(drill: Drill) -> list[Finding]:
    """Return what a drill taught, the oldest first. Two queries."""
    rows = list(
        drill.findings.select_related(
            "by", "comment", "requirement__criterion", "requirement__component"
        )
    )
    decisions = Decision.objects.filter(
        requirement__in=[row.requirement_id for row in rows if row.requirement_id],
        decided_at__gt=min((row.at for row in rows), default=timezone.now()),
    ).order_by("decided_at", "pk")
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions.select_related("decided_by"):
        found[decision.requirement_id].append(decision)
    return [
        Finding(
            row, next((d for d in found[row.requirement_id or 0] if d.decided_at > row.at), None)
        )
        for row in rows
    ]


# --- people and operations ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """When somebody last took part in an operation, and how that stands today."""

    drill_id: int
    title: str
    part: str
    ended_at: datetime
    age: Age


def done_by_people(component: Component, today: date) -> dict[int, dict[str, Done]]:
    """Return who has done what when last: by user id, by operation. One query.

    What counts is the newest drill that passed or failed and that they had a part in.
    """
    rows = (
        DrillPerson.objects.filter(
            drill__component=component,
            drill__outcome__in=TELLING,
            drill__scenario__retired_at=None,
        )
        .order_by("drill__ended_at", "drill_id")
        .values_list(
            "user_id",
            "part",
            "drill_id",
            "drill__outcome",
            "drill__ended_at",
            "drill__scenario__title",
            "drill__scenario__operation",
            "drill__scenario__term_days",
        )
    )
    found: dict[int, dict[str, Done]] = defaultdict(dict)
    for user, part, drill, outcome, ended_at, title, operation, term in rows:
        if ended_at is None:
            continue  # not so: whatever passed or failed has ended
        age = age_of(
            passed=outcome == DrillOutcome.PASSED,
            ended_on=timezone.localdate(ended_at),
            term_days=term,
            today=today,
        )
        found[user][operation] = Done(drill, title, part, ended_at, age)
    return dict(found)
