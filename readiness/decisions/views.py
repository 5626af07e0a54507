"""One requirement: its row opened, its decision, its suggestion, its text, its checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access
from readiness.components import actions as components
from readiness.decisions import actions, approvals, sharing
from readiness.decisions.forms import (
    BindingForm,
    DecisionForm,
    InheritanceEndForm,
    InheritForm,
    ProposalForm,
    RequirementForm,
)
from readiness.decisions.queries import inheritable, inheritance_steps, inheritors, ledger
from readiness.decisions.rules import content_of
from readiness.decisions.suggestions import suggested_content
from readiness.drills.queries import practised
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import (
    Approval,
    ApprovalKind,
    BindingKind,
    Component,
    Decision,
    Requirement,
    Role,
)
from readiness.reports.page import gap_report_context

PAGE = "reports/gap_report.html"


@require_GET
def requirement_detail(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """The gap report with this row open; to htmx the row alone, closed again with ?closed."""
    requirement = access.get_requirement(request, component, criterion)
    closed, saved = "closed" in request.GET, "saved" in request.GET
    alone = wants_fragment(request) and not saved
    context = gap_report_context(
        request, requirement.component, timezone.now(), criterion=criterion if alone else ""
    )
    here = context["base"] + context["query"]
    if closed and not wants_fragment(request):
        return redirect(request, here)
    line = _line(context, criterion)
    if saved and not context["wanted"]:
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
        decision = actions.decide(
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
    return _saved(request, found, criterion, _what_happened(decision, "Saved."))


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
        decision = actions.decide(
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
    said = _what_happened(decision, "Adopted and saved.")
    return _saved(request, requirement.component, criterion, said)


def _what_happened(decision: Decision, otherwise: str) -> str:
    if decision.needs_approval:
        return "Proposed. It stands once somebody else has approved it."
    return otherwise


@require_POST
def proposal_approve(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.APPROVER)
    return _end_proposal(request, requirement, approvals.approve, "Approved.")


@require_POST
def proposal_send_back(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.APPROVER)
    return _end_proposal(request, requirement, approvals.send_back, "Sent back.")


@require_POST
def proposal_withdraw(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    return _end_proposal(request, requirement, approvals.withdraw, "Withdrawn.")


def _end_proposal(
    request: UserRequest, requirement: Requirement, end: Callable[..., Approval], says: str
) -> HttpResponse:
    """End the proposal that the person had before their eyes, unless another thing did."""
    now, found, slug = timezone.now(), requirement.component, requirement.criterion.slug
    form = ProposalForm(request.POST)
    form.full_clean()
    seen = requirement.decisions.filter(pk=form.cleaned_data.get("proposal") or 0).first()
    try:
        if seen is None:
            raise approvals.ProposalGone("There is no such proposal.")
        end(decision=seen, by=request.user, now=now, reason=form.cleaned_data.get("reason", ""))
    except approvals.OwnProposal as refused:
        raise PermissionDenied(str(refused)) from None
    except approvals.ReasonMissing as missing:
        form.add_error("reason", str(missing))
        return _row(request, found, slug, now, proposal_form=form, status=422)
    except approvals.ProposalGone as gone:
        return _row(request, found, slug, now, gone=str(gone), status=409)
    return _saved(request, found, slug, says)


@require_POST
def decision_inherit(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """Follow what a platform that the component stands on has decided."""
    found = access.get_component(request, component, needs=Role.EDITOR)
    form, now = InheritForm(request.POST), timezone.now()
    if not form.is_valid():
        return HttpResponse("Unknown platform.", status=422, content_type="text/plain")
    platform = access.get_component(request, form.cleaned_data["platform"])
    try:
        sharing.inherit(
            component=found,
            criterion=criterion,
            platform=platform,
            seen=form.cleaned_data["supersedes"],
            by=request.user,
            now=now,
            reason=form.cleaned_data["reason"],
        )
    except Requirement.DoesNotExist:
        raise Http404 from None
    except sharing.NothingToInherit as gone:
        return _row(request, found, criterion, now, gone=str(gone), status=409)
    except actions.DecisionConflict as lost:
        return _row(request, found, criterion, now, gone=str(lost), status=409)
    return _saved(request, found, criterion, "Inherited.")


@require_POST
def inheritance_end(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form, now = InheritanceEndForm(request.POST), timezone.now()
    if not form.is_valid():
        return _row(request, found, criterion, now, gone=form.errors["reason"][0], status=422)
    reason = form.cleaned_data["reason"]
    try:
        sharing.stop_inheriting(
            component=found, criterion=criterion, by=request.user, now=now, reason=reason
        )
    except Requirement.DoesNotExist:
        raise Http404 from None
    except sharing.NotInherited as gone:
        return _row(request, found, criterion, now, gone=str(gone), status=409)
    return _saved(request, found, criterion, "Inherited no more.")


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
    item, entries = requirement.blueprint_item, list(ledger(requirement))
    line = _line(context, requirement.criterion.slug)
    on_it = {check.check.id for check in line.checks}
    detail = {
        "item": item,
        "suggestion": item
        and not line.decision
        and not entries
        and suggested_content(item, owner=request.user, today=today),
        "ledger": entries,
        "stale": _stale_because(requirement, entries, line.verdict),
        "fired": [each | {"at": datetime.fromisoformat(each["at"])} for each in requirement.fired],
        "drills": [
            (drill, drill.age(today))
            for drill in practised(requirement.component).get(line.criterion, ())
        ]
        if line.drill
        else [],
        **_proposal_of(request, requirement, context),
        **_sharing_of(request, requirement, context),
        "addable": [c.check for c in context["report"].checks if c.check.id not in on_it],
        "form": DecisionForm.for_requirement(
            requirement,
            team=team,
            today=today,
            # The newest, be it a proposal that was sent back: the next one starts from it.
            content=content_of(entries[0]) if entries else None,
        ),
        "requirement_form": RequirementForm(
            instance=requirement,
            team=team,
            prefix="requirement",
            initial={"version": requirement.version},
        ),
    }
    return {"open": line.criterion, "line": line, "detail": detail | given}


def _proposal_of(
    request: UserRequest, requirement: Requirement, context: dict[str, Any]
) -> dict[str, Any]:
    """The proposal that waits, and what this person may do about it."""
    proposal = requirement.proposed_decision
    own = proposal is not None and proposal.decided_by_id == request.user.pk
    approver = context["may_edit"] and requirement.component.role >= Role.APPROVER
    return {
        "proposal": proposal,
        "proposal_form": ProposalForm(),
        "may_approve": approver and not own,
        "may_send_back": approver,
        "may_withdraw": context["may_edit"] and own,
    }


def _sharing_of(
    request: UserRequest, requirement: Requirement, context: dict[str, Any]
) -> dict[str, Any]:
    """What could be inherited here, from whom it is, and by whom, as far as they may read it."""
    readable = access.readable_components(request)
    platform = requirement.inherits and requirement.inherits.component
    shown, others = (
        inheritors(requirement, readable) if requirement.component.is_platform else ([], 0)
    )
    return {
        "inheritable": inheritable(requirement, readable) if context["may_edit"] else (),
        "may_read_platform": platform and readable.filter(pk=platform.pk).exists(),
        "steps": inheritance_steps(requirement),
        "inheritors": shown,
        "other_inheritors": others,
        "newest": requirement.head_decision_id,
    }


def _stale_because(
    requirement: Requirement, entries: Sequence[Decision], verdict: str
) -> list[str]:
    """Return what is not any more as it was when the current decision was approved."""
    for entry in entries:
        if entry.pk == requirement.current_decision_id and not requirement.inherits_id:
            for approval in entry.approvals.all():
                if approval.kind == ApprovalKind.APPROVED:
                    return approvals.stale_because(approval, requirement, verdict)
    return []


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
    alone = criterion if wants_fragment(request) else ""
    context = gap_report_context(request, component, now, criterion=alone)
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
