"""Asking for a report as a file."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from readiness import jobs
from readiness.models import ACTIVE, Component, JobState, ReportFile, ReportJob, User
from readiness.reports.data import report_digest
from readiness.reports.gap_report import GapReport, build_gap_report


def file_key(report: GapReport) -> str:
    """Return what names the PDF of this content as this version renders it."""
    return hashlib.sha256(f"pdf {settings.VERSION} {report_digest(report)}".encode()).hexdigest()


def request_report(*, component: Component, by: User, now: datetime) -> ReportJob:
    """Ask for the PDF. The job is finished at once when this content was rendered before; when
    one is under way already that is the one."""
    key = file_key(build_gap_report(component, now))
    file = ReportFile.objects.filter(key=key).defer("content").first()
    if file:
        return ReportJob.objects.create(
            component=component,
            requested_by=by,
            requested_at=now,
            finished_at=now,
            state=JobState.FINISHED,
            file=file,
        )
    try:
        with transaction.atomic():
            job = ReportJob.objects.create(component=component, requested_by=by, requested_at=now)
    except IntegrityError:
        return ReportJob.objects.get(ACTIVE, component=component)
    jobs.enqueue(job, now=now)
    return job
