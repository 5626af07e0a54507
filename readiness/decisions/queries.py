"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from readiness.decisions.digest import RULES, approval_digest, decision_digest
from readiness.decisions.risk import Matrix, matrix_from
from readiness.models import (
    Approval,
    ApprovalKind,
    Component,
    Decision,
    InheritanceStep,
    Requirement,
    RiskMatrix,
)


def current_matrix() -> Matrix:
    """Return the organisation's risk matrix as it is now; the default one until it has its own."""
    newest = RiskMatrix.objects.values_list("content", flat=True).first()
    return matrix_from(newest or "")


def ledger(requirement: Requirement) -> QuerySet[Decision]:
    """Return the whole ledger of a requirement, newest first, with what became of proposals.

    Two queries.
    """
    became = Prefetch("approvals", Approval.objects.select_related("by"))
    entries = requirement.decisions.select_related("decided_by", "owner")
    return entries.prefetch_related(became).order_by("-number")


def inheritable(requirement: Requirement, readable: QuerySet[Component]) -> QuerySet[Requirement]:
    """Return what the platforms that its component stands on, as far as they are `readable`, have
    decided on the same criterion; without the one that it inherits already."""
    became = Prefetch("current_decision__approvals", Approval.objects.select_related("by"))
    return (
        Requirement.objects.filter(
            criterion=requirement.criterion_id,
            component__in=readable.filter(standing_on_it=requirement.component_id),
            component__is_platform=True,
            current_decision__isnull=False,
        )
        .exclude(pk=requirement.inherits_id or 0)
        .select_related("component", "current_decision__decided_by", "current_decision__owner")
        .prefetch_related(became)
        .order_by("component__name")
    )


def inheritors(
    requirement: Requirement, readable: QuerySet[Component]
) -> tuple[list[Component], int]:
    """Return the components that inherit a platform's decision and are `readable`, and how many
    others do. Two queries."""
    every = Component.objects.filter(requirements__inherits=requirement)
    shown = list(readable.filter(pk__in=every.values("pk")).order_by("name"))
    return shown, every.count() - len(shown)


def inheritance_steps(requirement: Requirement) -> QuerySet[InheritanceStep]:
    """Return when it began to inherit and ended that, newest first."""
    steps = requirement.inheritance_steps.select_related("by", "source__component")
    return steps.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    decision_id: int
    where: str
    problem: str


def broken_entries() -> Iterator[BrokenEntry]:
    """Walk the whole ledger, each requirement's oldest entry first; yield what does not hold."""
    previous: Decision | None = None
    entries = Decision.objects.select_related("requirement__criterion", "requirement__component")
    for entry in entries.order_by("requirement_id", "number").iterator(chunk_size=500):
        if previous and previous.requirement_id != entry.requirement_id:
            yield from _head(previous)
            previous = None
        yield from _entry(entry, previous)
        previous = entry
    if previous:
        yield from _head(previous)
    yield from _approvals()
    for requirement in Requirement.objects.filter(
        current_decision__isnull=False, decisions__isnull=True
    ).select_related("criterion", "component"):
        yield BrokenEntry(0, _where(requirement), "its decisions are missing")


def _entry(entry: Decision, previous: Decision | None) -> Iterator[BrokenEntry]:
    number, before, pk = (
        (previous.number, previous.digest, previous.pk) if previous else (0, "", None)
    )
    if entry.number != number + 1:
        yield _broken(entry, f"entry {number + 1} is missing before it")
    if entry.previous_digest != before or entry.supersedes_id != (
        previous.pk if previous else None
    ):
        yield _broken(entry, "it does not follow the entry before it")
    if entry.digest_rule not in RULES or entry.digest != decision_digest(entry):
        yield _broken(entry, "its content is not what its digest was made from")


def _head(last: Decision) -> Iterator[BrokenEntry]:
    if last.requirement.head_decision_id != last.pk:
        yield _broken(last, "it is the newest entry, but its requirement names another")


def _approvals() -> Iterator[BrokenEntry]:
    """Yield approvals that were changed, and what stands without the approval that it needs."""
    rows = Approval.objects.select_related(
        "decision__requirement__criterion", "decision__requirement__component"
    )
    for approval in rows.iterator(chunk_size=500):
        if approval.digest != approval_digest(approval):
            yield _broken(approval.decision, "its approval is not what its digest was made from")
    unapproved = Decision.objects.filter(needs_approval=True, current_for__isnull=False).exclude(
        approvals__kind=ApprovalKind.APPROVED
    )
    for entry in unapproved.select_related("requirement__criterion", "requirement__component"):
        yield _broken(entry, "it stands without the approval that it needs")


def _broken(entry: Decision, problem: str) -> BrokenEntry:
    return BrokenEntry(entry.pk, f"{_where(entry.requirement)} number {entry.number}", problem)


def _where(requirement: Requirement) -> str:
    return f"{requirement.component.slug}/{requirement.criterion.slug}"
