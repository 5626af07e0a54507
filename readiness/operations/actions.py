"""Writes of operations sheets. A version is never changed: the database refuses it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from readiness.models import Component, SheetVersion, User
from readiness.operations.sheet import Sheet


class EditConflict(Exception):
    """Somebody else saved in the meantime; `current` is the version that there is now."""

    def __init__(self, current: SheetVersion) -> None:
        super().__init__("Somebody else saved this sheet in the meantime.")
        self.current = current


def save_sheet(
    *, component: Component, sheet: Sheet, base: int, by: User, now: datetime, note: str = ""
) -> SheetVersion:
    """Save a sheet as the version after `base`, which is the number of the one that `by` saw, 0 for
    none. A sheet that says what the current version says is that version.

    Raises EditConflict, writing nothing, when `base` is no longer the current one.
    """
    newest = component.sheet_versions.first()
    if newest and newest.number != base:
        raise EditConflict(newest)
    content = sheet.as_json()
    if newest and newest.content == content:
        return newest
    number = (newest.number if newest else 0) + 1
    try:
        with transaction.atomic():
            return SheetVersion.objects.create(
                component=component,
                number=number,
                content=content,
                note=note,
                made_by=by,
                made_at=now,
            )
    except IntegrityError:
        # Two who saved at the same moment: the number is taken by the other.
        raise EditConflict(component.sheet_versions.get(number=number)) from None
