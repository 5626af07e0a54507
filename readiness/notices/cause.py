"""What somebody should know of, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from readiness.models import Kind


@dataclass(frozen=True, slots=True)
class Cause:
    """Why people are told something, once each."""

    kind: Kind
    # The same whenever it is found, another for another cause.
    key: str
    component_id: int
    requirement_id: int | None
    # Since when it holds.
    at: datetime
    # One sentence or two.
    text: str
    # Where to look, from the root of the site.
    path: str
    # Whom it concerns first, as primary keys of users; without any of them, the team's approvers.
    people: frozenset[int]
    # When none of them is left, somebody else is told, unless it is about the very people.
    is_personal: bool = False


def midnight(on: date) -> datetime:
    """Return when a day begins, where the users are."""
    return timezone.make_aware(datetime.combine(on, time.min))
