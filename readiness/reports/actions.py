"""Asking for a report as a file."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from readiness import jobs
from readiness.models import ACTIVE, Component, JobState, ReportFile, ReportJob, User
from readiness.reports.data import report_digest
from readiness.reports.formats import PDF, Format
from readiness.reports.gap_report import GapReport, build_gap_report


def file_key(report: GapReport, wanted: Format) -> str:
    """Return what names the file of this content as this version renders it."""
    named = f"{wanted.slug} {settings.VERSION} {report_digest(report)}"
    return hashlib.sha256(named.encode()).hexdigest()


def request_report(
    *, component: Component, by: User, now: datetime, wanted: Format = PDF
) -> ReportJob:
    """Ask for a report as a file. The job is finished at once when this content was rendered
    before; when one of this format is under way already that is the one."""
    key = file_key(build_gap_report(component, now), wanted)
    file = ReportFile.objects.filter(key=key).defer("content").first()
    if file:
        return ReportJob.objects.create(
            component=component,
            format=wanted.slug,
            requested_by=by,
            requested_at=now,
            finished_at=now,
            state=JobState.FINISHED,
            file=file,
        )
    try:
        with transaction.atomic():
            job = ReportJob.objects.create(
                component=component, format=wanted.slug, requested_by=by, requested_at=now
            )
    except IntegrityError:
        return ReportJob.objects.get(ACTIVE, component=component, format=wanted.slug)
    jobs.enqueue(job, now=now)
    return job
