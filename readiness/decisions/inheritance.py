"""Which decision stands on a requirement: its own, or the one of a platform that it follows.

Gap reports read the same, all of a component at once. Nothing here touches a ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from readiness.decisions.live import StandingIndex, live_states
from readiness.models import Decision, InheritanceStep, Requirement, User

INDEX = (*StandingIndex._fields, "fired")


class Stands(NamedTuple):
    """What a requirement's standing rests on, besides its own live checks."""

    decision: Decision | None
    # Of that decision, as Requirement.fired.
    fired: list[dict[str, Any]]


def what_stands(requirements: Sequence[Requirement]) -> dict[int, Stands]:
    """Return what stands on each requirement, by its id. Two queries, one where none inherits.

    The requirements are locked by the caller; what they inherit is read after that, because what
    a lock's own query joined would be as old as the beginning of its wait.
    """
    followed = {r.inherits_id for r in requirements if r.inherits_id}
    sources = Requirement.objects.in_bulk(followed) if followed else {}
    stand = {r.pk: sources.get(r.inherits_id or 0, r) for r in requirements}
    ids = {r.current_decision_id for r in stand.values() if r.current_decision_id}
    decisions = Decision.objects.in_bulk(ids)
    return {
        pk: Stands(decisions.get(source.current_decision_id or 0), source.fired)
        for pk, source in stand.items()
    }


def refresh_inheritors(sources: Iterable[int], *, now: datetime) -> None:
    """Bring the index of all that follows these requirements (their ids) up to date.

    Five queries however many follow, one where none does. Call it in the transaction that changed
    what stands on the sources.
    """
    found = list(
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .filter(inherits__in=sources)
        .select_related("criterion", "component")
        .order_by("pk")
    )
    if not found:
        return
    stands, today = what_stands(found), timezone.localdate(now)
    live = live_states([requirement.component for requirement in found], now)
    for requirement in found:
        state = live[requirement.component_id]
        lines = state.lines(requirement.criterion.slug, requirement.check_bindings)
        decision, requirement.fired = stands[requirement.pk]
        index = state.index(lines, decision, today, fired=bool(requirement.fired))
        for name, value in index._asdict().items():
            setattr(requirement, name, value)
    Requirement.objects.bulk_update(found, INDEX)


def note_override(requirement: Requirement, decision: Decision, *, by: User, at: datetime) -> None:
    """Write down that a decision of its own stands from `at` on, if it followed another's."""
    if requirement.inherits_id:
        InheritanceStep.objects.create(
            requirement=requirement, by=by, at=at, reason=f"Decided here, entry {decision.number}."
        )
