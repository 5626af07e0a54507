"""What is refused most, over many components, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from readiness.decisions.risk import Level, matrix_from
from readiness.decisions.rules import content_of
from readiness.decisions.standing import Standing
from readiness.models import Component, Criterion, Decision, Outcome, Requirement
from readiness.portfolio.queries import in_force, standing_on

# They stand side by side: more would be read by nobody.
PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class Refused:
    """A criterion, and how many components refuse it."""

    criterion: Criterion
    number: int
    # Of how many that have it.
    of: int


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why one component refuses it."""

    requirement: Requirement
    decision: Decision
    standing: Standing
    level: Level | None


def _refusals(components: QuerySet[Component]) -> QuerySet[Any]:
    """Refusals in force. One that others inherit is one refusal, of its platform."""
    return in_force(components.order_by().values("pk")).filter(
        current_decision__outcome=Outcome.WONT_BUILD, inherits=None
    )


def most_refused(components: QuerySet[Component]) -> list[Refused]:
    """Return the criteria that any of these components refuses, the most refused first. Three
    queries."""
    numbers = dict(_refusals(components).values_list("criterion_id").annotate(Count("pk")))
    had = in_force(components.order_by().values("pk")).filter(criterion__in=[*numbers])
    of = dict(had.values_list("criterion_id").annotate(Count("pk")))
    criteria = Criterion.objects.filter(pk__in=[*numbers]).select_related("topic", "component")
    found = [Refused(each, numbers[each.pk], of[each.pk]) for each in criteria]
    return sorted(
        found,
        key=lambda each: (-each.number, each.criterion.topic.position, each.criterion.position),
    )


def refused_of(components: QuerySet[Component], criterion: Criterion) -> Refused:
    """Return how many of these components refuse one criterion. Two queries."""
    number = _refusals(components).filter(criterion=criterion).count()
    had = in_force(components.order_by().values("pk")).filter(criterion=criterion)
    return Refused(criterion, number, had.count())


def reasonings(
    components: QuerySet[Component], refused: Refused, *, page: str, today: date
) -> tuple[Page[Any], list[Reasoning]]:
    """Return a page of why a criterion is refused, the newest decision first. Two queries."""
    rows = _refusals(components).filter(criterion=refused.criterion)
    pages = Paginator(rows.order_by("-current_decision_id").values_list("pk", flat=True), PER_PAGE)
    pages.count = refused.number  # counted with the others already
    shown = pages.get_page(page)
    requirements: Sequence[Any] = (
        Requirement.objects.filter(pk__in=list(shown.object_list))
        .select_related("component__team", "criterion", "current_decision__decided_by")
        .defer("component__description", "component__risk_context", "current_decision__facts")
        .annotate(now=standing_on(today))
        .order_by("-current_decision_id")
    )
    return shown, [
        Reasoning(each, each.current_decision, Standing(each.now), _level(each.current_decision))
        for each in requirements
    ]


def _level(decision: Decision) -> Level | None:
    return content_of(decision).level(matrix_from(decision.matrix))
