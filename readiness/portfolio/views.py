"""The start page of a person, and the view over every component that one may read."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access, jobs
from readiness.htmx import UserRequest, redirect, render_part
from readiness.portfolio.home import home_context
from readiness.portfolio.jobs import request_export
from readiness.portfolio.page import (
    heat_context,
    refusals_context,
    table_context,
    trends_context,
)
from readiness.portfolio.selection import Selection
from readiness.reports.formats import FORMATS


@require_GET
def home(request: UserRequest) -> HttpResponse:
    context = home_context(request.user, access.roles_of(request), timezone.now())
    return render_part(request, "portfolio/home.html", context)


@require_GET
def portfolio(request: UserRequest) -> HttpResponse:
    context = table_context(access.readable_components(request), request.GET, timezone.now())
    return render_part(request, "portfolio/portfolio.html", context, parts=("portfolio-rows",))


@require_POST
def portfolio_export_start(request: UserRequest) -> HttpResponse:
    """Ask for the table as a spreadsheet, filtered and sorted as the form says."""
    job = request_export(wanted=Selection.from_query(request.POST), by=request.user)
    return redirect(request, "portfolio_export_detail", job.pk)


@require_GET
def portfolio_export_detail(request: UserRequest, pk: int) -> HttpResponse:
    job, now = access.get_portfolio_export(request, pk), timezone.now()
    jobs.recover(job, now=now)
    context = {"job": job, "unattended": jobs.is_unattended(job, now=now)}
    return render_part(
        request, "portfolio/portfolio_export_detail.html", context, parts=("portfolio-export",)
    )


@require_POST
def portfolio_export_cancel(request: UserRequest, pk: int) -> HttpResponse:
    job = access.get_portfolio_export(request, pk)
    jobs.cancel(job, by=request.user, now=timezone.now())
    return redirect(request, "portfolio_export_detail", pk)


@require_GET
def portfolio_export_download(request: UserRequest, pk: int) -> HttpResponse:
    job = access.get_portfolio_export(request, pk)
    if job.content is None:
        raise Http404
    return HttpResponse(
        bytes(job.content),
        content_type=FORMATS["xlsx"].media_type,
        headers={"Content-Disposition": f'attachment; filename="{job.filename}"'},
    )


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
