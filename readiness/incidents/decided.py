"""What was decided about the criteria that an incident touched: before it, and since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from readiness.decisions.risk import Level, matrix_from
from readiness.decisions.rules import content_of
from readiness.decisions.triggers import TriggerKind
from readiness.models import (
    Approval,
    ApprovalKind,
    Criterion,
    Decision,
    Incident,
    InheritanceStep,
    Requirement,
    TriggerFiring,
)


@dataclass(frozen=True, slots=True)
class Stood:
    """A decision that stood at a moment, since when, and whose it was."""

    decision: Decision
    since: datetime
    # The name of the platform that it was inherited from; empty for an own one.
    platform: str = ""

    @property
    def level(self) -> Level | None:
        """How high the risk of a refusal was held to be."""
        return content_of(self.decision).level(matrix_from(self.decision.matrix))


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was decided after a moment."""

    at: datetime
    by: str
    # In words: "Proposed: we will not build it".
    says: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A criterion that an incident touched, with what was decided about it."""

    criterion: Criterion
    # None where nobody had decided.
    before: Stood | None
    # A proposal that waited for an approval when it began.
    waited: Decision | None
    since: tuple[Step, ...]
    # Is what stood then still what stands?
    is_as_before: bool


def touched_by(incident: Incident) -> list[Touched]:
    """Return what an incident touched, in the order of the catalog. Six queries, whatever it
    touched; one where it touched nothing."""
    criteria = list(
        incident.criteria.select_related("topic").order_by("topic__position", "position")
    )
    if not criteria:
        return []
    requirements = {
        requirement.criterion_id: requirement
        for requirement in Requirement.objects.filter(
            component=incident.component_id, criterion__in=criteria
        )
    }
    own = [requirement.pk for requirement in requirements.values()]
    steps: dict[int, list[InheritanceStep]] = defaultdict(list)
    found = InheritanceStep.objects.filter(requirement__in=own).order_by("at", "pk")
    for step in found.select_related("by", "source__component"):
        steps[step.requirement_id].append(step)
    followed = {step.source_id for each in steps.values() for step in each} - {None}
    ledgers = _ledgers([*own, *followed])
    return [
        _touched(
            criterion,
            ledgers,
            requirements[criterion.pk].pk if criterion.pk in requirements else 0,
            steps,
            incident.started_at,
        )
        for criterion in criteria
    ]


def _ledgers(requirements: Iterable[int | None]) -> dict[int, list[Decision]]:
    """Return the ledgers of requirements, each with the oldest entry first. Two queries."""
    became = Prefetch("approvals", Approval.objects.select_related("by"))
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(requirement__in=list(requirements)).defer("facts")
    rows = rows.select_related("decided_by").prefetch_related(became)
    for decision in rows.order_by("requirement", "number"):
        found[decision.requirement_id].append(decision)
    return found


def _touched(
    criterion: Criterion,
    ledgers: dict[int, list[Decision]],
    requirement: int,
    steps: dict[int, list[InheritanceStep]],
    started_at: datetime,
) -> Touched:
    own, inherited = ledgers.get(requirement, []), steps.get(requirement, [])
    before = _stood(own, inherited, ledgers, started_at)
    now = _stood(own, inherited, ledgers, None)
    return Touched(
        criterion=criterion,
        before=before,
        waited=_waited(own, started_at),
        since=tuple(_since(own, inherited, ledgers, started_at)),
        is_as_before=(before and before.decision.pk) == (now and now.decision.pk),
    )


def in_force(ledger: Sequence[Decision], at: datetime | None) -> tuple[Decision, datetime] | None:
    """Return which entry of a ledger, the oldest first, stood at a moment (None: stands now), and
    since when. A proposal stands from its approval on. Pure."""
    stood = None
    for decision in ledger:
        since = decision.decided_at
        if decision.needs_approval:
            approved = _became(decision, ApprovalKind.APPROVED)
            if approved is None:
                continue
            since = approved.at
        if at is None or since <= at:
            stood = decision, since
    return stood


def _became(decision: Decision, *kinds: ApprovalKind) -> Approval | None:
    return next((each for each in decision.approvals.all() if each.kind in kinds), None)


def _stood(
    own: Sequence[Decision],
    steps: Sequence[InheritanceStep],
    ledgers: dict[int, list[Decision]],
    at: datetime | None,
) -> Stood | None:
    taken = [step for step in steps if at is None or step.at <= at]
    source = taken[-1].source if taken else None
    if source is None:
        found = in_force(own, at)
        return Stood(*found) if found else None
    found = in_force(ledgers.get(source.pk, []), at)
    if found is None:
        return None
    decision, since = found
    return Stood(decision, max(since, taken[-1].at), source.component.name)


def _waited(ledger: Sequence[Decision], at: datetime) -> Decision | None:
    """Return the proposal that nobody had answered at a moment."""
    made = [decision for decision in ledger if decision.decided_at <= at]
    if not made or not made[-1].needs_approval:
        return None
    answered = _became(made[-1], *ApprovalKind)
    return None if answered and answered.at <= at else made[-1]


def _since(
    own: Sequence[Decision],
    steps: Sequence[InheritanceStep],
    ledgers: dict[int, list[Decision]],
    at: datetime,
) -> list[Step]:
    """Return what happened after a moment, the oldest first."""
    found = []
    for decision in own:
        if decision.decided_at > at:
            says = "Proposed" if decision.needs_approval else "Decided"
            found.append(Step(decision.decided_at, decision.decided_by.name, says, decision))
        for approval in decision.approvals.all():
            if approval.at > at:
                kind = approval.get_kind_display()
                found.append(Step(approval.at, approval.by.name, kind, decision))
    for place, step in enumerate(steps):
        until = steps[place + 1].at if place + 1 < len(steps) else None
        if step.at > at:
            found.append(Step(step.at, step.by.name, str(step)))
        if step.source:
            found += _of_platform(step.source, ledgers, max(at, step.at), until)
    return sorted(found, key=lambda each: each.at)


def _of_platform(
    source: Requirement,
    ledgers: dict[int, list[Decision]],
    after: datetime,
    until: datetime | None,
) -> list[Step]:
    """Return what a platform decided while it was followed."""
    found = []
    for decision in ledgers.get(source.pk, []):
        stands = in_force([decision], None)
        if stands and stands[1] > after and (until is None or stands[1] < until):
            says = f"{source.component.name} decided"
            found.append(Step(stands[1], decision.decided_by.name, says, decision))
    return found


def fired_by(incident: Incident) -> list[TriggerFiring]:
    """Return which triggers an incident fired: on what it touches, under one of its titles, not
    before it was recorded. Two queries."""
    titles = {incident.title, *incident.history.values_list("title", flat=True)}
    named = Q()
    for title in titles:
        named |= Q(sentence=f"An incident touched it: {title}.")
    return list(
        TriggerFiring.objects.filter(
            named,
            trigger=TriggerKind.INCIDENT,
            # Another incident may have the same title.
            after=f"{incident.recorded_at:%d %B %Y}",
            at__gte=incident.recorded_at,
            decision__requirement__component=incident.component_id,
            decision__requirement__criterion__in=incident.criteria.all(),
        ).select_related("decision__requirement__criterion", "decision__decided_by")
    )
