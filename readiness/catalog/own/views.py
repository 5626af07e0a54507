"""The criteria that a component has for itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.catalog.own import actions
from readiness.catalog.own.forms import OwnCriterionForm
from readiness.catalog.own.queries import begins_with, own_requirements
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Role

FORM = "catalog/own_criterion_form.html"


@require_GET
def own_criterion_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = {
        "component": found,
        "requirements": own_requirements(found),
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "catalog/own_criterion_list.html", context)


@require_http_methods(["GET", "POST"])
def own_criterion_create(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form, status = OwnCriterionForm(component=found, initial=begins_with(found, request.GET)), 200
    if request.method == "POST":
        form, status = OwnCriterionForm(request.POST, component=found), 422
        if form.is_valid():
            try:
                made = actions.create_own_criterion(
                    component=found, values=form.values, by=request.user, now=timezone.now()
                )
            except actions.TitleTaken as taken:
                form.add_error("title", str(taken))
            else:
                messages.success(request, f"Added, for {found.name} only. Decide it here.")
                return redirect(request, "requirement_detail", component, made.criterion.slug)
    context = {"component": found, "form": form}
    return render_part(request, FORM, context, status=status)


@require_http_methods(["GET", "POST"])
def own_criterion_edit(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    own = get_object_or_404(found.own_criteria.select_related("topic"), slug=criterion)
    form, status, conflict = OwnCriterionForm(component=found, criterion=own), 200, None
    if request.method == "POST":
        form, status = OwnCriterionForm(request.POST, component=found, criterion=own), 422
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            try:
                actions.edit_own_criterion(
                    criterion=own,
                    values=form.values,
                    seen=seen,
                    by=request.user,
                    now=timezone.now(),
                )
            except actions.TitleTaken as taken:
                form.add_error("title", str(taken))
            except actions.EditConflict as lost:
                conflict, status = lost.current, 409
            else:
                messages.success(request, "Saved.")
                return redirect(request, "own_criterion_list", component)
    context = {"component": found, "form": form, "criterion": own, "conflict": conflict}
    if conflict:
        context["seen"] = actions.fingerprint(conflict)
    return render_part(request, FORM, context, status=status)


@require_POST
def own_criterion_retire(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    own = get_object_or_404(found.own_criteria, slug=criterion)
    actions.retire_own_criterion(criterion=own, now=timezone.now())
    messages.success(request, f"{own.title} is retired: it counts no more. It can be brought back.")
    return redirect(request, "own_criterion_list", component)


@require_POST
def own_criterion_restore(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    own = get_object_or_404(found.own_criteria, slug=criterion)
    try:
        actions.bring_back_own_criterion(criterion=own)
    except actions.TitleTaken as taken:
        messages.error(request, str(taken))
    else:
        messages.success(request, f"{own.title} counts again.")
    return redirect(request, "own_criterion_list", component)
