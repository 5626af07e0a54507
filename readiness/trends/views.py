"""The trend of a component."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from readiness import access
from readiness.htmx import UserRequest, render_part
from readiness.trends.page import trend_context


@require_GET
def component_trend(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = trend_context(found, request.GET, timezone.localdate())
    return render_part(request, "trends/component_trend.html", context)
