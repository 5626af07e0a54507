"""The incident log of a component."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from readiness import access
from readiness.htmx import UserRequest, redirect, render_part
from readiness.incidents import actions
from readiness.incidents.decided import fired_by, touched_by
from readiness.incidents.forms import IncidentForm
from readiness.incidents.queries import (
    Wanted,
    budget_of,
    criteria_touched,
    history_of,
    incidents_of,
    lasted,
    share_of,
    timeline_of,
    years_of,
)
from readiness.models import Requirement, Role
from readiness.reports.words import day


@require_http_methods(["GET", "POST"])
def incident_list(request: UserRequest, component: str) -> HttpResponse:
    needs = Role.EDITOR if request.method == "POST" else Role.VIEWER
    found, now = access.get_component(request, component, needs=needs), timezone.now()
    form, status = IncidentForm(component=found, now=now), 200
    if request.method == "POST":
        form, status = IncidentForm(request.POST, component=found, now=now), 422
        if form.is_valid():
            incident, back = actions.record_incident(
                component=found,
                values=form.values,
                criteria=form.cleaned_data["criteria"],
                by=request.user,
                now=now,
            )
            _say(request, "Recorded.", back)
            return redirect(request, "incident_detail", component, incident.pk)
    wanted = Wanted(request.GET.get("year", "")[:4], request.GET.get("criterion", "")[:60])
    page = incidents_of(found, wanted, request.GET.get("page", "1"))
    is_long = page.paginator.num_pages > 1 or bool(wanted)
    context = {
        "component": found,
        "page": page,
        "wanted": wanted,
        "kept": urlencode({name: said for name, said in asdict(wanted).items() if said}),
        "years": years_of(found) if is_long else [],
        "touched": criteria_touched(found) if is_long else [],
        "budget": budget_of(found, now),
        "form": form,
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "incidents/incident_list.html", context, status=status)


@require_GET
def incident_detail(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_component(request, component)
    incident = get_object_or_404(found.incidents.select_related("recorded_by"), pk=pk)
    incident.component = found
    context = {
        "component": found,
        "incident": incident,
        "lasted": lasted(incident),
        "timeline": timeline_of(incident),
        "share": share_of(incident),
        "touched": touched_by(incident),
        "fired": fired_by(incident),
        "own_query": urlencode(
            {"why": f"The incident of {day(incident.started_at)}: {incident.title}"}
        ),
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "incidents/incident_detail.html", context)


@require_http_methods(["GET", "POST"])
def incident_edit(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    incident = get_object_or_404(found.incidents, pk=pk)
    initial: dict[str, Any] = {"version": incident.version}
    if "counts" in request.GET and incident.minutes_lost is None and (took := lasted(incident)):
        # Whether all of it counts as lost is for a person to say: it only begins with that.
        initial["minutes_lost"] = took // timedelta(minutes=1)
    form = IncidentForm(instance=incident, initial=initial, component=found, now=now)
    status, conflict = 200, None
    if request.method == "POST":
        form = IncidentForm(request.POST, instance=incident, component=found, now=now)
        status = 422
        if form.is_valid():
            try:
                back = actions.correct_incident(
                    incident=found.incidents.get(pk=pk),
                    values=form.values,
                    criteria=form.cleaned_data["criteria"],
                    version=form.cleaned_data["version"] or 0,
                    by=request.user,
                    now=now,
                )
            except actions.EditConflict as lost:
                conflict, status = lost.current, 409
            else:
                _say(request, "Corrected.", back)
                return redirect(request, "incident_detail", component, pk)
    context: dict[str, Any] = {
        "component": found,
        "incident": incident,
        "form": form,
        "conflict": conflict,
        "entries": history_of(incident),
    }
    return render_part(request, "incidents/incident_edit.html", context, status=status)


def _say(request: UserRequest, says: str, back: list[Requirement]) -> None:
    """Tell that it was written, and which decisions came back by it."""
    if back:
        named = "; ".join(str(requirement) for requirement in back)
        says += f" To be decided again because of it: {named}."
    messages.success(request, says)
