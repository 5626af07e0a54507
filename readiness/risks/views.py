"""The matrix of a component's refusals, of all of them, and its editor."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from readiness import access
from readiness.decisions.risk import matrix_from
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Component, RiskMatrix
from readiness.risks import actions
from readiness.risks.forms import MatrixForm
from readiness.risks.page import risk_context
from readiness.risks.queries import matrix_versions, preview_of


@require_GET
def risk_matrix(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = risk_context(Component.objects.filter(pk=found.pk), request.GET, timezone.now())
    return render_part(request, "risks/risk_matrix.html", context | {"component": found})


@require_GET
def portfolio_risks(request: UserRequest) -> HttpResponse:
    """The refusals of every component that the user may read, or of one team's."""
    team = request.GET.get("team", "")
    components = Component.objects.for_user(request.user).active()
    if team:
        components = components.filter(team__slug=team)
    context = risk_context(components, request.GET, timezone.now(), team=team)
    context |= {"team": team, "teams": [each for each, _ in access.roles_of(request)]}
    return render_part(request, "risks/portfolio_risks.html", context)


@require_http_methods(["GET", "POST"])
def risk_matrix_edit(request: UserRequest) -> HttpResponse:
    """The organisation's matrix: everybody reads it, a superuser makes a new version."""
    if request.method == "POST":
        return _save(request)
    versions = matrix_versions()
    newest = versions[0] if versions else None
    matrix = matrix_from(newest.content if newest else "")
    form = MatrixForm.of(matrix, newest.number if newest else 0)
    return _editor(request, form, versions=versions)


def _save(request: UserRequest) -> HttpResponse:
    access.needs_superuser(request)
    form = MatrixForm(request.POST)
    if not form.is_valid():
        return _editor(request, form, status=422)
    if "preview" in request.POST:
        return _editor(request, form, preview=preview_of(form.content))
    try:
        saved = actions.save_matrix(
            content=form.content,
            by=request.user,
            now=timezone.now(),
            number=form.cleaned_data["number"],
        )
    except actions.MatrixConflict as lost:
        return _editor(request, form, conflict=lost.current, status=409)
    messages.success(request, f"Version {saved.number} is in force for decisions from now on.")
    return redirect(request, "risk_matrix_edit")


def _editor(
    request: UserRequest,
    form: MatrixForm,
    *,
    versions: list[RiskMatrix] | None = None,
    status: int = 200,
    **given: Any,
) -> HttpResponse:
    versions = matrix_versions() if versions is None else versions
    context = {
        "form": form,
        "matrix": matrix_from(versions[0].content if versions else ""),
        "versions": versions,
        "may_change": request.user.is_superuser,
    }
    return render_part(request, "risks/risk_matrix_edit.html", context | given, status=status)
