"""One requirement: its row opened, its decision, its suggestion, its text, its checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access
from readiness.components import actions as components
from readiness.decisions import actions
from readiness.decisions.forms import BindingForm, DecisionForm, RequirementForm, content_of
from readiness.decisions.queries import ledger
from readiness.decisions.suggestions import suggested_content
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import BindingKind, Component, Requirement, Role
from readiness.reports.page import gap_report_context

PAGE = "reports/gap_report.html"


@require_GET
def requirement_detail(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """The gap report with this row open; to htmx the row alone, closed again with ?closed."""
    requirement = access.get_requirement(request, component, criterion)
    context = gap_report_context(request, requirement.component, timezone.now())
    closed = "closed" in request.GET
    here = context["base"] + context["query"]
    if closed and not wants_fragment(request):
        return redirect(request, here)
    line = _line(context, criterion)
    if "saved" in request.GET and not context["wanted"]:
        # The topic's counts changed with the row: they come along, to be put in their place.
        context |= {"oob": True, "topic": context["report"].topic_of(line)}
    context |= {"line": line} if closed else _opened(request, requirement, context)
    return render_part(request, PAGE, context, parts=("row",), push_url=here if closed else "")


@require_POST
def decision_save(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    now = timezone.now()
    form = DecisionForm(request.POST, team=found.team, today=timezone.localdate(now))
    if not form.is_valid():
        return _row(request, found, criterion, now, form=form, status=422)
    try:
        actions.decide(
            component=found,
            criterion=criterion,
            content=form.content,
            supersedes_id=form.cleaned_data["supersedes"],
            by=request.user,
            now=now,
            matrix=form.risk_matrix,
        )
    except Requirement.DoesNotExist:
        raise Http404 from None
    except actions.DecisionConflict as lost:
        return _row(request, found, criterion, now, form=form, conflict=lost.current, status=409)
    return _saved(request, found, criterion, "Saved.")


@require_POST
def suggestion_adopt(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """Decide what the blueprint suggests, as it suggests it, if nobody decided before."""
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    now = timezone.now()
    content = requirement.blueprint_item and suggested_content(
        requirement.blueprint_item, owner=request.user, today=timezone.localdate(now)
    )
    if not content:
        raise Http404
    try:
        actions.decide(
            component=requirement.component,
            criterion=criterion,
            content=content,
            supersedes_id=None,
            by=request.user,
            now=now,
        )
    except actions.DecisionConflict as lost:
        form = DecisionForm.for_requirement(
            requirement,
            team=requirement.component.team,
            today=timezone.localdate(now),
            content=content,
        )
        return _row(
            request, requirement.component, criterion, now,
            form=form, conflict=lost.current, status=409,
        )  # fmt: skip
    return _saved(request, requirement.component, criterion, "Adopted and saved.")


@require_POST
def requirement_edit(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    now, found = timezone.now(), requirement.component
    form = RequirementForm(
        request.POST, instance=requirement, team=found.team, prefix="requirement"
    )
    if not form.is_valid():
        return _row(request, found, criterion, now, requirement_form=form, status=422)
    try:
        components.edit_requirement(
            requirement=access.get_requirement(request, component, criterion, needs=Role.EDITOR),
            values=form.values,
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except components.EditConflict as lost:
        return _row(
            request, found, criterion, now,
            requirement_form=form, edit_conflict=lost.current, status=409,
        )  # fmt: skip
    return _saved(request, found, criterion, "Saved.", stay_open=True)


@require_POST
def check_binding_save(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """Mute a check on this requirement, add one to it, or go back to what follows by itself."""
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    form = BindingForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Unknown check or kind.", status=422, content_type="text/plain")
    kind = form.cleaned_data["kind"]
    components.set_check_binding(
        requirement=requirement,
        check_id=form.cleaned_data["check_id"],
        kind=BindingKind(kind) if kind else None,
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=timezone.now(),
    )
    return _saved(request, requirement.component, criterion, "Saved.", stay_open=True)


def _line(context: dict[str, Any], criterion: str) -> Any:
    report = context["report"]
    for line in (*report.requirements, *report.retired):
        if line.criterion == criterion:
            return line
    raise Http404


def _opened(
    request: UserRequest, requirement: Requirement, context: dict[str, Any], **given: Any
) -> dict[str, Any]:
    """What an open row adds to the page's context; `given` are the forms of an answer to a POST."""
    team, today = requirement.component.team, context["report"].today
    decision, item = requirement.current_decision, requirement.blueprint_item
    line = _line(context, requirement.criterion.slug)
    on_it = {check.check.id for check in line.checks}
    detail = {
        "item": item,
        "suggestion": item
        and not decision
        and suggested_content(item, owner=request.user, today=today),
        "ledger": ledger(requirement),
        "addable": [c.check for c in context["report"].checks if c.check.id not in on_it],
        "form": DecisionForm.for_requirement(
            requirement,
            team=team,
            today=today,
            content=content_of(decision) if decision else None,
        ),
        "requirement_form": RequirementForm(
            instance=requirement,
            team=team,
            prefix="requirement",
            initial={"version": requirement.version},
        ),
    }
    return {"open": line.criterion, "line": line, "detail": detail | given}


def _row(
    request: UserRequest,
    component: Component,
    criterion: str,
    now: datetime,
    *,
    status: int,
    **given: Any,
) -> HttpResponse:
    """Answer a POST that was not saved: the same row, with everything that was typed."""
    requirement = access.get_requirement(request, component.slug, criterion)
    context = gap_report_context(request, component, now)
    context |= _opened(request, requirement, context, **given)
    return render_part(request, PAGE, context, parts=("row",), status=status)


def _saved(
    request: UserRequest, component: Component, criterion: str, says: str, stay_open: bool = False
) -> HttpResponse:
    """Answer a POST that was saved: to htmx a placeholder that fetches the row, and the news."""
    if not wants_fragment(request):
        return redirect(request, "requirement_detail", component.slug, criterion)
    context = {
        "base": component.get_absolute_url(),
        "criterion": criterion,
        "query": request.META["QUERY_STRING"],
        "stay_open": stay_open,
    }
    triggers = {"standings-changed": {}, "announce": {"text": says, "row": criterion}}
    return render_part(request, PAGE, context, parts=("row-saved",), triggers=triggers)
