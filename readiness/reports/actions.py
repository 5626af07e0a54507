"""Asking for a report as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from readiness import jobs
from readiness.milestones.frozen import thaw
from readiness.models import ACTIVE, Component, JobState, Milestone, ReportFile, ReportJob, User
from readiness.operations.paper import PrintedSheet
from readiness.operations.printing import printed_sheet
from readiness.reports.data import report_digest
from readiness.reports.formats import FULL, PAPERS, PDF, SHEET, Edition, Format, Rendered, Since
from readiness.reports.gap_report import GapReport, build_gap_report


class NoSuchEdition(Exception):
    """The format does not offer this edition of this report."""


def file_key(value: Rendered, wanted: Format, edition: Edition, since: Since | None = None) -> str:
    """Return what names the file of this content as this version renders it."""
    digest = value.digest if isinstance(value, PrintedSheet) else report_digest(value)
    parts = [wanted.slug, *map(str, edition), settings.VERSION, digest]
    if since:
        parts += [report_digest(since.report), since.name]
    named = " ".join(parts)
    return hashlib.sha256(named.encode()).hexdigest()


def report_of(component: Component, milestone: Milestone | None, now: datetime) -> GapReport:
    """Return the report as it is at `now`, or as the milestone froze it."""
    return thaw(milestone.frozen) if milestone else build_gap_report(component, now)


def since_of(milestone: Milestone | None) -> Since | None:
    """Return what a report is compared with."""
    return Since(milestone.name, thaw(milestone.frozen)) if milestone else None


def value_of(job: ReportJob, component: Component, now: datetime) -> Rendered:
    """Return what the file of a job is rendered from."""
    if job.format == SHEET.slug:
        return printed_sheet(component, now)
    return report_of(component, job.milestone, now)


def cached_file(milestone: Milestone, wanted: Format, edition: Edition) -> ReportFile | None:
    """Return the file of a milestone, if this version has rendered it and it is still there."""
    key = file_key(thaw(milestone.frozen), wanted, edition)
    return ReportFile.objects.filter(key=key).first()


def request_report(
    *,
    component: Component,
    by: User | None,
    now: datetime,
    wanted: Format = PDF,
    edition: Edition = FULL,
    milestone: Milestone | None = None,
    since: Milestone | None = None,
) -> ReportJob:
    """Ask for a report as a file, today's or that of a milestone; a PDF may say what changed since
    another milestone. The job is finished at once when this content was rendered before; when such
    a one is under way already that is the one. Raises NoSuchEdition."""
    report = report_of(component, milestone, now)
    if not wanted.offers(report, edition) or (since and (wanted is not PDF or since == milestone)):
        raise NoSuchEdition
    of = {"milestone": milestone, "since": since}
    return _request(component, report, wanted, edition, of, by, now)


def request_sheet(*, component: Component, by: User, now: datetime, paper: str) -> ReportJob:
    """Ask for the operations sheet as it is now, as request_report does for a report."""
    if paper not in PAPERS:
        raise NoSuchEdition
    sheet = printed_sheet(component, now)
    return _request(component, sheet, SHEET, Edition(paper=paper), {}, by, now)


def _request(
    component: Component,
    value: Rendered,
    wanted: Format,
    edition: Edition,
    of: Mapping[str, Milestone | None],
    by: User | None,
    now: datetime,
) -> ReportJob:
    key = file_key(value, wanted, edition, since_of(of.get("since")))
    asked = {
        "component": component,
        "milestone": of.get("milestone"),
        "since": of.get("since"),
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
