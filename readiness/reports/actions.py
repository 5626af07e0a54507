"""Asking for a report as a file."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from readiness import jobs
from readiness.milestones.frozen import thaw
from readiness.models import ACTIVE, Component, JobState, Milestone, ReportFile, ReportJob, User
from readiness.reports.data import report_digest
from readiness.reports.formats import FULL, PDF, Edition, Format
from readiness.reports.gap_report import GapReport, build_gap_report


class NoSuchEdition(Exception):
    """The format does not offer this edition of this report."""


def file_key(report: GapReport, wanted: Format, edition: Edition) -> str:
    """Return what names the file of this content as this version renders it."""
    named = " ".join((wanted.slug, *edition, settings.VERSION, report_digest(report)))
    return hashlib.sha256(named.encode()).hexdigest()


def report_of(component: Component, milestone: Milestone | None, now: datetime) -> GapReport:
    """Return the report as it is at `now`, or as the milestone froze it."""
    return thaw(milestone.frozen) if milestone else build_gap_report(component, now)


def request_report(
    *,
    component: Component,
    by: User,
    now: datetime,
    wanted: Format = PDF,
    edition: Edition = FULL,
    milestone: Milestone | None = None,
) -> ReportJob:
    """Ask for a report as a file, today's or that of a milestone. The job is finished at once when
    this content was rendered before; when such a one is under way already that is the one.
    Raises NoSuchEdition."""
    report = report_of(component, milestone, now)
    if not wanted.offers(report, edition):
        raise NoSuchEdition
    key = file_key(report, wanted, edition)
    asked = {
        "component": component,
        "milestone": milestone,
        "format": wanted.slug,
        **edition._asdict(),
    }
    file = ReportFile.objects.filter(key=key).defer("content").first()
    if file:
        return ReportJob.objects.create(
            **asked,
            requested_by=by,
            requested_at=now,
            finished_at=now,
            state=JobState.FINISHED,
            file=file,
        )
    try:
        with transaction.atomic():
            job = ReportJob.objects.create(**asked, requested_by=by, requested_at=now)
    except IntegrityError:
        return ReportJob.objects.get(ACTIVE, **asked)
    jobs.enqueue(job, now=now)
    return job
