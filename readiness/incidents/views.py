"""The incident log of a component."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from readiness import access
from readiness.htmx import UserRequest, redirect, render_part
from readiness.incidents import actions
from readiness.incidents.forms import IncidentForm
from readiness.incidents.queries import budget_of, history_of, incidents_of
from readiness.models import Requirement, Role


@require_http_methods(["GET", "POST"])
def incident_list(request: UserRequest, component: str) -> HttpResponse:
    needs = Role.EDITOR if request.method == "POST" else Role.VIEWER
    found, now = access.get_component(request, component, needs=needs), timezone.now()
    form, status = IncidentForm(component=found, now=now), 200
    if request.method == "POST":
        form, status = IncidentForm(request.POST, component=found, now=now), 422
        if form.is_valid():
            _, back = actions.record_incident(
                component=found,
                values=form.values,
                criteria=form.cleaned_data["criteria"],
                by=request.user,
                now=now,
            )
            _say(request, "Recorded.", back)
            return redirect(request, "incident_list", component)
    context = {
        "component": found,
        "incidents": incidents_of(found),
        "budget": budget_of(found, now),
        "form": form,
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "incidents/incident_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def incident_edit(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    incident = get_object_or_404(found.incidents, pk=pk)
    initial = {"version": incident.version}
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
                return redirect(request, "incident_list", component)
    context: dict[str, Any] = {
        "component": found,
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
