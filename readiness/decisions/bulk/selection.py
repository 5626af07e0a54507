"""Which requirements of a component somebody has ticked, and what they looked like then."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from readiness.models import Component, Requirement

LIMIT = 100


class TooMany(Exception):
    """More rows than may be changed at once."""

    def __init__(self) -> None:
        super().__init__(f"At most {LIMIT} requirements can be changed at once.")


def selected(component: Component, criteria: Iterable[str]) -> list[Requirement]:
    """Return the requirements for these criteria (slugs), in the order of the catalog. Slugs that
    the component does not have are left out. Raises TooMany."""
    slugs = set(criteria)
    if len(slugs) > LIMIT:
        raise TooMany
    found = (
        Requirement.objects.filter(component=component, criterion__slug__in=slugs)
        .select_related("criterion", "owner", "current_decision__decided_by")
        .order_by("criterion__topic__position", "criterion__position")
    )
    return [_of(component, requirement) for requirement in found]


def locked(component: Component, criteria: Iterable[str]) -> QuerySet[Requirement]:
    """Return the same rows locked, always in the order in which everybody locks them: two who
    change many rows at once wait for each other, and never both."""
    return (
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .filter(component=component, criterion__slug__in=set(criteria))
        .select_related("criterion")
        .order_by("pk")
    )


def newest_entry_id(requirement: Requirement) -> int | None:
    """What a decision on the requirement must supersede; None while there is none."""
    return requirement.head_decision_id


def _of(component: Component, requirement: Requirement) -> Requirement:
    requirement.component = component
    return requirement
