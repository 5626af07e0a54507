"""Drills of a component: planned, run, recorded, and who has done what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.drills import actions, page, stamps
from readiness.drills.forms import (
    EntryForm,
    FindingForm,
    FinishForm,
    PlanForm,
    RecordForm,
    TicketForm,
)
from readiness.drills.queries import scenarios_for, seen_of
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import Component, Drill, DrillEntry, DrillFinding, Requirement, Role

DETAIL = "drills/drill_detail.html"
RUN = "drills/drill_run.html"


@require_GET
def drill_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = page.list_context(found, request.GET.get("page", "1"), timezone.now())
    return render_part(request, "drills/drill_list.html", context)


@require_GET
def drill_matrix(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = page.matrix_context(found, request.GET.getlist("who"), timezone.now())
    return render_part(request, "drills/drill_matrix.html", context)


# --- planned and recorded -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def drill_plan(request: UserRequest, component: str) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    form, status = PlanForm(component=found, initial=_begin_with(request, found)), 200
    if request.method == "POST":
        form, status = PlanForm(request.POST, component=found), 422
        if form.is_valid():
            drill = actions.plan_drill(component=found, plan=form.plan, by=request.user, now=now)
            messages.success(request, "Planned.")
            return redirect(request, "drill_detail", component, drill.pk)
    context = {"component": found, "form": form}
    return render_part(request, "drills/drill_plan.html", context, status=status)


def _begin_with(request: UserRequest, component: Component) -> dict[str, Any]:
    """What an empty form begins with: the scenario of the address, and what it proves."""
    scenario = scenarios_for(component).filter(slug=request.GET.get("scenario", "")).first()
    if scenario is None:
        return {}
    here = scenario.criteria.filter(requirements__component=component, retired_at=None)
    return {"scenario": scenario, "criteria": [each.pk for each in here]}


@require_http_methods(["GET", "POST"])
def drill_edit(request: UserRequest, component: str, pk: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    if drill.outcome and request.method == "GET":
        messages.error(request, "It is over: its plan stays as it was.")
        return redirect(request, "drill_detail", component, pk)
    initial = PlanForm.initial_of(drill)
    form = PlanForm(component=drill.component, initial=initial)
    status, conflict = 200, None
    if request.method == "POST":
        form = PlanForm(request.POST, component=drill.component, initial=initial)
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"] or 0
            try:
                actions.change_plan(drill=drill, plan=form.plan, version=version, by=request.user)
            except actions.EditConflict as lost:
                conflict, status = lost.current, 409
            else:
                messages.success(request, "Changed.")
                return redirect(request, "drill_detail", component, pk)
    context = {"component": drill.component, "drill": drill, "form": form, "conflict": conflict}
    return render_part(request, "drills/drill_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def drill_record(request: UserRequest, component: str) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    drill = _planned(request, found)
    if drill and drill.outcome and request.method == "GET":
        messages.error(request, "It was written down already.")
        return redirect(request, "drill_detail", component, drill.pk)
    initial = PlanForm.initial_of(drill) if drill else _begin_with(request, found)
    form, status, conflict = RecordForm(component=found, now=now, initial=initial), 200, None
    if request.method == "POST":
        form = RecordForm(request.POST, component=found, now=now, initial=initial)
        status = 422
        if form.is_valid():
            try:
                written, back = actions.record_drill(
                    component=found,
                    plan=form.plan,
                    told=form.told,
                    by=request.user,
                    now=now,
                    drill=drill,
                    version=form.cleaned_data["version"] or 0,
                )
            except actions.EditConflict as lost:
                conflict, status = lost.current, 409
            else:
                _say(request, "Recorded.", back)
                return redirect(request, "drill_detail", component, written.pk)
    context = {"component": found, "form": form, "drill": drill, "conflict": conflict}
    return render_part(request, "drills/drill_record.html", context, status=status)


def _planned(request: UserRequest, component: Component) -> Drill | None:
    """The planned drill that the address names, which is to be written down."""
    pk = request.GET.get("drill", "")
    if not pk:
        return None
    planned = component.drills.select_related("scenario")
    return get_object_or_404(planned, pk=pk if pk.isdecimal() and len(pk) < 18 else 0)


def _say(request: UserRequest, says: str, back: list[Requirement]) -> None:
    """Tell that it was written, and which decisions came back by it."""
    if back:
        named = "; ".join(str(requirement) for requirement in back)
        says += f" To be decided again because of it: {named}."
    messages.success(request, says)


# --- one drill ------------------------------------------------------------------------------------


@require_GET
def drill_detail(request: UserRequest, component: str, pk: int) -> HttpResponse:
    return _detail(request, access.get_drill(request, component, pk))


def _detail(request: UserRequest, drill: Drill, status: int = 200, **given: Any) -> HttpResponse:
    """Render the page of a drill; `given` are the forms of an answer to a POST."""
    context = page.detail_context(drill, timezone.now())
    said = {"version": drill.version, "outcome": drill.outcome, "summary": drill.summary}
    context |= {
        "finish_form": FinishForm(initial=said),
        "finding_form": FindingForm(requirements=_requirements(drill)),
    }
    return render_part(request, DETAIL, context | given, status=status)


def _requirements(drill: Drill) -> QuerySet[Requirement]:
    return (
        drill.component.requirements.filter(criterion__retired_at=None)
        .select_related("criterion")
        .order_by("criterion__topic__position", "criterion__position")
    )


@require_POST
def drill_finish(request: UserRequest, component: str, pk: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _detail(request, drill, 422, finish_form=form)
    try:
        back = actions.finish_drill(
            drill=drill, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except actions.EditConflict as lost:
        return _detail(request, drill, 409, finish_form=form, conflict=lost.current)
    _say(request, "Written down. What did it teach?", back)
    return redirect(request, "drill_detail", component, pk)


# --- run mode -------------------------------------------------------------------------------------


@require_GET
def drill_run(request: UserRequest, component: str, pk: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk)
    context = page.state_context(drill, timezone.now())
    said = {"version": drill.version, "outcome": drill.outcome, "summary": drill.summary}
    context |= {
        "finish_form": FinishForm(initial=said),
        "parts": drill.parts.select_related("user"),
    }
    return render_part(request, RUN, context)


@require_http_methods(["GET", "POST"])
def drill_entries(request: UserRequest, component: str, pk: int) -> HttpResponse:
    """What the page has to know: nothing (204) while it knows all. By POST a stamp or a note."""
    needs = Role.EDITOR if request.method == "POST" else Role.VIEWER
    drill = access.get_drill(request, component, pk, needs=needs)
    if request.method == "GET":
        if request.GET.get("seen") == seen_of(drill):
            return HttpResponse(status=204)
        return _state(request, drill)
    form = EntryForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return _state(request, drill, told=wrong, status=422)
    said = form.cleaned_data
    pressed = stamps.press(
        drill=drill,
        key=said["key"],
        kind=said["kind"],
        text=said["text"],
        age=form.how_long_ago,
        by=request.user,
        now=timezone.now(),
    )
    return _state(request, drill, told=pressed.told)


def _state(
    request: UserRequest, drill: Drill, *, told: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the drill as it is: the part of the page, or the whole of it without script."""
    if wants_fragment(request):
        context = page.state_context(drill, timezone.now()) | {"told": told}
        return render_part(request, RUN, context, parts=["drill-state"], status=status)
    if told:
        messages.error(request, told)
    return redirect(request, "drill_run", drill.component.slug, drill.pk)


@require_POST
def entry_strike(request: UserRequest, component: str, pk: int, entry: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    found = get_object_or_404(DrillEntry, pk=entry, drill=drill)
    stamps.strike(entry=found, by=request.user, now=timezone.now())
    return _state(request, drill)


@require_POST
def entry_reinstate(request: UserRequest, component: str, pk: int, entry: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    found = get_object_or_404(DrillEntry, pk=entry, drill=drill)
    stamps.reinstate(entry=found, by=request.user, now=timezone.now())
    return _state(request, drill)


# --- what it taught -------------------------------------------------------------------------------


@require_POST
def finding_add(request: UserRequest, component: str, pk: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    form = FindingForm(request.POST, requirements=_requirements(drill))
    if not form.is_valid():
        return _detail(request, drill, 422, finding_form=form)
    actions.add_finding(drill=drill, **form.cleaned_data, by=request.user, now=timezone.now())
    messages.success(request, "Written down.")
    return redirect(request, "drill_detail", component, pk)


@require_POST
def finding_comment(request: UserRequest, component: str, pk: int, finding: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    found = get_object_or_404(DrillFinding, pk=finding, drill=drill)
    if actions.comment_finding(finding=found, by=request.user, now=timezone.now()):
        messages.success(request, "Posted as a comment on its requirement.")
    return redirect(request, "drill_detail", component, pk)


@require_POST
def finding_ticket(request: UserRequest, component: str, pk: int, finding: int) -> HttpResponse:
    drill = access.get_drill(request, component, pk, needs=Role.EDITOR)
    found = get_object_or_404(DrillFinding, pk=finding, drill=drill)
    form = TicketForm(request.POST)
    if not form.is_valid():
        return _detail(request, drill, 422, ticket_form=form, ticket_of=found.pk)
    actions.link_finding(finding=found, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect(request, "drill_detail", component, pk)
