"""The gap report: its page, and what is taken along of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access, jobs
from readiness.htmx import UserRequest, redirect, render_part
from readiness.reports import actions
from readiness.reports.formats import FORMATS, FULL, JOB_FORMATS, PAPERS, PDF, Edition, variants_of
from readiness.reports.madr import record_text
from readiness.reports.page import gap_report_context
from readiness.reports.records import decision_archive, decision_records


@require_GET
def gap_report(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = gap_report_context(request, found, timezone.now())
    parts = ("report-rows", "report-summary")
    return render_part(request, "reports/gap_report.html", context, parts=parts)


@require_GET
def decisions_export(request: UserRequest, component: str) -> HttpResponse:
    """All decisions of a component as a folder of Markdown files."""
    found = access.get_component(request, component)
    content = decision_archive(found, decision_records(found, timezone.now()))
    return _download(content, f"{found.slug}-decisions.zip", "application/zip")


@require_GET
def decision_export(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """One decision as a Markdown file; Http404 while there is none."""
    found = access.get_component(request, component)
    for record in decision_records(found, timezone.now()):
        if record.line.criterion == criterion:
            text = record_text(record)
            return _download(text.encode(), record.filename, "text/markdown; charset=utf-8")
    raise Http404


@require_GET
def pdf_choose(request: UserRequest, component: str) -> HttpResponse:
    """How much of the report as a PDF, of today or of a milestone, on what paper, and since which
    milestone it tells what changed."""
    found = access.get_component(request, component)
    of = request.GET.get("milestone", "")
    milestone = access.milestone_of(found, of) if of else None
    earlier = found.milestones.defer("frozen")
    if milestone:
        earlier = earlier.filter(made_at__lt=milestone.made_at)
    context = {
        "component": found,
        "milestone": milestone,
        "earlier": earlier,
        "variants": variants_of(actions.report_of(found, milestone, timezone.now())).items(),
        "papers": PAPERS.items(),
        "same_version": milestone is None or milestone.version == settings.VERSION,
    }
    return render(request, "reports/pdf_choose.html", context)


@require_POST
def report_job_start(request: UserRequest, component: str) -> HttpResponse:
    """Ask for a file, of today or of a milestone: at once when this very content was rendered
    before, else by a job."""
    found = access.get_component(request, component)
    wanted = FORMATS.get(request.POST.get("format", PDF.slug))
    if wanted is None:
        raise Http404
    of, since = (request.POST.get(name, "") for name in ("milestone", "since"))
    asked = Edition(
        request.POST.get("variant", FULL.variant),
        request.POST.get("paper", FULL.paper),
        archival=request.POST.get("archival") == "1",
    )
    try:
        job = actions.request_report(
            component=found,
            by=request.user,
            now=timezone.now(),
            wanted=wanted,
            edition=asked,
            milestone=access.milestone_of(found, of) if of else None,
            since=access.milestone_of(found, since) if since else None,
        )
    except actions.NoSuchEdition:
        raise Http404 from None
    return redirect(request, "report_job_detail", found.slug, job.pk)


@require_GET
def report_job_detail(request: UserRequest, component: str, pk: int) -> HttpResponse:
    job = access.get_report_job(request, component, pk)
    now = timezone.now()
    jobs.recover(job, now=now)
    context = {
        "component": job.component,
        "job": job,
        "format": JOB_FORMATS[job.format],
        "unattended": jobs.is_unattended(job, now=now),
    }
    return render_part(request, "reports/report_job_detail.html", context, parts=("report-job",))


@require_POST
def report_job_cancel(request: UserRequest, component: str, pk: int) -> HttpResponse:
    job = access.get_report_job(request, component, pk)
    jobs.cancel(job, by=request.user, now=timezone.now())
    return redirect(request, "report_job_detail", component, pk)


@require_GET
def report_download(request: UserRequest, component: str, pk: int, extension: str) -> HttpResponse:
    file = access.get_report_file(request, component, pk)
    found = JOB_FORMATS[file.format]
    if extension != found.extension:
        raise Http404
    return _download(bytes(file.content), file.filename, found.media_type)


@login_not_required
@require_GET
def report_schema(request: HttpRequest) -> HttpResponse:
    """What the JSON file of a gap report looks like, for programs that read it. No secret."""
    content = (settings.BASE_DIR / "docs/gap-report.schema.json").read_bytes()
    return HttpResponse(content, content_type="application/schema+json")


def _download(content: bytes, filename: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
