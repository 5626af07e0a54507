"""The PDF that a link to a milestone offers: rendered once, by a worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from readiness import jobs
from readiness.models import JobState, Milestone, ReportFile, ReportJob
from readiness.reports.actions import cached_file, request_report
from readiness.reports.formats import PDF, Edition

PUBLIC = Edition(public=True)
# What could not be rendered is not tried again for so long.
REST = timedelta(minutes=10)


def public_pdf(milestone: Milestone, *, now: datetime) -> ReportFile | ReportJob:
    """Return the file, or else the job that makes it, which may have failed a while ago."""
    file = cached_file(milestone, PDF, PUBLIC)
    if file:
        return file
    failed = milestone.report_jobs.filter(
        public=True, state=JobState.FAILED, requested_at__gt=now - REST
    ).first()
    if failed:
        return failed
    job = request_report(
        component=milestone.component, by=None, now=now, edition=PUBLIC, milestone=milestone
    )
    jobs.recover(job, now=now)
    return job
