"""Asking for the portfolio as a file, and rendering it in a worker."""

from __future__ import annotations

from typing import cast

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone

from readiness import jobs
from readiness.models import ACTIVE, Component, JobState, PortfolioExport, User
from readiness.portfolio.export import table_of
from readiness.portfolio.queries import Reading, selected
from readiness.portfolio.selection import Selection

FAILED = "The file could not be written; the log of Readiness has the details."
# Of each person.
KEPT = 5


def request_export(*, wanted: Selection, by: User) -> PortfolioExport:
    """Ask for the table that is `wanted` as a file; one that is under way already is that one."""
    now, asked = timezone.now(), {"requested_by": by, "query": wanted.query}
    try:
        with transaction.atomic():
            job = PortfolioExport.objects.create(**asked, requested_at=now)
    except IntegrityError:
        return PortfolioExport.objects.get(ACTIVE, **asked)
    old = PortfolioExport.objects.filter(requested_by=by).exclude(ACTIVE).values("pk")[KEPT:]
    PortfolioExport.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    jobs.enqueue(job, now=now)
    return job


def export_task(pk: int) -> None:
    """What the queue calls. Delivered twice it does nothing the second time."""
    job = jobs.claim(PortfolioExport, pk, now=timezone.now())
    if job is None:
        return
    try:
        done = _render(job)
    except jobs.ClaimLost:
        return
    except Exception:
        jobs.end(job, JobState.FAILED, now=timezone.now(), message=FAILED)
        raise
    if not done:
        jobs.end(job, JobState.CANCELLED, now=timezone.now())


def _render(job: PortfolioExport) -> bool:
    """Write the file and end the job with it; False when it was cancelled."""
    # A web server never loads it.
    from readiness.reports.spreadsheet import render_tables  # noqa: PLC0415

    now = timezone.now()
    today = timezone.localdate(now)
    user = cast("User", job.requested_by)  # request_export is told by whom
    # What the person may read now, which is not what they might when they asked.
    reading = Reading(Component.objects.for_user(user), now)
    found = selected(Selection.from_query(QueryDict(job.query)), reading)
    if jobs.beat(job, now=now, progress={"label": "writing the file"}):
        return False
    content = render_tables(
        [table_of(reading.rows(found))], title=f"Portfolio, {today.isoformat()}", day=today
    )
    jobs.end(
        job,
        JobState.FINISHED,
        now=timezone.now(),
        filename=f"portfolio-{today.isoformat()}.xlsx",
        content=content,
    )
    return True
