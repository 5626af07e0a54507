"""How confident a team is to operate a component: asked in rounds."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.confidence import actions
from readiness.confidence.forms import OpenForm, VoteForm
from readiness.confidence.page import list_context, round_context
from readiness.confidence.queries import own_vote
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Component, ConfidenceRound, Role


@require_GET
@never_cache  # a voter's own answers are on it: no copy of it stays anywhere
def confidence_list(request: UserRequest, component: str) -> HttpResponse:
    return _page(request, access.get_component(request, component))


def _page(
    request: UserRequest,
    component: Component,
    *,
    form: VoteForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The rounds of a component, with the form of the open one: `form`, or one's own answers."""
    context = list_context(request, component, timezone.now())
    current = context["current"]
    if current and context["may_vote"] and form is None:
        own = own_vote(current, request.user)
        form = VoteForm(asked=current, initial=VoteForm.initial_of(own))
    context |= {"form": form if current else None, "refused": refused}
    return render_part(request, "confidence/confidence_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def confidence_open(request: UserRequest, component: str) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    form, status = OpenForm(component=found, now=now), 200
    if request.method == "POST":
        form, status = OpenForm(request.POST, component=found, now=now), 422
        if form.is_valid():
            try:
                actions.open_round(component=found, by=request.user, now=now, **form.values)
            except actions.RoundOpen as other:
                form.add_error(None, str(other))
                status = 409
            else:
                messages.success(request, "Open. The members of the team are told.")
                return redirect(request, "confidence_list", component)
    context = {"component": found, "form": form}
    return render_part(request, "confidence/confidence_open.html", context, status=status)


@require_GET
def confidence_round(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_confidence_round(request, component, pk)
    if found.is_open_at(timezone.now()):
        return redirect(request, "confidence_list", component)
    context = round_context(found.component, found)
    return render_part(request, "confidence/confidence_round.html", context)


@require_POST
@never_cache
def confidence_vote(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_confidence_round(request, component, pk, votes=True)
    form = VoteForm(request.POST, asked=found)
    if not form.is_valid():
        if found.is_open_at(timezone.now()):
            return _page(request, found.component, form=form, status=422)
        return _late(request, found)
    try:
        actions.vote(opened=found, by=request.user, now=timezone.now(), **form.values)
    except actions.RoundClosed:
        return _late(request, found)
    messages.success(request, "Your answers are kept. You may change them until the round closes.")
    return redirect(request, "confidence_list", component)


def _late(request: UserRequest, found: ConfidenceRound) -> HttpResponse:
    says = "This round is closed. Your answers were not kept."
    return _page(request, found.component, refused=says, status=409)


@require_POST
def confidence_close(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_confidence_round(request, component, pk)
    if not access.may_close(request, found):
        raise PermissionDenied("Who opened the round closes it, or an approver.")
    try:
        actions.close_round(opened=found, by=request.user, now=timezone.now())
    except actions.RoundClosed as refused:
        return _page(request, found.component, refused=str(refused), status=409)
    messages.success(request, "Closed.")
    return redirect(request, "confidence_round", component, pk)
