"""When checks run by themselves, recordings, and tokens for machines."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.aws.recording import RecordingRefused
from readiness.aws.runner import request_run
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import CheckSchedule, Component, Every, Recording, Role, RunTrigger, Team
from readiness.runs import actions
from readiness.runs.forms import RecordingForm, ScheduleForm, TokenForm

RECORDINGS_SHOWN = 100


@require_http_methods(["GET", "POST"])
def schedule_edit(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    schedule = CheckSchedule.objects.filter(component=found).select_related("changed_by").first()
    initial = {"every": schedule.every, "cron": schedule.cron} if schedule else None
    form = ScheduleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_schedule(
            component=found,
            every=Every(form.cleaned_data["every"]),
            cron=form.cleaned_data["cron"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, f"The schedule of {found.name} is saved.")
        return redirect(request, "schedule_edit", component)
    context = {"component": found, "schedule": schedule, "form": form}
    status = 422 if form.is_bound else 200
    return render_part(request, "runs/schedule_edit.html", context, status=status)


@require_GET
def recording_list(request: UserRequest, component: str) -> HttpResponse:
    return _recordings(request, access.get_component(request, component), RecordingForm())


@require_POST
def recording_upload(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form = RecordingForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = actions.keep_recording(
                component=found,
                filename=file.name,
                content=file.read(),
                by=request.user,
                now=timezone.now(),
            )
        except RecordingRefused as refused:
            form.add_error("file", str(refused))
        else:
            return _judge(request, found, kept)
    return _recordings(request, found, form, status=422)


@require_POST
def recording_judge(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    return _judge(request, found, get_object_or_404(Recording, pk=pk, component=found))


@require_GET
def recording_download(request: UserRequest, component: str, pk: int) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    kept = get_object_or_404(Recording, pk=pk, component=found)
    name = content_disposition_header(as_attachment=True, filename=kept.filename)
    headers = {"Content-Disposition": name or "attachment"}
    return HttpResponse(bytes(kept.content), content_type="application/json", headers=headers)


@require_http_methods(["GET", "POST"])
def token_list(request: UserRequest, team: str) -> HttpResponse:
    found, _ = access.get_team(request, team, needs=Role.ADMIN)
    form = TokenForm(request.POST or None)
    shown = None
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            shown = actions.create_token(
                team=found,
                name=form.cleaned_data["name"],
                expires_at=form.expires_at(now),
                by=request.user,
                now=now,
            )
        except actions.NameTaken as taken:
            form.add_error("name", str(taken))
    return _tokens(request, found, TokenForm() if shown else form, shown)


@require_POST
def token_revoke(request: UserRequest, team: str, pk: int) -> HttpResponse:
    found, _ = access.get_team(request, team, needs=Role.ADMIN)
    token = get_object_or_404(found.api_tokens, pk=pk)
    actions.revoke_token(token=token, now=timezone.now())
    messages.success(request, f"The token {token.name} opens nothing any more.")
    return redirect(request, "token_list", team)


def _judge(request: UserRequest, component: Component, kept: Recording) -> HttpResponse:
    run = request_run(
        component=component,
        by=request.user,
        now=timezone.now(),
        trigger=RunTrigger.RECORDING,
        recording=kept,
    )
    if run.recording_id != kept.pk:
        messages.error(
            request, "The recording is kept. Another run is under way: judge it when that is done."
        )
        return redirect(request, "recording_list", component.slug)
    return redirect(request, "check_run_detail", component.slug, run.pk)


def _recordings(
    request: UserRequest, component: Component, form: RecordingForm, status: int = 200
) -> HttpResponse:
    context = {
        "component": component,
        "recordings": component.recordings.defer("content").select_related("uploaded_by")[
            :RECORDINGS_SHOWN
        ],
        "may_edit": component.role >= Role.EDITOR and component.archived_at is None,
        "parameters": json.dumps(component.parameters, indent=2),
        "form": form,
    }
    return render_part(request, "runs/recording_list.html", context, status=status)


def _tokens(
    request: UserRequest, team: Team, form: TokenForm, shown: tuple[Any, str] | None
) -> HttpResponse:
    context = {
        "team": team,
        "tokens": team.api_tokens.select_related("created_by"),
        "form": form,
        "shown": shown,
        "now": timezone.now(),
        "address": request.build_absolute_uri("/api/components/COMPONENT/runs/"),
    }
    status = 422 if form.is_bound else 200
    return render_part(request, "runs/token_list.html", context, status=status)
