"""Teams and their members."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Role, Team
from readiness.teams import actions
from readiness.teams.forms import MemberForm, RoleForm, TeamForm


@require_GET
def team_list(request: UserRequest) -> HttpResponse:
    teams = access.teams_with_role(request, Role.VIEWER).prefetch_related("memberships__user")
    return render_part(request, "teams/team_list.html", {"teams": teams})


@require_http_methods(["GET", "POST"])
def team_create(request: UserRequest) -> HttpResponse:
    access.needs_superuser(request)
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.create_team(name=form.cleaned_data["name"], by=request.user)
        except actions.NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            return redirect(request, "team_detail", team.slug)
    status = 422 if form.is_bound else 200
    return render_part(request, "teams/team_create.html", {"form": form}, status=status)


@require_GET
def team_detail(request: UserRequest, team: str) -> HttpResponse:
    found, role = access.get_team(request, team)
    return _page(request, found, role, MemberForm())


@require_POST
def member_add(request: UserRequest, team: str) -> HttpResponse:
    found, role = access.get_team(request, team, needs=Role.ADMIN)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            actions.set_member(
                team=found, user=form.cleaned_data["who"], role=form.cleaned_data["role"]
            )
        except actions.LastAdmin as refused:
            form.add_error("role", str(refused))
        else:
            return redirect(request, "team_detail", team)
    return _page(request, found, role, form, status=422)


@require_POST
def member_update(request: UserRequest, team: str, pk: int) -> HttpResponse:
    found, role = access.get_team(request, team, needs=Role.ADMIN)
    member = get_object_or_404(found.members, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, found, role, MemberForm(), status=422)
    try:
        actions.set_member(team=found, user=member, role=form.cleaned_data["role"])
    except actions.LastAdmin as refused:
        messages.error(request, str(refused))
    return redirect(request, "team_detail", team)


@require_POST
def member_remove(request: UserRequest, team: str, pk: int) -> HttpResponse:
    found, _ = access.get_team(request, team, needs=Role.ADMIN)
    member = get_object_or_404(found.members, pk=pk)
    try:
        actions.remove_member(team=found, user=member)
    except actions.LastAdmin as refused:
        messages.error(request, str(refused))
    return redirect(request, "team_detail", team)


def _page(
    request: UserRequest, team: Team, role: Role, form: MemberForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "team": team,
        "role": role,
        "may_admin": role >= Role.ADMIN,
        "may_write": role >= Role.EDITOR,
        "memberships": team.memberships.select_related("user").order_by(
            "-role", "user__first_name"
        ),
        "components": team.components.active(),
        "roles": Role.choices,
        "form": form,
    }
    return render_part(request, "teams/team_detail.html", context, status=status)
