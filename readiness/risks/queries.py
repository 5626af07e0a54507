"""Refusals by risk: how many in each cell of the matrix, and which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, QuerySet, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from readiness.decisions.risk import Level, Matrix, matrix_from
from readiness.decisions.standing import Standing
from readiness.models import (
    Approval,
    ApprovalKind,
    Component,
    Decision,
    Outcome,
    Requirement,
    RiskMatrix,
    User,
)

PER_PAGE = 50
Ranks = tuple[int, int]


class RiskOf(StrEnum):
    """Which risk of a refusal: all of it, or what remains after the mitigations."""

    INHERENT = "inherent"
    REMAINING = "remaining"


class Force(StrEnum):
    """Which decision of a requirement, as the field that holds it."""

    IN_FORCE = "current_decision"
    PROPOSED = "proposed_decision"


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A refusal as a list of risks shows it; level and words are of the matrix it was made on."""

    requirement: Requirement
    decision: Decision
    level: Level
    words: str
    # None for a proposal: it does not stand.
    standing: Standing | None
    approved_by: User | None


def risk_counts(components: QuerySet[Component], of: RiskOf, force: Force) -> dict[Ranks, int]:
    """Return how many refusals have each likelihood and impact. One query."""
    counted = (
        _refusals(components, of, force)
        .values_list("likelihood", "impact")
        .annotate(Count("pk"))
        .order_by()
    )
    return {(likelihood, impact): number for likelihood, impact, number in counted}


def refusals_in(
    components: QuerySet[Component],
    of: RiskOf,
    force: Force,
    cell: Ranks,
    *,
    number: int,
    page: str,
    today: date,
) -> tuple[Page[Any], list[RefusalRow]]:
    """Return a page of the refusals in a cell, which holds `number`; those to be revisited first
    lead. Two queries."""
    order = (f"{force}__revisit_date", "pk")
    found = _refusals(components, of, force).filter(likelihood=cell[0], impact=cell[1])
    paginator = Paginator(found.order_by(*order).values("pk"), PER_PAGE)
    paginator.count = number  # counted with the others already
    shown = paginator.get_page(page)
    # What is shown is read of the page's rows only: sorting thousands need not carry it along.
    requirements = list(
        Requirement.objects.filter(pk__in=cast("QuerySet[Any]", shown.object_list))
        .select_related("component", "criterion", force, f"{force}__decided_by")
        .only(*_SHOWN, *(f"{force}__{name}" for name in _SHOWN_OF_DECISION))
        .annotate(standing_now=_standing_on(today))
        .order_by(*order)
    )
    approvers = _approvers(getattr(each, f"{force}_id") for each in requirements)
    return shown, [_row(each, force, cell, approvers) for each in requirements]


def _refusals(components: QuerySet[Component], of: RiskOf, force: Force) -> QuerySet[Any]:
    """Return refusals. One that others inherit is one risk, of its platform."""
    own = {"inherits__isnull": True} if force is Force.IN_FORCE else {}
    return Requirement.objects.filter(
        **own,
        **{
            # Said besides, so that the few proposals are found by their index.
            f"{force}__isnull": False,
            f"{force}__outcome": Outcome.WONT_BUILD,
            f"{force}__likelihood__isnull": False,
        },
        component__in=components.values("pk"),
        criterion__retired_at=None,
    ).annotate(
        likelihood=_rank(force, of, "likelihood"),
        impact=_rank(force, of, "impact"),
    )


def _rank(force: Force, of: RiskOf, name: str) -> Combinable:
    inherent = F(f"{force}__{name}")
    if of is RiskOf.INHERENT:
        return inherent
    return Coalesce(F(f"{force}__residual_{name}"), inherent)


_SHOWN = (
    "statement",
    "component__name",
    "component__slug",
    "criterion__slug",
    "criterion__title",
)
_SHOWN_OF_DECISION = (
    "matrix",
    "revisit_date",
    "decided_at",
    "decided_by__first_name",
    "decided_by__last_name",
    "decided_by__username",
)


def _standing_on(today: date) -> Case:
    return Case(
        When(standing_changes_on__lte=today, then=F("standing_then")),
        default=F("standing"),
        output_field=CharField(),
    )


def _row(requirement: Any, force: Force, cell: Ranks, approvers: dict[int, User]) -> RefusalRow:
    decision: Decision = getattr(requirement, force)
    matrix = matrix_from(decision.matrix)
    return RefusalRow(
        requirement=requirement,
        decision=decision,
        level=matrix.level(*cell),
        words=matrix.words(*cell),
        standing=Standing(requirement.standing_now) if force is Force.IN_FORCE else None,
        approved_by=approvers.get(decision.pk),
    )


def _approvers(decisions: Iterable[int]) -> dict[int, User]:
    approvals = Approval.objects.filter(decision__in=list(decisions), kind=ApprovalKind.APPROVED)
    return {each.decision_id: each.by for each in approvals.select_related("by")}


def matrix_versions() -> list[RiskMatrix]:
    """Return each version of the risk matrix, the newest first."""
    return list(RiskMatrix.objects.select_related("made_by"))


@dataclass(frozen=True, slots=True)
class Preview:
    """What another matrix would say of the refusals in force; none of them changes."""

    total: int
    # They stand until a day that is later than it would allow.
    longer: int
    # It would have them approved by somebody, and nobody has.
    unapproved: int


def preview_of(matrix: Matrix) -> Preview:
    """Return what a matrix would say of every refusal in force, of whatever team. One query."""
    total = longer = unapproved = 0
    rows = _refusals(Component.objects.active(), RiskOf.REMAINING, Force.IN_FORCE).values_list(
        "likelihood",
        "impact",
        "current_decision__decided_at",
        "current_decision__revisit_date",
        "current_decision__needs_approval",
    )
    for likelihood, impact, decided_at, revisit_date, approved in rows.iterator(chunk_size=2000):
        level = matrix.level(likelihood, impact)
        total += 1
        longer += revisit_date > timezone.localdate(decided_at) + timedelta(days=level.days)
        # What needed an approval has one: else it would not be in force.
        unapproved += level.needs_approval and not approved
    return Preview(total, longer, unapproved)
