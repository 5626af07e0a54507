"""Reads of the catalog and the blueprints."""

from __future__ import annotations

from itertools import groupby

from django.db.models import Count, Q, QuerySet

from readiness.models import Blueprint, Catalog, Criterion, Topic

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
