"""Reads of confidence rounds. Nothing here tells of an open one but how many have voted."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import OuterRef, Subquery

from readiness.confidence.rules import Latest
from readiness.models import Component, ConfidenceRound


def latest_confidence(component_ids: Collection[int]) -> dict[int, Latest]:
    """Return the newest closed round of each component, by its primary key; components that were
    never asked are left out. One query."""
    closed = ConfidenceRound.objects.filter(component=OuterRef("pk"), result__isnull=False)
    newest = closed.order_by("-closed_at", "-pk").values("pk")[:1]
    components = Component.objects.filter(pk__in=component_ids).order_by()
    rows = ConfidenceRound.objects.filter(
        pk__in=components.annotate(newest=Subquery(newest)).values("newest")
    ).order_by()
    return {
        component: Latest(question, closed_at, voters, mean, spread)
        for component, question, closed_at, voters, mean, spread in rows.values_list(
            "component_id",
            "question",
            "closed_at",
            "result__voters",
            "result__mean",
            "result__spread",
        )
    }
