"""The first steps of somebody for whom everything here is new."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness.firststeps import actions, session
from readiness.htmx import UserRequest, redirect, render_part


@require_GET
def first_steps(request: UserRequest) -> HttpResponse:
    context = {"first_steps": session.load(request)}
    return render_part(request, "firststeps/first_steps.html", context, parts=("first-steps-bar",))


@require_POST
def first_steps_leave(request: UserRequest) -> HttpResponse:
    actions.leave(user=request.user, now=timezone.now())
    session.end(request)
    messages.success(request, "You left the first steps. The menu under your name resumes them.")
    return redirect(request, "/")


@require_POST
def first_steps_resume(request: UserRequest) -> HttpResponse:
    actions.resume(user=request.user)
    return redirect(request, "first_steps")


@require_POST
def first_steps_without_aws(request: UserRequest) -> HttpResponse:
    session.go_on_without_aws(request)
    return redirect(request, "first_steps")
