"""Sending something once: who takes a row sends it; what failed is tried again, later each time.

A row that is taken is not due for LEASE. A worker that dies leaves it to the next one then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from readiness.models import Outgoing

LEASE = timedelta(minutes=10)
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


def take(row: Outgoing, *, now: datetime) -> bool:
    """Take a row that is due, by one compare-and-set; False when another worker was faster."""
    taken = type(row)._default_manager.filter(
        pk=row.pk, sent_at__isnull=True, next_at=row.next_at, next_at__lte=now
    )
    if not taken.update(next_at=now + LEASE, attempts=F("attempts") + 1, attempted_at=now):
        return False
    row.next_at, row.attempted_at = now + LEASE, now
    row.attempts += 1
    return True


def sent(row: Outgoing, *, now: datetime, **values: Any) -> None:
    """Write that a row was sent; `values` are fields of it."""
    _write(row, sent_at=now, next_at=None, error="", **values)


def ended(row: Outgoing, *, why: str, **values: Any) -> None:
    """Write that a row will not be tried again."""
    _write(row, next_at=None, error=why, **values)


def failed(row: Outgoing, *, why: str, now: datetime, give_up: bool, **values: Any) -> None:
    """Write that an attempt failed, and when the next one is.

    After the last pause it ends where `give_up` is True, else it is tried again once a day.
    """
    if give_up and row.attempts > len(BACK_OFF):
        ended(row, why=why, **values)
        return
    pause = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    _write(row, next_at=now + pause, error=why, **values)


def _write(row: Outgoing, **values: Any) -> None:
    # Only while it is ours: after the lease another worker may have sent it.
    mine = type(row)._default_manager.filter(pk=row.pk, sent_at__isnull=True, next_at=row.next_at)
    mine.update(**values)
