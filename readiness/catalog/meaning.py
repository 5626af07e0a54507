"""Writes a criterion: what it means is kept at every revision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.models import Criterion, CriterionRevision


def write_criterion(criterion: Criterion, values: Mapping[str, Any], *, now: datetime) -> bool:
    """Give a criterion, a new one or a known one, these values.

    What changes the meaning of a known one raises its revision; True then. Decisions keep the
    revision that they were made on.
    """
    is_new = criterion.pk is None
    revised = not is_new and any(
        getattr(criterion, name) != values[name] for name in Criterion.MEANING if name in values
    )
    for name, value in values.items():
        setattr(criterion, name, value)
    if revised:
        criterion.revision += 1
    criterion.save()
    if is_new or revised:
        CriterionRevision.objects.create(
            criterion=criterion,
            revision=criterion.revision,
            loaded_at=now,
            **{name: getattr(criterion, name) for name in Criterion.MEANING},
        )
    return revised
