"""The scenarios that a component may rehearse: the library's and its own."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.drills import actions
from readiness.drills.forms import ScenarioForm
from readiness.drills.page import may_edit
from readiness.drills.queries import operations_of, scenarios_with_criteria
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Component, DrillScenario, Role


@require_GET
def scenario_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = {
        "component": found,
        "scenarios": scenarios_with_criteria(found),
        "may_edit": may_edit(found),
    }
    return render_part(request, "drills/scenario_list.html", context)


@require_GET
def scenario_detail(request: UserRequest, component: str, slug: str) -> HttpResponse:
    found = access.get_component(request, component)
    scenario = get_object_or_404(_readable(found), slug=slug)
    today = timezone.localdate()
    standing = [each for each in operations_of(found, today) if each.scenario == scenario]
    context = {
        "component": found,
        "scenario": scenario,
        "operation": standing[0] if standing else None,
        "proves": scenario.criteria.filter(requirements__component=found).order_by(
            "topic__position", "position"
        ),
        "may_edit": may_edit(found),
    }
    return render_part(request, "drills/scenario_detail.html", context)


def _readable(component: Component) -> QuerySet[DrillScenario]:
    """The same, with those that were retired."""
    return DrillScenario.objects.filter(Q(component=None) | Q(component=component))


@require_http_methods(["GET", "POST"])
def scenario_create(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form, status = ScenarioForm(component=found), 200
    if request.method == "POST":
        form, status = ScenarioForm(request.POST, component=found), 422
        if form.is_valid():
            made = actions.save_scenario(component=found, values=form.values, criteria=form.picked)
            messages.success(request, "Added.")
            return redirect(request, "scenario_detail", component, made.slug)
    context = {"component": found, "form": form}
    return render_part(request, "drills/scenario_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def scenario_edit(request: UserRequest, component: str, slug: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    scenario = get_object_or_404(found.own_scenarios.filter(retired_at=None), slug=slug)
    initial = ScenarioForm.initial_of(scenario)
    form, status = ScenarioForm(component=found, initial=initial), 200
    seen, conflict = actions.fingerprint(scenario), None
    if request.method == "POST":
        form, status = ScenarioForm(request.POST, component=found, initial=initial), 422
        seen = request.POST.get("seen", "")
        if form.is_valid():
            try:
                actions.save_scenario(
                    component=found,
                    values=form.values,
                    criteria=form.picked,
                    scenario=scenario,
                    seen=seen,
                )
            except actions.ScenarioConflict as lost:
                conflict, status = lost.current, 409
                seen = actions.fingerprint(conflict)
            else:
                messages.success(request, "Saved.")
                return redirect(request, "scenario_detail", component, slug)
    context = {
        "component": found,
        "form": form,
        "scenario": scenario,
        "seen": seen,
        "conflict": conflict,
    }
    return render_part(request, "drills/scenario_edit.html", context, status=status)


@require_POST
def scenario_retire(request: UserRequest, component: str, slug: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    scenario = get_object_or_404(found.own_scenarios, slug=slug)
    actions.retire_scenario(scenario=scenario, now=timezone.now())
    messages.success(request, f"{scenario.title} is retired: its drills stay, and prove no more.")
    return redirect(request, "scenario_list", component)
