"""What somebody decided at once, and what stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from readiness.decisions.bulk.selection import newest_entry_id
from readiness.models import ApprovalKind, Component, Decision, User

UNDO_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BulkEntry:
    """One entry of a bulk decision. It can be decided as `before` while it is the newest one."""

    entry: Decision
    before: Decision | None
    decided_since: bool

    @property
    def can_go_back(self) -> bool:
        return self.before is not None and not self.decided_since


def last_bulk(component: Component, by: User, now: datetime) -> list[BulkEntry]:
    """Return what a person last decided at once on a component within a day, in the order of the
    catalog; empty when there is nothing. Three queries.

    Entries that were decided at once share the very moment (decide_many), and no others do.
    """
    mine = Decision.objects.filter(requirement__component=component, decided_by=by)
    moment = (
        mine.filter(decided_at__gt=now - UNDO_WITHIN)
        .values("decided_at")
        .annotate(together=Count("pk"))
        .filter(together__gt=1)
        .order_by("-decided_at")
        .first()
    )
    if moment is None:
        return []
    entries = list(
        mine.filter(decided_at=moment["decided_at"])
        .select_related("requirement__criterion")
        .order_by("requirement__criterion__topic__position", "requirement__criterion__position")
    )
    before = stood_before(entries)
    return [BulkEntry(e, before.get(e.pk), newest_entry_id(e.requirement) != e.pk) for e in entries]


def stood_before(entries: Sequence[Decision]) -> dict[int, Decision]:
    """Return, by the id of each entry, the decision that stood when it was made: the newest one
    before it that was no proposal, or was approved. Entries without one are left out. One query.
    """
    stood = (
        Decision.objects.filter(requirement__in=[entry.requirement_id for entry in entries])
        .filter(Q(needs_approval=False) | Q(approvals__kind=ApprovalKind.APPROVED))
        .select_related("decided_by", "owner")
        .order_by("number")
    )
    numbers = {entry.requirement_id: (entry.pk, entry.number) for entry in entries}
    found = {}
    for decision in stood:
        pk, number = numbers[decision.requirement_id]
        if decision.number < number:
            found[pk] = decision
    return found
