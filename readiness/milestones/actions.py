"""Freezing a gap report, what approvers say of it, and whom they show it. But for the end of a link
all of it is written once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from readiness.milestones.digest import Terms, closing_digest, milestone_digest, verdict_digest
from readiness.milestones.frozen import freeze
from readiness.milestones.sharing import network, secret_digest
from readiness.models import (
    Component,
    ConditionClosing,
    Milestone,
    MilestoneCondition,
    MilestoneShare,
    MilestoneVerdict,
    ShareView,
    User,
    VerdictKind,
)
from readiness.reports.data import report_digest
from readiness.reports.gap_report import GapReport, build_gap_report


class NameTaken(Exception):
    """The component has a milestone of this name."""


class ReportChanged(Exception):
    """The report is not any more as the person saw it; `report` is what it is now."""

    def __init__(self, report: GapReport) -> None:
        super().__init__("The report changed while you looked: this is what would be frozen now.")
        self.report = report


class VerdictGiven(Exception):
    """There is a verdict, or a second signature, already."""


class NothingToSign(Exception):
    """There is no verdict yet, or nobody else's."""


class ConditionsUnclear(Exception):
    """A go with conditions names some; the other verdicts have none."""


class AlreadyClosed(Exception):
    """Somebody was faster."""


class SharingOff(Exception):
    """The organisation lets nobody share."""


class ExpiryUnclear(Exception):
    """A link ends some day, and within LONGEST_SHARE."""


LONGEST_SHARE = timedelta(days=90)


@transaction.atomic
def freeze_report(
    *, component: Component, name: str, seen: str, by: User, now: datetime
) -> Milestone:
    """Freeze the report as it is at `now`; `seen` is the digest of the one that `by` looked at.

    Raises ReportChanged or NameTaken; nothing is written then.
    """
    report = build_gap_report(component, now)
    digest = report_digest(report)
    if digest != seen:
        raise ReportChanged(report)
    milestone = Milestone(
        component=component,
        name=name,
        frozen=freeze(report),
        report_digest=digest,
        counts={s.value: [t.number, t.weight] for s, t in report.counts.by_standing.items()},
        catalog_revision=report.component.catalog_revision,
        version=settings.VERSION,
        made_by=by,
        made_at=now,
    )
    milestone.digest = milestone_digest(milestone)
    try:
        with transaction.atomic():
            milestone.save(force_insert=True)
    except IntegrityError:
        raise NameTaken("There is a milestone of this name; give it another.") from None
    return milestone


@transaction.atomic
def give_verdict(
    *,
    milestone: Milestone,
    kind: VerdictKind,
    reason: str,
    conditions: Sequence[Terms] = (),
    by: User,
    now: datetime,
) -> MilestoneVerdict:
    """Say whether the component may go, with the conditions of a go with conditions.

    Raises VerdictGiven or ConditionsUnclear; nothing is written then.
    """
    if (kind == VerdictKind.CONDITIONS) != bool(conditions):
        raise ConditionsUnclear("A go with conditions names at least one; no other verdict does.")
    verdict = MilestoneVerdict(
        milestone=milestone, number=1, kind=kind, reason=reason.strip(), by=by, at=now
    )
    _write(verdict, conditions, "")
    MilestoneCondition.objects.bulk_create(
        MilestoneCondition(verdict=verdict, **terms._asdict()) for terms in conditions
    )
    return verdict


@transaction.atomic
def sign(*, milestone: Milestone, reason: str, by: User, now: datetime) -> MilestoneVerdict:
    """Put a second signature below the verdict: another approver says the same.

    Raises NothingToSign or VerdictGiven; nothing is written then.
    """
    first = milestone.verdicts.filter(number=1).first()
    if first is None or first.by_id == by.pk:
        raise NothingToSign("Another approver's verdict comes first.")
    second = MilestoneVerdict(
        milestone=milestone, number=2, kind=first.kind, reason=reason.strip(), by=by, at=now
    )
    _write(second, (), first.digest)
    return second


@transaction.atomic
def close_condition(
    *, condition: MilestoneCondition, evidence: str, by: User, now: datetime
) -> ConditionClosing:
    """Write down that a condition is met, and what shows it. Raises AlreadyClosed."""
    closing = ConditionClosing(condition=condition, evidence=evidence.strip(), by=by, at=now)
    closing.digest = closing_digest(closing)
    try:
        with transaction.atomic():
            closing.save(force_insert=True)
    except IntegrityError:
        raise AlreadyClosed("Somebody else closed this condition in the meantime.") from None
    return closing


def create_share(
    *, milestone: Milestone, note: str, expires_at: datetime, by: User, now: datetime
) -> str:
    """Make a link's secret, which opens the milestone to whoever has it; return it.

    It is not kept, and never shown again. Raises SharingOff or ExpiryUnclear.
    """
    if not settings.SHARING:
        raise SharingOff("Sharing is off in this installation.")
    if not now < expires_at <= now + LONGEST_SHARE:
        raise ExpiryUnclear(f"A link opens for {LONGEST_SHARE.days} days at most.")
    secret = secrets.token_urlsafe(32)
    MilestoneShare.objects.create(
        milestone=milestone,
        digest=secret_digest(secret),
        note=note.strip(),
        created_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    return secret


def revoke_share(*, share: MilestoneShare, now: datetime) -> None:
    """Make a link useless at once and for good; the first time it was done is kept."""
    MilestoneShare.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=now)


def log_share_view(
    *, share: MilestoneShare, address: str, user_agent: str, now: datetime
) -> ShareView:
    """Write down that a link was used, from which network and with what program."""
    return ShareView.objects.create(
        share=share,
        at=now,
        network=network(address),
        # PostgreSQL keeps no text with a NUL.
        user_agent=user_agent.replace("\0", "")[:200],
    )


def _write(verdict: MilestoneVerdict, conditions: Sequence[Terms], previous: str) -> None:
    verdict.digest = verdict_digest(verdict, conditions, previous)
    try:
        with transaction.atomic():
            verdict.save(force_insert=True)
    except IntegrityError:
        raise VerdictGiven("Somebody else was faster: this was said already.") from None
