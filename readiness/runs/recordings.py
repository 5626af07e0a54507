"""Recordings that people bring: kept whole, judged as a run, and again when a check changed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from readiness.aws import recording
from readiness.aws.offline import refuse_a_foreign
from readiness.aws.recording import RecordingRefused
from readiness.models import Component, Recording, User


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
