"""Reads of the criteria that components have for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, QuerySet

from readiness.models import Component, Criterion, Requirement


def own_requirements(component: Component) -> QuerySet[Requirement]:
    """Return the requirements of a component that rest on criteria of its own, those in use
    first."""
    return (
        component.requirements.filter(criterion__component=component)
        .select_related("criterion__topic")
        .order_by(
            F("criterion__retired_at").asc(nulls_first=True),
            "criterion__topic__position",
            "criterion__position",
        )
    )


def weight_of(criterion: Criterion) -> int:
    """Return how heavy a component holds its own criterion to be: its row says it. One query."""
    return criterion.requirements.values_list("weight", flat=True).get()


def begins_with(component: Component, given: Mapping[str, str]) -> dict[str, object]:
    """Return what the form of a new criterion begins with, from what an address says: `title`,
    `topic` (a slug), `question`, `why`, `evidence`, `statement`."""
    names = ("title", "question", "why", "evidence", "statement")
    begins: dict[str, object] = {name: given.get(name, "").strip()[:2000] for name in names}
    topics = component.catalog.topics.filter(retired_at=None)
    begins["topic"] = topics.filter(slug=given.get("topic", "")).first()
    return begins
