"""Milestones of a component: frozen, judged, compared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.htmx import UserRequest, redirect, render_part
from readiness.milestones import actions
from readiness.milestones.compare import compare
from readiness.milestones.forms import (
    CloseForm,
    Conditions,
    FreezeForm,
    ShareForm,
    SignForm,
    VerdictForm,
)
from readiness.milestones.frozen import thaw
from readiness.milestones.page import (
    Side,
    compare_context,
    detail_context,
    list_context,
)
from readiness.models import (
    Component,
    Milestone,
    MilestoneCondition,
    MilestoneShare,
    Role,
    VerdictKind,
)
from readiness.notices.addresses import absolute
from readiness.reports.data import report_digest
from readiness.reports.gap_report import GapReport, build_gap_report
from readiness.reports.pdf_content import verdict_words

DETAIL = "milestones/milestone_detail.html"
TODAY = "today"
# Before the slug of another component.
PEER = "component:"


@require_GET
def milestone_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = list_context(found, timezone.now())
    return render_part(request, "milestones/milestone_list.html", context)


@require_http_methods(["GET", "POST"])
def milestone_freeze(request: UserRequest, component: str) -> HttpResponse:
    found, now = access.get_component(request, component, needs=Role.EDITOR), timezone.now()
    if request.method == "GET":
        return _freeze_page(request, found, build_gap_report(found, now), FreezeForm())
    form = FreezeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            milestone = actions.freeze_report(
                component=found, name=said["name"], seen=said["seen"], by=request.user, now=now
            )
        except actions.ReportChanged as changed:
            form.add_error(None, str(changed))
            return _freeze_page(request, found, changed.report, form, status=409)
        except actions.NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, "Frozen. Whatever changes from now on, this stays.")
            return redirect(request, "milestone_detail", component, milestone.pk)
    return _freeze_page(request, found, build_gap_report(found, now), form, status=422)


def _freeze_page(
    request: UserRequest,
    component: Component,
    report: GapReport,
    form: FreezeForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "component": component,
        "report": report,
        "digest": report_digest(report),
        "says": verdict_words(report.counts),
        "form": form,
    }
    return render_part(request, "milestones/milestone_freeze.html", context, status=status)


@require_GET
def milestone_detail(request: UserRequest, component: str, pk: int) -> HttpResponse:
    milestone = access.get_milestone(request, component, pk)
    return _detail(request, milestone)


@require_POST
def verdict_give(request: UserRequest, component: str, pk: int) -> HttpResponse:
    milestone = access.get_milestone(request, component, pk, needs=Role.APPROVER)
    team = milestone.component.team
    form, rows = VerdictForm(request.POST), Conditions(team, request.POST)
    if "more" in request.POST:
        rows = Conditions(team, request.POST, more=3)
        return _detail(request, milestone, form=form, conditions=rows)
    # The page shows the rows for this verdict only; what stays in them else says nothing.
    wanted = request.POST.get("kind") == VerdictKind.CONDITIONS
    if form.is_valid() and (rows.is_valid() or not wanted):
        conditions = rows.terms if wanted else []
        try:
            actions.give_verdict(
                milestone=milestone,
                kind=VerdictKind(form.cleaned_data["kind"]),
                reason=form.cleaned_data["reason"],
                conditions=conditions,
                by=request.user,
                now=timezone.now(),
            )
        except actions.ConditionsUnclear as unclear:
            form.add_error("kind", str(unclear))
        except actions.VerdictGiven as given:
            typed = [form.cleaned_data["reason"], *(each.text for each in conditions)]
            return _refused(request, milestone, given, *typed)
        else:
            messages.success(request, "Your verdict is written.")
            return redirect(request, "milestone_detail", component, pk)
    return _detail(request, milestone, form=form, conditions=rows, status=422)


@require_POST
def verdict_sign(request: UserRequest, component: str, pk: int) -> HttpResponse:
    milestone = access.get_milestone(request, component, pk, needs=Role.APPROVER)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _detail(request, milestone, sign_form=form, status=422)
    try:
        actions.sign(
            milestone=milestone,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except (actions.NothingToSign, actions.VerdictGiven) as refused:
        return _refused(request, milestone, refused, form.cleaned_data["reason"])
    messages.success(request, "Your signature stands below the verdict.")
    return redirect(request, "milestone_detail", component, pk)


@require_POST
def condition_close(request: UserRequest, component: str, pk: int, condition: int) -> HttpResponse:
    milestone = access.get_milestone(request, component, pk, needs=Role.EDITOR)
    conditions = MilestoneCondition.objects.select_related("verdict")
    found = get_object_or_404(conditions, pk=condition, verdict__milestone=milestone)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _detail(request, milestone, sent_close_form=form, closing=found.pk, status=422)
    try:
        actions.close_condition(
            condition=found,
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            now=timezone.now(),
        )
    except actions.AlreadyClosed as refused:
        return _refused(request, milestone, refused, form.cleaned_data["evidence"])
    messages.success(request, "The condition is closed.")
    return redirect(request, "milestone_detail", component, pk)


def _detail(
    request: UserRequest, milestone: Milestone, *, status: int = 200, **given: Any
) -> HttpResponse:
    """The page, its forms empty but for those that are `given`."""
    forms = {
        "form": VerdictForm(),
        "conditions": Conditions(milestone.component.team),
        "sign_form": SignForm(),
        "close_form": CloseForm(),
        "share_form": ShareForm(),
    }
    context = detail_context(request, milestone, timezone.now()) | forms | given
    return render_part(request, DETAIL, context, status=status)


def _refused(
    request: UserRequest, milestone: Milestone, why: Exception, *typed: str
) -> HttpResponse:
    """The page as somebody else left it, with what was typed: its form may be gone."""
    kept = "\n\n".join(filter(None, typed))
    return _detail(request, milestone, refused=str(why), typed=kept, status=409)


@require_POST
def share_create(request: UserRequest, component: str, pk: int) -> HttpResponse:
    """Answers with the page instead of leading to it: the link is in this answer only."""
    milestone = access.get_milestone(request, component, pk, needs=Role.APPROVER)
    form, now = ShareForm(request.POST), timezone.now()
    if not form.is_valid():
        return _detail(request, milestone, share_form=form, status=422)
    try:
        secret = actions.create_share(
            milestone=milestone,
            note=form.cleaned_data["note"],
            expires_at=now + timedelta(days=form.cleaned_data["days"]),
            by=request.user,
            now=now,
        )
    except actions.SharingOff as off:
        return _refused(request, milestone, off)
    link = absolute(reverse("milestone_shared", args=[secret]))
    response = _detail(request, milestone, share_link=link)
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def share_revoke(request: UserRequest, component: str, pk: int, share: int) -> HttpResponse:
    needs = Role.APPROVER
    milestone = access.get_milestone(request, component, pk, needs=needs, archived=True)
    found = get_object_or_404(MilestoneShare, pk=share, milestone=milestone)
    actions.revoke_share(share=found, now=timezone.now())
    messages.success(request, "The link opens nothing any more.")
    return redirect(request, "milestone_detail", component, pk)


@require_GET
def milestone_compare(request: UserRequest, component: str) -> HttpResponse:
    """Two of: the milestones, today, and today of the components of the same blueprint. By default
    the newest milestone and today."""
    found = access.get_component(request, component)
    known = list(found.milestones.defer("frozen"))
    peers = list(access.peers_of(request, found))
    context: dict[str, Any] = {"component": found, "milestones": known, "peers": peers}
    if known or peers:
        old = request.GET.get("from", str(known[0].pk) if known else TODAY)
        new = request.GET.get("to", TODAY if known else f"{PEER}{peers[0].slug}")
        sides = [_side(found, key, peers) for key in (old, new)]
        (before, _), (after, _) = sides
        comparison = compare(*(report for _, report in sides))
        context |= compare_context(comparison, (before, after), request.GET)
        context["topics"] = sides[1][1].topics
    return render_part(request, "milestones/milestone_compare.html", context)


def _side(component: Component, key: str, peers: list[Component]) -> tuple[Side, GapReport]:
    """Return one side by its name in the address. Raises Http404 for what it may not be."""
    if key == TODAY:
        return _today(key, "Today", component)
    if key.startswith(PEER):
        for peer in peers:
            if key == f"{PEER}{peer.slug}":
                return _today(key, peer.name, peer)
        raise Http404
    milestone = access.milestone_of(component, key)
    report = thaw(milestone.frozen)
    return Side(key, milestone.name, report.today, report.counts), report


def _today(key: str, name: str, component: Component) -> tuple[Side, GapReport]:
    report = build_gap_report(component, timezone.now())
    return Side(key, name, report.today, report.counts), report
