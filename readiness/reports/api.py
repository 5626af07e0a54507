"""What a deploy pipeline may ask of a gap report: may this go live? JSON, by token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from readiness import access
from readiness.reports.gap_report import build_gap_report
from readiness.reports.gate import judge
from readiness.reports.gate_policy import DEFAULT
from readiness.runs.api import token_refused


@login_not_required
@require_GET
def api_gate(request: HttpRequest, component: str) -> JsonResponse:
    """Return the judgement by the default policy: 200 whatever it is, for the body says it."""
    try:
        found = access.get_component_by_token(request, component)
    except access.TokenRefused as refused:
        return token_refused(refused)
    now = timezone.now()
    judgement = judge(build_gap_report(found, now), DEFAULT, now)
    return JsonResponse({"component": found.slug, **judgement.as_data()})
