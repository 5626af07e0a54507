"""Writes: recordings that people bring, schedules, and tokens for machines."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from pathlib import PurePath

from django.db import IntegrityError, transaction

from readiness.aws import recording
from readiness.aws.offline import refuse_a_foreign
from readiness.aws.recording import RecordingRefused
from readiness.models import (
    ApiToken,
    CheckSchedule,
    Component,
    Every,
    Recording,
    Team,
    User,
)
from readiness.runs.schedules import cron_line, next_time, refuse_too_often

TOKEN_STARTS = "rdy_"  # noqa: S105 - how every token begins, so that scanners of secrets know it


class NameTaken(Exception):
    """The team has a token of this name that works."""


@transaction.atomic
def keep_recording(
    *, component: Component, filename: str, content: bytes, by: User | None, now: datetime
) -> Recording:
    """Keep a file of answers for a component; the one that is kept already if it is the same.

    Raises RecordingRefused: not a whole recording of ours, of other resources, or of tomorrow.
    """
    loaded = recording.Recording.load(content)
    refuse_a_foreign(loaded, component.parameters)
    if loaded.now() > now:
        raise RecordingRefused("The recording says that it was made later than now.")
    kept, _ = Recording.objects.get_or_create(
        component=component,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "filename": PurePath(filename).name[:200],
            "content": content,
            "size": len(content),
            "recorded_at": loaded.now(),
            "uploaded_by": by,
            "uploaded_at": now,
        },
    )
    return kept


@transaction.atomic
def set_schedule(
    *, component: Component, every: Every, cron: str, by: User, now: datetime
) -> CheckSchedule:
    """Say when a component's checks run by themselves. Raises CronRefused."""
    line = cron_line(every, cron.strip())
    if every == Every.CRON:
        refuse_too_often(line, now)
    schedule, _ = CheckSchedule.objects.update_or_create(
        component=component,
        defaults={
            "every": every,
            "cron": cron.strip() if every == Every.CRON else "",
            "next_at": next_time(line, now),
            "changed_by": by,
            "changed_at": now,
        },
    )
    return schedule


def create_token(
    *, team: Team, name: str, expires_at: datetime | None, by: User, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is not kept and never shown again.

    Raises NameTaken.
    """
    text = TOKEN_STARTS + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                team=team,
                name=name,
                prefix=text[:12],
                digest=ApiToken.digest_of(text),
                created_by=by,
                created_at=now,
                expires_at=expires_at,
            )
    except IntegrityError:
        raise NameTaken(f"{team} has a token called {name} already.") from None
    return token, text


def revoke_token(*, token: ApiToken, now: datetime) -> None:
    """Make a token useless, at once and for good; the row stays, for whoever asks what it was."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)
