"""What follows from new answers: the latest word on each check, its history, the standings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from readiness.aws.errors import UNKNOWN, Status
from readiness.aws.history import word
from readiness.decisions.actions import refresh_standings
from readiness.decisions.standing import Standing
from readiness.models import CheckResult, CheckState, Component, VerdictChange

# What was done and seen to be there is not there any more.
REGRESSION = (Standing.VERIFIED, Standing.CONTRADICTED)


@transaction.atomic
def remember(component: Component, rows: list[CheckResult], *, now: datetime) -> None:
    """Bring up to date what follows from new results: the latest word on each check, its history
    where the word is another one, the standings, and which of them a change made fall."""
    states = {
        state.check_id: state
        for state in CheckState.objects.filter(
            component=component, check_id__in=[row.check_id for row in rows]
        ).select_related("known", "latest")
    }
    changes = []
    for row in rows:
        state = states.setdefault(
            row.check_id, CheckState(component=component, check_id=row.check_id)
        )
        before = state.latest if state.pk else None
        if before and row.checked_at < before.checked_at:
            continue  # an old recording: it is kept, but what was seen since stands
        if before is None or word(before.status) != word(row.status):
            changes.append(_change(component, before, row))
        _follow(state, row)
    CheckState.objects.bulk_create(
        states.values(),
        update_conflicts=True,
        unique_fields=["component", "check_id"],
        update_fields=["latest", "known", "known_since", "unknown_since"],
    )
    if newest := max((row.checked_at for row in rows), default=None):
        earlier = Q(looked_at=None) | Q(looked_at__lt=newest)
        Component.objects.filter(earlier, pk=component.pk).update(looked_at=newest)
    moves = refresh_standings(component=component, now=now)
    fallen = [m for m in moves if (m.before, m.after) == REGRESSION]
    for change in changes:
        change.contradicts = sorted(m.criterion for m in fallen if change.check_id in m.failing)
    VerdictChange.objects.bulk_create(changes)


def _change(component: Component, before: CheckResult | None, after: CheckResult) -> VerdictChange:
    return VerdictChange(
        component=component,
        check_id=after.check_id,
        at=after.checked_at,
        before=before,
        after=after,
    )


def _follow(state: CheckState, row: CheckResult) -> None:
    """Make `row` the latest word; only a pass or a fail becomes known."""
    state.latest = row
    if row.status in UNKNOWN:
        state.unknown_since = state.unknown_since or row.checked_at
        return
    state.unknown_since = None
    known = state.known
    if row.status in (Status.PASS, Status.FAIL):
        if not known or (known.status, known.params_digest) != (row.status, row.params_digest):
            state.known_since = row.checked_at
        state.known = row


def storable(value: Any) -> Any:
    """Return facts from outside as every database takes them: no NUL, no half surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
