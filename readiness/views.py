"""Signing in and out, errors, and whether we are alive."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_GET

from readiness.firststeps import session as first_steps
from readiness.firststeps.queries import is_empty
from readiness.login_limit import LimitedAuthenticationForm
from readiness.models import User
from readiness.request_id import current_request_id


class LoginView(auth.LoginView):
    template_name = "registration/login.html"
    authentication_form = LimitedAuthenticationForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        first_steps.begin(self.request)  # type: ignore[arg-type] # somebody is logged in now
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nobody=not User.objects.exists(), **kwargs)

    def get_success_url(self) -> str:
        """An empty installation leads on from its empty start page, but not who has left that."""
        wanted = super().get_success_url()
        user: User = self.request.user  # type: ignore[assignment] # somebody is logged in now
        at_start = wanted == resolve_url(settings.LOGIN_REDIRECT_URL)
        if at_start and user.left_first_steps_at is None and is_empty():
            return reverse("first_steps")
        return wanted


class LogoutView(auth.LogoutView):
    pass


class PasswordChangeView(auth.PasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("home")


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process and its database answer; what a load balancer asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def _error(request: HttpRequest, status: int, title: str, what: str, then: str) -> HttpResponse:
    context = {
        "title": title,
        "what": what,
        "then": then,
        "status": status,
        "request_id": current_request_id.get(),
    }
    return render(request, "error.html", context, status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    why = str(exception) or "Your role does not allow this."
    return _error(
        request,
        403,
        "Not allowed",
        why,
        "Nothing was changed. Ask an admin of the team for the role.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request,
        404,
        "Not found",
        "There is nothing at this address, or it is not shared with you.",
        "Check the address, or ask whoever sent it to you.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        "The form is out of date",
        "You signed in or out since the page was loaded, so the form could not be trusted.",
        "Nothing was saved. Go back, copy what you typed, load the page anew and send it again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(
        request,
        500,
        "Something went wrong here",
        "Readiness failed while answering. What was saved before is kept; this request was not.",
        "Try again. If it happens again, tell your administrator the number below.",
    )
