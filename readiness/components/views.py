"""Components: list, create, edit, archive; and what a team says of one requirement."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.components import actions
from readiness.components.forms import ComponentForm
from readiness.components.queries import component_page
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Blueprint, Catalog, Component, Role
from readiness.slugs import free_slug


@require_GET
def component_list(request: UserRequest) -> HttpResponse:
    text = request.GET.get("text", "").strip()[:100]
    team = request.GET.get("team", "")
    archived = request.GET.get("archived") == "1"
    page, rows = component_page(
        request.user,
        text=text,
        team=team,
        archived=archived,
        page=request.GET.get("page", "1"),
        now=timezone.now(),
    )
    roles = access.roles_of(request)
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "team": team,
        "archived": archived,
        "teams": [team for team, _ in roles],
        "may_create": any(role >= Role.EDITOR for _, role in roles),
    }
    return render_part(
        request, "components/component_list.html", context, parts=("component-rows",)
    )


@require_http_methods(["GET", "POST"])
def component_create(request: UserRequest) -> HttpResponse:
    teams = access.teams_with_role(request, Role.EDITOR)
    if not teams.exists():
        raise PermissionDenied("This needs the role editor in a team.")
    blueprint = Blueprint.objects.filter(slug=request.GET.get("blueprint", "")).first()
    initial = {"blueprint": blueprint, "catalog": Catalog.objects.first(), "team": teams.first()}
    platforms = access.platforms_for(request)
    form = ComponentForm(request.POST or None, initial=initial, teams=teams, platforms=platforms)
    if request.method == "POST" and form.is_valid():
        slug = free_slug(Component, form.cleaned_data["name"])
        component = actions.create_component(
            by=request.user, now=timezone.now(), slug=slug, **form.values
        )
        return redirect(request, component)
    status = 422 if form.is_bound else 200
    context = {"form": form, "component": None, "conflict": None}
    return render_part(request, "components/component_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def component_edit(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    teams = access.teams_with_role(request, Role.EDITOR)
    form = ComponentForm(
        request.POST or None,
        instance=found,
        initial={"version": found.version},
        teams=teams,
        platforms=access.platforms_for(request),
    )
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_component(
                component=access.get_component(request, component, needs=Role.EDITOR),
                values=form.values,
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except actions.EditConflict as lost:
            conflict, status = lost.current, 409
            form.show_theirs(lost.current)
        except actions.PlatformProblem as wrong:
            form.blame(wrong.problems)
            status = 422
        else:
            return redirect(request, "gap_report", component)
    elif form.is_bound:
        status = 422
    context = {"form": form, "component": found, "conflict": conflict}
    return render_part(request, "components/component_form.html", context, status=status)


@require_POST
def component_archive(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.ADMIN)
    actions.archive_component(component=found, by=request.user, now=timezone.now())
    messages.success(request, f"{found.name} is archived. Its ledger is kept.")
    return redirect(request, "component_list")


@require_POST
def component_restore(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.ADMIN, archived=True)
    actions.restore_component(component=found, by=request.user, now=timezone.now())
    return redirect(request, found)
