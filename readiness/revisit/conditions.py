"""What a go still asks for, beside the queue of decisions."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from readiness.models import MilestoneCondition
from readiness.revisit.queries import LEAD, Scope

# The milestone's own page has all of its conditions.
MOST = 50
_COMPONENT = "verdict__milestone__component"


def conditions_waiting(scope: Scope, today: date) -> list[MilestoneCondition]:
    """Return the open conditions that are overdue or due soon, the oldest first. One query."""
    found = MilestoneCondition.objects.filter(
        _in_scope(scope),
        closing__isnull=True,
        due_date__lte=today + LEAD,
        **{f"{_COMPONENT}__archived_at__isnull": True},
    ).select_related("owner", _COMPONENT, f"{_COMPONENT}__team")
    return [*found.defer("verdict__milestone__frozen")[:MOST]]


def _in_scope(scope: Scope) -> Q:
    if scope.team:
        return Q(**{f"{_COMPONENT}__team": scope.team})
    may_read = Q(**{f"{_COMPONENT}__team__in": [*scope.roles]})
    if scope.reader.is_superuser:
        may_read = Q()
    elif not scope.mine:
        may_read |= Q(**{f"{_COMPONENT}__visible_to_organisation": True})
    return may_read & Q(owner=scope.reader) if scope.mine else may_read
