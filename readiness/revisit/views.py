"""The queue of what waits for somebody, and what is done with it in its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from readiness import access
from readiness.components.actions import EditConflict, edit_requirement
from readiness.confidence.queries import rounds_waiting
from readiness.decisions.actions import DecisionConflict, DecisionInvalid
from readiness.decisions.queries import current_matrix
from readiness.decisions.risk import Matrix
from readiness.decisions.rules import content_of
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import Decision, Requirement, Role, Team
from readiness.reports.words import day
from readiness.revisit import actions
from readiness.revisit.conditions import conditions_waiting
from readiness.revisit.forms import HandOverForm, KeepForm
from readiness.revisit.lint import findings
from readiness.revisit.queries import LEAD, PER_PAGE, Scope, my_scope, queue_page
from readiness.revisit.record import entries_of

QUEUE = "revisit/revisit_queue.html"


@require_GET
def revisit_queue(request: UserRequest) -> HttpResponse:
    roles = access.roles_of(request)
    scope = _scope(request, roles, request.GET.get("of", "me"))
    wanted, today = request.GET.get("group", ""), timezone.localdate()
    counts, page, rows = queue_page(
        scope, group=wanted, page=request.GET.get("page", "1"), today=today
    )
    group = wanted if wanted in counts else ""
    context = {
        "scope": scope,
        "teams": [team for team, _ in roles],
        "counts": counts,
        "total": sum(counts.values()),
        "group": group,
        "page": page,
        "rows": rows,
        "query": urlencode({"of": scope.query} | ({"group": group} if group else {})),
        "lead": LEAD.days,
        "conditions": conditions_waiting(scope, today),
        "rounds": rounds_waiting(request.user, timezone.now()) if scope.mine else [],
        "today": today,
    }
    return render_part(request, QUEUE, context)


@require_http_methods(["GET", "POST"])
def decision_keep(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """Keep what stands: a new decision with the same content, a sentence why and a fresh date."""
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    stands, today = requirement.current_decision, timezone.localdate()
    if stands is None or requirement.inherits_id:
        return redirect(request, requirement)
    content, matrix = content_of(stands), current_matrix()
    until = actions.proposed_end(content, timezone.localdate(stands.decided_at), today, matrix)
    status, conflict = 200, None
    form = KeepForm.for_requirement(requirement, content=content, until=until)
    if request.method == "POST":
        form, status = KeepForm(request.POST, content=content), 422
        if form.is_valid():
            try:
                decision = _keep(request, requirement, form, matrix, until)
            except DecisionConflict as lost:
                conflict, status = lost.current, 409
                requirement = access.get_requirement(request, component, criterion)
            except DecisionInvalid as refused:
                form.blame(refused.problems)
            else:
                return _done(request, requirement, _kept(decision))
    context = {"form": form, "conflict": conflict}
    return _act(request, "revisit/decision_keep.html", requirement, context, status)


def _keep(
    request: UserRequest,
    requirement: Requirement,
    form: KeepForm,
    matrix: Matrix,
    until: date | None,
) -> Decision:
    said = form.cleaned_data
    return actions.keep_decision(
        component=requirement.component,
        criterion=requirement.criterion.slug,
        why=said["why"],
        until=said.get("until") or until,
        seen=(said["stands"], said["newest"]),
        matrix=matrix,
        by=request.user,
        now=timezone.now(),
    )


def _kept(decision: Decision) -> str:
    if decision.needs_approval:
        return "Proposed: a risk of this level waits for somebody else's approval."
    end = decision.due_date or decision.revisit_date
    return f"Kept until {day(end)}." if end else "Kept."


@require_http_methods(["GET", "POST"])
def requirement_hand_over(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """Make somebody else of the team the owner; the ledger says on what was decided, as before."""
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    team = requirement.component.team
    form = HandOverForm(initial={"version": requirement.version}, team=team)
    status, conflict = 200, None
    if request.method == "POST":
        form, status = HandOverForm(request.POST, team=team), 422
        if form.is_valid():
            owner = form.cleaned_data["owner"]
            try:
                edit_requirement(
                    requirement=requirement,
                    values={"owner": owner},
                    version=form.cleaned_data["version"],
                    by=request.user,
                )
            except EditConflict as lost:
                conflict, status = lost.current, 409
            else:
                return _done(request, requirement, f"Handed over to {owner.name}.")
    context = {"form": form, "conflict": conflict}
    return _act(request, "revisit/requirement_hand_over.html", requirement, context, status)


@require_GET
def record_lint(request: UserRequest, component: str) -> HttpResponse:
    """What is weak in the record of a component."""
    found = access.get_component(request, component)
    return _lint(request, {"component": found, "team": found.team}, [found.pk])


@require_GET
def team_record_lint(request: UserRequest, team: str) -> HttpResponse:
    """The same for every component of a team."""
    found, _ = access.get_team(request, team)
    components = found.components.active().values_list("pk", flat=True)
    return _lint(request, {"component": None, "team": found}, components)


def _lint(
    request: UserRequest, context: dict[str, Any], components: Collection[int]
) -> HttpResponse:
    entries = entries_of(components)
    found = findings(entries, timezone.localdate())
    wanted = request.GET.get("rule", "")
    rule = wanted if wanted in found else ""
    shown = [finding for each, some in found.items() if rule in ("", each) for finding in some]
    context |= {
        "counts": {each: len(some) for each, some in found.items()},
        "total": sum(map(len, found.values())),
        "decided": len(entries),
        "rule": rule,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page", "1")),
    }
    return render_part(request, "revisit/record_lint.html", context)


def _scope(request: UserRequest, roles: list[tuple[Team, Role]], wanted: str) -> Scope:
    """Return whose queue is asked for; a stranger's team is not known here."""
    mine = my_scope(request.user, roles)
    if wanted == "everybody":
        return replace(mine, mine=False)
    if not wanted.startswith("team:"):
        return mine
    slug = wanted.removeprefix("team:")
    team = next((team for team, _ in roles if team.slug == slug), None)
    if team is None:
        raise Http404
    return replace(mine, mine=False, team=team)


def _act(
    request: UserRequest,
    template: str,
    requirement: Requirement,
    context: dict[str, Any],
    status: int,
) -> HttpResponse:
    """Answer with a form about one requirement: to htmx for the place below its line."""
    context |= {
        "requirement": requirement,
        "component": requirement.component,
        "back": _back(request),
        "query": request.META["QUERY_STRING"],
    }
    return render_part(request, template, context, parts=("act",), status=status)


def _done(request: UserRequest, requirement: Requirement, says: str) -> HttpResponse:
    """Answer an act that was done: to htmx in the place of the form, else on the queue."""
    if not wants_fragment(request):
        messages.success(request, f"{requirement}: {says}")
        return redirect(request, _back(request))
    context = {"done": says, "requirement": requirement}
    return render_part(
        request, QUEUE, context, parts=("act-done",), triggers={"announce": {"text": says}}
    )


def _back(request: UserRequest) -> str:
    query = request.META["QUERY_STRING"]
    return reverse("revisit_queue") + (f"?{query}" if query else "")
