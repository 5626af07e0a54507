"""Leaving the first steps, and taking them up again."""

from __future__ import annotations

from datetime import datetime

from readiness.models import User


def leave(*, user: User, now: datetime) -> None:
    user.left_first_steps_at = now
    user.save(update_fields=["left_first_steps_at"])


def resume(*, user: User) -> None:
    user.left_first_steps_at = None
    user.save(update_fields=["left_first_steps_at"])
