"""The value in the middle: whatever shows readiness renders a GapReport.

build_gap_report reads the database (three queries, however many requirements, and one more each
where decisions are inherited, where drills were done and where people were asked how confident they
are); the value itself knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from readiness.components.error_budget import error_budget
from readiness.confidence.queries import confidence_at
from readiness.confidence.rules import Confidence
from readiness.decisions.live import CheckLine, LiveState, live_state, verdict
from readiness.decisions.standing import NEEDS_ATTENTION, LiveVerdict, Standing, standing
from readiness.drills.queries import TELLING, most_telling, practised
from readiness.drills.rules import Age
from readiness.models import Component, ConfidenceRound, Decision, Drill, Requirement, User
from readiness.reports.counts import Counts, Tally


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as reports show it; the fields are those of the ledger."""

    id: int
    number: int
    outcome: str
    reasoning: str
    owner: Person | None
    evidence: str
    benefit: str
    effort: str
    due_date: date | None
    ticket_url: str
    risk: str
    likelihood: int | None
    impact: int | None
    mitigations: str
    residual_likelihood: int | None
    residual_impact: int | None
    revisit_date: date | None
    cost_avoided: str
    benefit_forgone: str
    alternatives: str
    change_our_mind: str
    statement: str
    criterion_revision: int
    matrix: str
    triggers: str
    decided_by: Person
    decided_at: datetime
    digest: str
    # The platform whose decision it is, name and slug; empty for an own one.
    inherited_from: str = ""
    platform: str = ""
    platform_archived: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that waits for somebody else's approval."""

    id: int
    outcome: str
    decided_by: Person
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class DrillLine:
    """What was rehearsed of a requirement: of all its drills the one to hear of first."""

    title: str
    # A value of DrillOutcome: passed or failed.
    outcome: str
    ended_on: date
    # On the day of the report.
    age: Age


@dataclass(frozen=True, slots=True)
class RequirementLine:
    id: int
    criterion: str
    title: str
    question: str
    why: str
    evidence: str
    criterion_revision: int
    topic: str
    # What must be true of this component; the criterion's title while nobody translated it.
    statement: str
    translated: bool
    # Written for an older revision of the criterion.
    outdated: bool
    weight: int
    owner: Person | None
    standing: Standing
    verdict: LiveVerdict
    decision: DecisionLine | None
    checks: tuple[CheckLine, ...]
    suggested: str
    # Not in force yet.
    proposal: Proposal | None = None
    # What brought the decision back before its date, a sentence each.
    fired: tuple[str, ...] = ()
    # None where nobody rehearsed it.
    drill: DrillLine | None = None
    # Of this component only, not of the catalog.
    own: bool = False

    @property
    def could_not_look(self) -> tuple[CheckLine, ...]:
        return tuple(c for c in self.checks if c.could_not_look and not c.muted)

    @property
    def could_not_look_since(self) -> datetime | None:
        return min((c.unknown_since for c in self.could_not_look if c.unknown_since), default=None)

    @property
    def looked_at(self) -> datetime | None:
        """The oldest of the newest looks: no fact on the row is older than this."""
        return min((c.checked_at for c in self.checks if c.checked_at), default=None)


@dataclass(frozen=True, slots=True)
class TopicLines:
    slug: str
    name: str
    question: str
    requirements: tuple[RequirementLine, ...]

    @property
    def counts(self) -> Counts:
        return count(self.requirements)


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    slug: str
    name: str
    team: str
    kind: str
    description: str
    risk_context: str
    criticality: str
    availability_target: Decimal | None
    availability_window: timedelta
    catalog: str
    catalog_slug: str
    catalog_revision: int
    catalog_notice: str
    blueprint: str
    parameters: dict[str, Any]

    @property
    def error_budget(self) -> timedelta | None:
        if self.availability_target is None:
            return None
        return error_budget(self.availability_target, self.availability_window)


@dataclass(frozen=True)
class GapReport:
    component: ComponentFacts
    today: date
    topics: tuple[TopicLines, ...]
    # Decided on while their criterion was in the catalog; kept readable, counted nowhere.
    retired: tuple[RequirementLine, ...]
    # Every check that applies, whether or not a requirement stands on it.
    checks: tuple[CheckLine, ...]
    # What the newest closed round says; never anything of an open one.
    confidence: Confidence | None = None

    @cached_property
    def requirements(self) -> tuple[RequirementLine, ...]:
        return tuple(line for topic in self.topics for line in topic.requirements)

    @cached_property
    def counts(self) -> Counts:
        return count(self.requirements)

    @cached_property
    def attention(self) -> tuple[RequirementLine, ...]:
        """What asks for a decision again, the worst first. Undecided ones are not among them."""
        order = {standing: place for place, standing in enumerate(NEEDS_ATTENTION)}
        lines = (
            line
            for line in self.requirements
            if line.standing in order and line.standing is not Standing.UNDECIDED
        )
        return tuple(sorted(lines, key=lambda line: (order[line.standing], -line.weight)))

    @cached_property
    def proposed(self) -> tuple[RequirementLine, ...]:
        """What waits for somebody's approval, whatever stands until then."""
        return tuple(line for line in self.requirements if line.proposal)

    def topic_of(self, line: RequirementLine) -> TopicLines | None:
        """Return the topic a requirement counts in; None for one whose criterion was retired."""
        return next((topic for topic in self.topics if topic.slug == line.topic), None)

    def standing_at(self, standing: Standing) -> tuple[RequirementLine, ...]:
        return tuple(line for line in self.requirements if line.standing is standing)

    @property
    def could_not_look(self) -> tuple[CheckLine, ...]:
        return tuple(check for check in self.checks if check.could_not_look)

    @property
    def looked_at(self) -> datetime | None:
        """When AWS was last looked at, whatever came of it."""
        return max((c.checked_at for c in self.checks if c.checked_at), default=None)


def count(lines: tuple[RequirementLine, ...]) -> Counts:
    return Counts((line.standing, Tally(1, line.weight)) for line in lines)


_NOT_OF_LEDGER = ("owner", "decided_by", "inherited_from", "platform", "platform_archived")
_DECISION_FIELDS = tuple(name for name in DecisionLine.__slots__ if name not in _NOT_OF_LEDGER)
_OF_DECISION = ("owner_id", "decided_by_id", *_DECISION_FIELDS)
_FIELDS = (
    "id",
    "statement",
    "criterion_revision",
    "weight",
    "owner_id",
    "check_bindings",
    "criterion__slug",
    "criterion__title",
    "criterion__question",
    "criterion__why",
    "criterion__evidence",
    "criterion__revision",
    "criterion__retired_at",
    "criterion__component",
    "criterion__topic__slug",
    "criterion__topic__name",
    "criterion__topic__question",
    "blueprint_item__suggested_outcome",
    "fired",
    "proposed_decision__id",
    "proposed_decision__outcome",
    "proposed_decision__decided_by_id",
    "proposed_decision__decided_at",
    "inherits__component__name",
    "inherits__component__slug",
    "inherits__component__archived_at",
    "inherits__current_decision_id",
    *(f"current_decision__{name}" for name in _OF_DECISION),
)


def build_gap_report(component: Component, now: datetime, *, criterion: str = "") -> GapReport:
    """Return the gap report of a component as it is at `now`; where `criterion` names one, with
    that requirement alone, for what shows nothing else."""
    wanted = {"criterion__slug": criterion} if criterion else {}
    rows = list(_rows().filter(component=component, **wanted))
    has_rounds = not criterion and bool(rows) and rows[0]["has_rounds"]
    _put_inherited(rows)
    people = _people(rows)
    live = live_state(component, now)
    today = timezone.localdate(now)
    drills = _drills(component, rows, today)
    topics, retired = [], []
    for slug, group in groupby(rows, key=lambda row: row["criterion__topic__slug"]):
        lines = []
        for row in group:
            line = _requirement(row, live, people, drills, today)
            if row["criterion__retired_at"] is None:
                lines.append(line)
            elif line.decision:
                retired.append(line)
        if lines:
            topics.append(
                TopicLines(
                    slug,
                    row["criterion__topic__name"],
                    row["criterion__topic__question"],
                    tuple(lines),
                )
            )
    return GapReport(
        component=_component(component),
        today=today,
        topics=tuple(topics),
        retired=tuple(retired),
        checks=tuple(live.all),
        confidence=confidence_at(component, now) if has_rounds else None,
    )


@cache
def _rows() -> QuerySet[Any, Any]:
    # Kept: to put such a query together takes a third of the time that it takes.
    rounds = ConfidenceRound.objects.filter(component=OuterRef("component"))
    drills = Drill.objects.filter(component=OuterRef("component"), outcome__in=TELLING)
    rows: QuerySet[Any, Any] = (
        Requirement.objects.annotate(has_drills=Exists(drills), has_rounds=Exists(rounds))
        .order_by("criterion__topic__position", "criterion__position")
        .values(*_FIELDS, "has_drills", "has_rounds")
    )
    return rows


PEOPLE = (
    "owner_id",
    "current_decision__owner_id",
    "current_decision__decided_by_id",
    "proposed_decision__decided_by_id",
)


def _put_inherited(rows: list[dict[str, Any]]) -> None:
    """Put what is inherited in the place of the own decision. One query; none for nothing."""
    ids = {row["inherits__current_decision_id"] for row in rows} - {None}
    if not ids:
        return
    found = {each["id"]: each for each in Decision.objects.filter(pk__in=ids).values(*_OF_DECISION)}
    for row in rows:
        decision = found.get(row["inherits__current_decision_id"], {})
        row |= {f"current_decision__{name}": value for name, value in decision.items()}


def _drills(component: Component, rows: list[dict[str, Any]], today: date) -> dict[str, DrillLine]:
    """Return what was rehearsed, by criterion. One query; none where no drill was done."""
    if not rows or not rows[0]["has_drills"]:
        return {}
    found = {}
    for slug, drills in practised(component).items():
        if told := most_telling(drills, today):
            found[slug] = DrillLine(told.title, told.outcome, told.ended_on, told.age(today))
    return found


def _people(rows: list[dict[str, Any]]) -> dict[int | None, Person]:
    ids = {row[name] for row in rows for name in PEOPLE}
    users = User.objects.filter(pk__in=ids - {None}).only("username", "first_name", "last_name")
    return {user.pk: Person(user.pk, user.name, user.initials) for user in users}


def _requirement(
    row: dict[str, Any],
    live: LiveState,
    people: dict[int | None, Person],
    drills: dict[str, DrillLine],
    today: date,
) -> RequirementLine:
    decision = _decision(row, people)
    checks = live.lines(row["criterion__slug"], row["check_bindings"])
    says = verdict(checks)
    translated_from = row["criterion_revision"]
    return RequirementLine(
        id=row["id"],
        criterion=row["criterion__slug"],
        title=row["criterion__title"],
        question=row["criterion__question"],
        why=row["criterion__why"],
        evidence=row["criterion__evidence"],
        criterion_revision=row["criterion__revision"],
        topic=row["criterion__topic__slug"],
        statement=row["statement"] or row["criterion__title"],
        translated=bool(row["statement"]),
        outdated=translated_from is not None and translated_from < row["criterion__revision"],
        weight=row["weight"],
        owner=people.get(row["owner_id"]) or (decision.owner if decision else None),
        standing=standing(decision, says, today, fired=bool(row["fired"])),
        verdict=says,
        decision=decision,
        checks=checks,
        suggested=row["blueprint_item__suggested_outcome"] or "",
        proposal=_proposal(row, people) if row["proposed_decision__id"] else None,
        fired=tuple(each["sentence"] for each in row["fired"]),
        drill=drills.get(row["criterion__slug"]),
        own=row["criterion__component"] is not None,
    )


def _proposal(row: dict[str, Any], people: dict[int | None, Person]) -> Proposal:
    return Proposal(
        id=row["proposed_decision__id"],
        outcome=row["proposed_decision__outcome"],
        decided_by=people[row["proposed_decision__decided_by_id"]],
        decided_at=row["proposed_decision__decided_at"],
    )


def _decision(row: dict[str, Any], people: dict[int | None, Person]) -> DecisionLine | None:
    """Return the decision that stands: the platform's where it is inherited, else its own."""
    if row["current_decision__id"] is None:
        return None
    inherited = row["inherits__current_decision_id"] is not None
    return DecisionLine(
        owner=people.get(row["current_decision__owner_id"]),
        decided_by=people[row["current_decision__decided_by_id"]],
        inherited_from=row["inherits__component__name"] if inherited else "",
        platform=row["inherits__component__slug"] if inherited else "",
        platform_archived=inherited and row["inherits__component__archived_at"] is not None,
        **{name: row[f"current_decision__{name}"] for name in _DECISION_FIELDS},
    )


def _component(component: Component) -> ComponentFacts:
    return ComponentFacts(
        slug=component.slug,
        name=component.name,
        team=component.team.name,
        kind=component.kind,
        description=component.description,
        risk_context=component.risk_context,
        criticality=component.get_criticality_display(),
        availability_target=component.availability_target,
        availability_window=component.availability_window,
        catalog=component.catalog.name,
        catalog_slug=component.catalog.slug,
        catalog_revision=component.catalog.revision,
        catalog_notice=component.catalog.notice,
        blueprint=component.blueprint.name if component.blueprint else "",
        parameters=component.parameters,
    )
