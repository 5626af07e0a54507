"""Rendering a report in a worker: that takes time and memory that a web server has not."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from readiness import jobs
from readiness.models import Component, JobState, ReportFile, ReportJob
from readiness.reports.actions import file_key, since_of, value_of
from readiness.reports.formats import FULL, JOB_FORMATS, SHEET, Edition, Format, Rendered

FAILED = "The report could not be rendered; the log of Readiness has the details."
# Per component and format.
KEPT = 10


def report_task(pk: int) -> None:
    """What the queue calls. Delivered twice it does nothing the second time."""
    job = jobs.claim(ReportJob, pk, now=timezone.now())
    if job is None:
        return
    try:
        file = render(job)
    except jobs.ClaimLost:
        return
    except Exception:
        jobs.end(job, JobState.FAILED, now=timezone.now(), message=FAILED)
        raise
    if file is None:
        jobs.end(job, JobState.CANCELLED, now=timezone.now())


def render(job: ReportJob) -> ReportFile | None:
    """Render the report, as it is now or as it was frozen, or the operations sheet, and end the job
    with it; None when it was cancelled."""
    wanted, edition = JOB_FORMATS[job.format], _edition(job)
    component = Component.objects.select_related("team", "catalog", "blueprint").get(
        pk=job.component_id
    )
    value = value_of(job, component, timezone.now())
    if jobs.beat(job, now=timezone.now(), progress={"label": wanted.step}):
        return None
    since = since_of(job.since)
    content = wanted.render(value, edition, since)
    with transaction.atomic():
        file, _ = ReportFile.objects.get_or_create(
            key=file_key(value, wanted, edition, since),
            defaults={
                "component": component,
                "format": wanted.slug,
                "filename": _filename(value, wanted, edition),
                "content": content,
                "created_at": timezone.now(),
            },
        )
        jobs.end(job, JobState.FINISHED, now=timezone.now(), file=file)
    alike = component.report_files.filter(format=wanted.slug)
    old = alike.order_by("-created_at").values("pk")[KEPT:]
    ReportFile.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return file


def _edition(job: ReportJob) -> Edition:
    return Edition(**{name: getattr(job, name) for name in Edition._fields})


def _filename(value: Rendered, wanted: Format, edition: Edition) -> str:
    of = "" if edition.variant == FULL.variant else f"-{edition.variant.replace(':', '-')}"
    of = "-operations" if wanted is SHEET else of
    of += "-archival" if edition.archival else ""
    return f"{value.component.slug}-{value.today.isoformat()}{of}.{wanted.extension}"
