"""Writes to the incident log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from readiness.decisions.actions import brought_back
from readiness.models import Component, Criterion, Incident, Requirement, User


class EditConflict(Exception):
    """Somebody else corrected it in the meantime; `current` is what the database has now."""

    def __init__(self, current: Incident) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.current = current


@transaction.atomic
def record_incident(
    *,
    component: Component,
    values: dict[str, Any],
    criteria: Collection[Criterion],
    by: User,
    now: datetime,
) -> tuple[Incident, list[Requirement]]:
    """Write down what went wrong; returns it with the requirements whose decisions came back by
    it, because they have a trigger on incidents."""
    incident = Incident(component=component, recorded_by=by, recorded_at=now, **values)
    _write(incident, criteria, by)
    return incident, brought_back(component, now)


@transaction.atomic
def correct_incident(
    *,
    incident: Incident,
    values: dict[str, Any],
    criteria: Collection[Criterion],
    version: int,
    by: User,
    now: datetime,
) -> list[Requirement]:
    """Change an incident that `by` saw at `version`; its edit history keeps what it said before.

    Returns the requirements whose decisions came back by it. Raises EditConflict, changing nothing.
    """
    rows = Incident.objects.filter(pk=incident.pk)
    if not rows.filter(version=version).update(version=F("version") + 1):
        raise EditConflict(rows.get())
    for name, value in values.items():
        setattr(incident, name, value)
    incident.version = version + 1
    _write(incident, criteria, by)
    return brought_back(incident.component, now)


def _write(incident: Incident, criteria: Collection[Criterion], by: User) -> None:
    """Save it with what it touched as one entry of its edit history, not one for each."""
    incident.skip_history_when_saving = True  # type: ignore[attr-defined]
    incident.save()
    incident.criteria.set(criteria)
    del incident.skip_history_when_saving  # type: ignore[attr-defined]
    incident._history_user = by  # type: ignore[attr-defined] # where simple_history looks for it
    incident.save()
