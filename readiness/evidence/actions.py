"""Writes to evidence: added, a new version, withdrawn. Nothing is deleted."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction

from readiness.evidence.kinds import FileRefused, content_type_of
from readiness.models import Evidence, EvidenceFile, EvidenceKind, Requirement, User


class EvidenceGone(Exception):
    """It was withdrawn in the meantime, or is a link, which has no versions."""


@transaction.atomic
def add_link(
    *, requirement: Requirement, url: str, title: str, by: User, now: datetime
) -> Evidence:
    """Add a link, by its address where it has no title. The same address twice is one link."""
    _lock(requirement)
    links = requirement.evidence.filter(kind=EvidenceKind.LINK, url=url, withdrawn_at=None)
    return links.first() or requirement.evidence.create(
        kind=EvidenceKind.LINK, url=url, title=title or url[:200], added_by=by, added_at=now
    )


@transaction.atomic
def add_file(
    *,
    requirement: Requirement,
    filename: str,
    content: bytes,
    title: str,
    by: User,
    now: datetime,
) -> EvidenceFile:
    """Keep a file whole, as the first version of new evidence. Raises FileRefused.

    Content that the requirement's evidence has already is not kept twice: what is there is
    returned.
    """
    content_type = _accepted(filename, content)
    _lock(requirement)
    same = EvidenceFile.objects.filter(
        evidence__requirement=requirement,
        evidence__withdrawn_at=None,
        sha256=hashlib.sha256(content).hexdigest(),
    ).defer("content")
    if found := same.first():
        return found
    evidence = requirement.evidence.create(
        kind=EvidenceKind.FILE, title=title or filename, added_by=by, added_at=now
    )
    return _keep(evidence, 1, filename, content, content_type, by, now)


@transaction.atomic
def add_version(
    *, evidence: Evidence, filename: str, content: bytes, by: User, now: datetime
) -> EvidenceFile:
    """Keep a file as the next version of what is there; the same content is the same version.

    Raises FileRefused, EvidenceGone.
    """
    content_type = _accepted(filename, content)
    locked = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    if locked.withdrawn_at or locked.kind != EvidenceKind.FILE:
        raise EvidenceGone
    files = locked.files.defer("content")
    if found := files.filter(sha256=hashlib.sha256(content).hexdigest()).first():
        return found
    newest = files.latest("version")
    return _keep(locked, newest.version + 1, filename, content, content_type, by, now)


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, because: str, by: User, now: datetime) -> None:
    """Hide evidence behind a note. A second time changes nothing: the first note stands."""
    Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None).update(
        withdrawn_by=by, withdrawn_at=now, withdrawn_because=because
    )


def _lock(requirement: Requirement) -> None:
    # Two who send the same at once: the second finds what the first has added.
    Requirement.objects.select_for_update(no_key=True).get(pk=requirement.pk)


def _accepted(filename: str, content: bytes) -> str:
    if len(content) > settings.EVIDENCE_MAX_MB * 1_000_000:
        raise FileRefused(f"The file is longer than {settings.EVIDENCE_MAX_MB} MB.")
    return content_type_of(filename, content)


def _keep(
    evidence: Evidence,
    version: int,
    filename: str,
    content: bytes,
    content_type: str,
    by: User,
    now: datetime,
) -> EvidenceFile:
    return EvidenceFile.objects.create(
        evidence=evidence,
        version=version,
        filename=filename,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
        added_by=by,
        added_at=now,
    )
