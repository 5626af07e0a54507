"""What a deploy pipeline may ask: look at AWS now, and what came of it. JSON, by token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from readiness import access, jobs
from readiness.aws.errors import UNKNOWN
from readiness.aws.runner import request_run
from readiness.models import CheckRun, RunTrigger


@csrf_exempt
@login_not_required
@require_POST
def api_run_start(request: HttpRequest, component: str) -> JsonResponse:
    """Start a run, or join the one under way: 202 with where to ask how it went."""
    try:
        found = access.get_component_by_token(request, component)
    except access.TokenRefused as refused:
        return token_refused(refused)
    run = request_run(component=found, by=None, now=timezone.now(), trigger=RunTrigger.DEPLOY)
    return JsonResponse(_as_json(request, run), status=202)


@login_not_required
@require_GET
def api_run_detail(request: HttpRequest, component: str, pk: int) -> JsonResponse:
    """Return how a run went: its state, and as soon as there are any its results."""
    try:
        found = access.get_component_by_token(request, component)
    except access.TokenRefused as refused:
        return token_refused(refused)
    run = get_object_or_404(CheckRun, pk=pk, component=found)
    jobs.recover(run, now=timezone.now())
    results = list(run.results.values("check_id", "status", "reason"))
    counts = {
        "pass": sum(each["status"] == "pass" for each in results),
        "fail": sum(each["status"] == "fail" for each in results),
        "could_not_look": sum(each["status"] in UNKNOWN for each in results),
    }
    return JsonResponse(_as_json(request, run) | {"counts": counts, "checks": results})


def _as_json(request: HttpRequest, run: CheckRun) -> dict[str, object]:
    return {
        "run": run.pk,
        "component": run.component.slug,
        "state": run.state,
        "message": run.message,
        "url": request.build_absolute_uri(f"/api/components/{run.component.slug}/runs/{run.pk}/"),
    }


def token_refused(refused: access.TokenRefused) -> JsonResponse:
    return JsonResponse({"error": str(refused)}, status=401, headers={"WWW-Authenticate": "Bearer"})
