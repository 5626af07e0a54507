"""Reads of the record that is looked over for what is weak."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from readiness.models import Membership, Requirement, User
from readiness.revisit.lint import Entry

_FIELDS = (
    "criterion__slug",
    "criterion__title",
    "component__slug",
    "component__name",
    "component__team_id",
    "statement",
    "criterion__component",
    "owner_id",
    "current_decision__outcome",
    "current_decision__reasoning",
    "current_decision__evidence",
    "current_decision__owner_id",
    "current_decision__decided_at",
    "attached",
)


def entries_of(components: Collection[int]) -> list[Entry]:
    """Return each requirement of these components that was decided there, as it stands. Three
    queries, however many they are."""
    rows = list(
        Requirement.objects.filter(
            component__in=components,
            current_decision__isnull=False,
            inherits=None,
            criterion__retired_at=None,
        )
        .annotate(attached=Count("evidence", filter=Q(evidence__withdrawn_at=None)))
        .order_by("component__name", "criterion__topic__position", "criterion__position")
        .values(*_FIELDS)
    )
    owners = {owner for row in rows if (owner := _owner(row))}
    people = {user.pk: user for user in User.objects.filter(pk__in=owners)}
    there = set(
        Membership.objects.filter(user__in=owners, user__is_active=True).values_list("team", "user")
    )
    return [_entry(row, people, there) for row in rows]


def _owner(row: dict[str, Any]) -> int | None:
    owner: int | None = row["owner_id"] or row["current_decision__owner_id"]
    return owner


def _entry(row: dict[str, Any], people: dict[int, User], there: set[tuple[int, int]]) -> Entry:
    owner = _owner(row)
    return Entry(
        criterion=row["criterion__slug"],
        component=row["component__slug"],
        component_name=row["component__name"],
        statement=row["statement"] or row["criterion__title"],
        # A criterion of its own is said of this component to begin with.
        translated=bool(row["statement"]) or row["criterion__component"] is not None,
        outcome=row["current_decision__outcome"],
        reasoning=row["current_decision__reasoning"],
        evidence=row["current_decision__evidence"],
        attached=row["attached"],
        decided_on=timezone.localdate(row["current_decision__decided_at"]),
        owner=people[owner].name if owner else "",
        owner_is_there=owner is None or (row["component__team_id"], owner) in there,
    )
