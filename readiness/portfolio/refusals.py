"""What is refused most, over many components, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

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


# What stands where a refusal is in force; of those that lapsed some did not apply.
_REFUSED = (Standing.ACCEPTED, Standing.OVERTAKEN)


def _own(components: QuerySet[Component]) -> QuerySet[Any]:
    """Requirements that inherit nothing: what others inherit is one refusal, of its platform."""
    return in_force(components.order_by().values("pk")).filter(inherits=None)


def most_refused(components: QuerySet[Component]) -> list[Refused]:
    """Return the criteria that any of these components refuses, the most refused first. Three
    queries."""
    refused = Q(standing__in=_REFUSED, inherits=None)
    rows = in_force(components.order_by().values("pk")).values_list("criterion_id")
    counted = rows.annotate(of=Count("pk"), refused=Count("pk", filter=refused))
    lapsed = _own(components).filter(
        standing=Standing.LAPSED, current_decision__outcome=Outcome.WONT_BUILD
    )
    also = dict(lapsed.values_list("criterion_id").annotate(Count("pk")))
    numbers = {pk: (number + also.get(pk, 0), of) for pk, of, number in counted}
    criteria = Criterion.objects.filter(pk__in=[pk for pk, (n, _) in numbers.items() if n])
    found = criteria.select_related("topic", "component")
    return sorted(
        (Refused(each, *numbers[each.pk]) for each in found),
        key=lambda each: (-each.number, each.criterion.topic.position, each.criterion.position),
    )


def reasonings(
    components: QuerySet[Component], refused: Refused, *, page: str, today: date
) -> tuple[Page[Any], list[Reasoning]]:
    """Return a page of why a criterion is refused, the newest decision first. Two queries."""
    rows = _own(components).filter(
        criterion=refused.criterion,
        standing__in=(*_REFUSED, Standing.LAPSED),
        current_decision__outcome=Outcome.WONT_BUILD,
    )
    pages = Paginator(rows.order_by("-current_decision_id").values_list("pk", flat=True), PER_PAGE)
    pages.count = refused.number  # counted with the others already
    shown = pages.get_page(page)
    requirements: QuerySet[Any] = (
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
