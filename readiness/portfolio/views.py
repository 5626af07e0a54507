"""The start page of a person, and the view over every component that one may read."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from readiness import access
from readiness.htmx import UserRequest, render_part
from readiness.portfolio.home import home_context
from readiness.portfolio.page import (
    heat_context,
    refusals_context,
    table_context,
    trends_context,
)


@require_GET
def home(request: UserRequest) -> HttpResponse:
    context = home_context(request.user, access.roles_of(request), timezone.now())
    return render_part(request, "portfolio/home.html", context)


@require_GET
def portfolio(request: UserRequest) -> HttpResponse:
    context = table_context(access.readable_components(request), request.GET, timezone.now())
    return render_part(request, "portfolio/portfolio.html", context, parts=("portfolio-rows",))


@require_GET
def portfolio_topics(request: UserRequest) -> HttpResponse:
    context = heat_context(access.readable_components(request), request.GET, timezone.now())
    return render_part(request, "portfolio/portfolio_topics.html", context, parts=("topic-rows",))


@require_GET
def portfolio_trends(request: UserRequest) -> HttpResponse:
    teams = [team for team, _ in access.roles_of(request)]
    context = trends_context(teams, request.GET, timezone.now())
    return render_part(request, "portfolio/portfolio_trends.html", context)


@require_GET
def portfolio_refusals(request: UserRequest) -> HttpResponse:
    teams = [team for team, _ in access.roles_of(request)]
    readable = access.readable_components(request)
    context = refusals_context(readable, teams, request.GET, timezone.now())
    return render_part(request, "portfolio/portfolio_refusals.html", context)
