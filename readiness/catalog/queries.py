"""Reads of the catalog and the blueprints."""

from __future__ import annotations

from itertools import groupby

from django.db.models import Count, Q, QuerySet

from readiness.models import Blueprint, Catalog, Component, Criterion, Outcome, Topic
from readiness.portfolio.queries import in_force
from readiness.portfolio.refusals import Refused

SEARCHED = ("title", "question", "why", "evidence", "live_facts", "slug")


def topics_with_criteria(catalog: Catalog, text: str) -> list[tuple[Topic, list[Criterion]]]:
    """Return the topics of a catalog with those of their criteria that contain every word."""
    criteria = Criterion.objects.of_catalog().filter(topic__catalog=catalog, retired_at=None)
    for word in text.split():
        wanted = Q()
        for field in SEARCHED:
            wanted |= Q(**{f"{field}__icontains": word})
        criteria = criteria.filter(wanted)
    grouped = groupby(criteria.select_related("topic"), key=lambda criterion: criterion.topic)
    return [(topic, list(found)) for topic, found in grouped]


def blueprints() -> QuerySet[Blueprint]:
    """Return the blueprints in use, each with `translations`: how many criteria it translates."""
    return Blueprint.objects.filter(retired_at=None).annotate(translations=Count("items"))


def refused_of(components: QuerySet[Component], criterion: Criterion) -> Refused:
    """Return how many of these components refuse a criterion, of how many that have it. What is
    inherited counts once, where it was decided. One query."""
    here = Q(current_decision__outcome=Outcome.WONT_BUILD, inherits=None)
    had = in_force(components.order_by().values("pk")).filter(criterion=criterion)
    counted = had.aggregate(of=Count("pk"), number=Count("pk", filter=here))
    return Refused(criterion, counted["number"], counted["of"])
