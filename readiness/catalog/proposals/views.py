"""Criteria that teams propose for the catalog, and what became of them."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.catalog.proposals import actions
from readiness.catalog.proposals.forms import AnswerForm, ProposalForm
from readiness.catalog.proposals.queries import (
    as_yaml,
    begins_with_incident,
    begins_with_own,
    in_order,
)
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Component, Criterion, CriterionProposal, Incident, Role

PER_PAGE = 25


@require_GET
def proposal_list(request: UserRequest) -> HttpResponse:
    proposals = in_order(access.readable_proposals(request))
    page = Paginator(proposals, PER_PAGE).get_page(request.GET.get("page", "1"))
    mine = access.own_proposals(request).filter(pk__in=[each.pk for each in page])
    context = {"page": page, "mine": set(mine.values_list("pk", flat=True))}
    return render_part(request, "catalog/proposal_list.html", context)


@require_http_methods(["GET", "POST"])
def proposal_create(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    own, incident = _out_of(request, found)
    form = ProposalForm(catalog=found.catalog, initial=_begins(own, incident))
    status, waiting = 200, None
    if request.method == "POST":
        form, status = ProposalForm(request.POST, catalog=found.catalog), 422
        if form.is_valid():
            try:
                made = actions.propose_criterion(
                    component=found,
                    values=form.values,
                    criterion=own,
                    incident=incident,
                    by=request.user,
                    now=timezone.now(),
                )
            except actions.AlreadyProposed as already:
                waiting, status = already.waiting, 409
            else:
                messages.success(request, "Proposed. Who runs this installation answers.")
                return redirect(request, "proposal_detail", made.pk)
    context = {"component": found, "form": form, "waiting": waiting}
    context |= {"own": own, "incident": incident}
    return render_part(request, "catalog/proposal_create.html", context, status=status)


def _out_of(request: UserRequest, component: Component) -> tuple[Criterion | None, Incident | None]:
    """Return what the address says that it comes out of. Raises Http404 for what is not the
    component's."""
    own, incident = request.GET.get("criterion", ""), request.GET.get("incident", "")
    if incident and not re.fullmatch("[0-9]{1,18}", incident):
        raise Http404
    incidents = component.incidents.select_related("component")
    return (
        get_object_or_404(component.own_criteria.all(), slug=own) if own else None,
        get_object_or_404(incidents, pk=incident) if incident else None,
    )


def _begins(own: Criterion | None, incident: Incident | None) -> dict[str, object]:
    if own:
        return begins_with_own(own)
    return begins_with_incident(incident) if incident else {}


@require_GET
def proposal_detail(request: UserRequest, pk: int) -> HttpResponse:
    return _page(request, access.get_proposal(request, pk))


@require_POST
def proposal_answer(request: UserRequest, pk: int) -> HttpResponse:
    proposal = access.get_proposal(request, pk)
    access.needs_superuser(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, form=form, status=422)
    try:
        actions.answer_proposal(
            proposal=proposal, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except actions.AlreadyAnswered as late:
        return _page(request, access.get_proposal(request, pk), form=form, late=late, status=409)
    return redirect(request, "proposal_detail", pk)


def _page(
    request: UserRequest,
    proposal: CriterionProposal,
    *,
    form: AnswerForm | None = None,
    late: actions.AlreadyAnswered | None = None,
    status: int = 200,
) -> HttpResponse:
    is_mine = access.own_proposals(request).filter(pk=proposal.pk).exists()
    context = {
        "proposal": proposal,
        "is_mine": is_mine,
        "form": form or AnswerForm(),
        "late": late,
        "yaml": as_yaml(proposal) if proposal.taken_up else "",
    }
    return render_part(request, "catalog/proposal_detail.html", context, status=status)
