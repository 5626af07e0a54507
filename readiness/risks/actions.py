"""Writes of the organisation's risk matrix."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from readiness.decisions.risk import Matrix, problems_of
from readiness.models import RiskMatrix, User


class MatrixConflict(Exception):
    """Somebody else saved in the meantime; `current` is the version that is in force now."""

    def __init__(self, current: RiskMatrix | None) -> None:
        super().__init__("Somebody else changed the risk matrix in the meantime.")
        self.current = current


class MatrixInvalid(Exception):
    """The matrix cannot be as it is; `problems` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def save_matrix(*, content: Matrix, by: User, now: datetime, number: int) -> RiskMatrix:
    """Make `content` the risk matrix of the decisions to come, as a new version.

    `number` is that of the version that `by` had before their eyes, 0 for the default one.
    Decisions that were made keep the matrix that they were made on. Raises MatrixInvalid, or
    MatrixConflict when that version is no longer the newest; nothing is written then.
    """
    if wrong := list(problems_of(content)):
        raise MatrixInvalid(wrong)
    newest = RiskMatrix.objects.first()
    if (newest.number if newest else 0) != number:
        raise MatrixConflict(newest)
    try:
        # The number is unique: of two at once the second fails here.
        with transaction.atomic():
            return RiskMatrix.objects.create(
                number=number + 1, content=content.as_text(), made_by=by, made_at=now
            )
    except IntegrityError:
        raise MatrixConflict(RiskMatrix.objects.first()) from None
