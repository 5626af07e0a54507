"""Writes to components and their requirements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F
from simple_history.utils import bulk_create_with_history

from readiness.components.platforms import platform_problems
from readiness.decisions.actions import refresh_standings
from readiness.models import (
    BindingKind,
    Component,
    Criterion,
    Requirement,
    User,
)

Versioned = TypeVar("Versioned", Component, Requirement)


class EditConflict(Exception):
    """Somebody else saved in the meantime; `current` is what the database has now."""

    def __init__(self, current: Any) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.current = current


class PlatformProblem(Exception):
    """It cannot be a platform, or stand on one; `problems` maps field to message."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@transaction.atomic
def create_component(*, by: User, now: datetime, **values: Any) -> Component:
    """Create a component and, for each criterion of its catalog, a requirement.

    Where its blueprint translates the criterion the requirement carries that text, else none.
    Raises PlatformProblem.
    """
    platforms = values.pop("platforms", ())
    component = Component(created_at=now, **values)
    _save(component, by)
    _stand_on(component, platforms)
    add_missing_requirements(component=component, by=by)
    return component


def add_missing_requirements(*, component: Component, by: User | None = None) -> int:
    """Give a component a requirement for each criterion that has none yet; returns how many."""
    missing = (
        Criterion.objects.of_catalog()
        .filter(topic__catalog=component.catalog_id, retired_at=None)
        .exclude(requirements__component=component)
    )
    items = {
        item.criterion_id: item
        for item in (component.blueprint.items.all() if component.blueprint else ())
    }
    requirements = [
        Requirement(
            component=component,
            criterion=criterion,
            weight=criterion.weight,
            blueprint_item=item,
            statement=item.statement if item else "",
            criterion_revision=item.criterion_revision if item else None,
        )
        for criterion in missing
        for item in [items.get(criterion.pk)]
    ]
    bulk_create_with_history(requirements, Requirement, default_user=by)
    return len(requirements)


@transaction.atomic
def edit_component(
    *, component: Component, values: dict[str, Any], version: int, by: User, now: datetime
) -> Component:
    """Change a component that `by` saw at `version`. Raises EditConflict or PlatformProblem,
    changing nothing."""
    own = {name: value for name, value in values.items() if name != "platforms"}
    _edit(component, own, version, by)
    if "platforms" in values or "is_platform" in values:
        _stand_on(component, values.get("platforms", component.platforms.all()))
    refresh_standings(component=component, now=now)
    return component


def _stand_on(component: Component, platforms: Iterable[Component]) -> None:
    """Let a component, locked by being written, stand on these platforms and on no others."""
    # Locked, so that none of them ceases to be one while this is written.
    rows = Component.objects.select_for_update(no_key=True).order_by("pk")
    found = list(rows.filter(pk__in=[each.pk for each in platforms]))
    wrong = platform_problems(component, is_platform=component.is_platform, platforms=found)
    if wrong:
        raise PlatformProblem(wrong)
    component.platforms.set(found)


@transaction.atomic
def edit_requirement(
    *, requirement: Requirement, values: dict[str, Any], version: int, by: User
) -> Requirement:
    """Change a requirement's statement, weight or owner, seen at `version`.

    A changed statement is a translation of the criterion as it reads now. Raises EditConflict.
    """
    if "statement" in values and values["statement"] != requirement.statement:
        revision = requirement.criterion.revision if values["statement"] else None
        values = values | {"criterion_revision": revision}
    return _edit(requirement, values, version, by)


@transaction.atomic
def archive_component(*, component: Component, by: User, now: datetime) -> None:
    """Take a component out of the lists. Its ledger stays; restore_component brings it back."""
    component.archived_at = now
    _save(component, by, ["archived_at"])


@transaction.atomic
def restore_component(*, component: Component, by: User, now: datetime) -> None:
    """Bring an archived component back, with the criteria that came in the meantime."""
    component.archived_at = None
    _save(component, by, ["archived_at"])
    add_missing_requirements(component=component, by=by)
    refresh_standings(component=component, now=now)


@transaction.atomic
def set_check_binding(
    *,
    requirement: Requirement,
    check_id: str,
    kind: BindingKind | None,
    reason: str,
    by: User,
    now: datetime,
) -> None:
    """Mute a check on a requirement, add one, or, with `kind` None, return to what follows from
    the component's parameters."""
    locked = Requirement.objects.select_for_update(no_key=True).get(pk=requirement.pk)
    locked.check_bindings.pop(check_id, None)
    if kind:
        locked.check_bindings[check_id] = {"kind": kind.value, "reason": reason}
    _save(locked, by, ["check_bindings"])
    refresh_standings(component=requirement.component, now=now)


def _edit(row: Versioned, values: dict[str, Any], version: int, by: User) -> Versioned:
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not rows.filter(version=version).update(version=F("version") + 1):
        raise EditConflict(rows.get())
    for name, value in values.items():
        setattr(row, name, value)
    row.version = version + 1
    _save(row, by, [*values])
    return row


def _save(row: Component | Requirement, by: User, only: list[str] | None = None) -> None:
    row._history_user = by  # type: ignore[union-attr] # where simple_history looks for it
    row.save(update_fields=only)
