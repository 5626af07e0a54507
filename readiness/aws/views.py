"""Check runs: start, watch, cancel, read."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access, jobs
from readiness.aws.registry import CHECKS
from readiness.aws.runner import request_run
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import Role
from readiness.reports.page import gap_report_context, run_context
from readiness.runs.queries import run_page


@require_POST
def check_run_start(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    run = request_run(component=found, by=request.user, now=timezone.now())
    if not wants_fragment(request):
        return redirect(request, "check_run_detail", component, run.pk)
    context = run_context(found, run, timezone.now())
    return render_part(request, "reports/gap_report.html", context, parts=("check-run",))


@require_GET
def check_run_progress(request: UserRequest, component: str, pk: int) -> HttpResponse:
    """What the gap report polls during a run: the bar, and the lines whose checks answered."""
    run = access.get_check_run(request, component, pk)
    now = timezone.now()
    jobs.recover(run, now=now)
    seen = request.GET.get("seen", "0")
    results = run.results.values_list("check_id", flat=True)
    context = run_context(run.component, run, now) | {"results": len(results), "lines": []}
    triggers: dict[str, dict[str, str]] = {}
    if str(len(results)) != seen or not run.is_active:
        page = gap_report_context(request, run.component, now)
        answered = {c for check_id in results for c in CHECKS[check_id].criteria}
        context |= page | {
            "run": run,
            "oob": True,
            "lines": [x for x in page["report"].requirements if x.criterion in answered],
        }
        triggers = {"standings-changed": {}}
    if not run.is_active:
        triggers["announce"] = {"text": f"Checks {run.get_state_display().lower()}."}
    template = "reports/gap_report.html"
    return render_part(request, template, context, parts=("check-run",), triggers=triggers)


@require_GET
def check_run_detail(request: UserRequest, component: str, pk: int) -> HttpResponse:
    run = access.get_check_run(request, component, pk)
    now = timezone.now()
    jobs.recover(run, now=now)
    context = run_context(run.component, run, now)
    context["results"] = [
        {"result": result, "check": CHECKS.get(result.check_id)} for result in run.results.all()
    ]
    return render_part(request, "aws/check_run_detail.html", context, parts=("run-whole",))


@require_GET
def check_run_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    page, rows = run_page(found, request.GET.get("page", ""))
    context = {
        "component": found,
        "page": page,
        "rows": rows,
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "aws/check_run_list.html", context)


@require_POST
def check_run_cancel(request: UserRequest, component: str, pk: int) -> HttpResponse:
    run = access.get_check_run(request, component, pk, needs=Role.EDITOR)
    jobs.cancel(run, by=request.user, now=timezone.now())
    if not wants_fragment(request):
        return redirect(request, "check_run_detail", component, pk)
    run.refresh_from_db()
    context = run_context(run.component, run, timezone.now())
    return render_part(request, "reports/gap_report.html", context, parts=("check-run",))
