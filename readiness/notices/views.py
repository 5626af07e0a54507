"""What a person is told and how; a team's webhooks; the calendar."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import (
    CalendarFeed,
    How,
    NoticeSetting,
    Role,
    Team,
    User,
    Webhook,
    WebhookKind,
)
from readiness.notices import actions, jobs, queries
from readiness.notices.addresses import unsubscribing
from readiness.notices.forms import HowForm, WebhookForm
from readiness.notices.ics import calendar


@require_http_methods(["GET", "POST"])
def notice_settings(request: UserRequest) -> HttpResponse:
    form = HowForm(request.POST or None, initial={"how": _how(request)})
    if request.method == "POST" and form.is_valid():
        how = How(form.cleaned_data["how"])
        actions.set_how(user=request.user, how=how, now=timezone.now())
        messages.success(request, "Saved.")
        return redirect(request, "notice_settings")
    return _settings_page(request, form)


@require_POST
def calendar_new(request: UserRequest) -> HttpResponse:
    """Answers with the page instead of leading to it: the address is in this answer only."""
    address = actions.new_feed(user=request.user, now=timezone.now())
    response = _settings_page(request, HowForm(initial={"how": _how(request)}), address)
    patch_cache_control(response, no_store=True)
    return response


@require_POST
def calendar_end(request: UserRequest) -> HttpResponse:
    actions.end_feed(user=request.user)
    messages.success(request, "The address of your calendar opens nothing any more.")
    return redirect(request, "notice_settings")


@login_not_required
@require_GET
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The due dates of whoever has the secret; 304 when the calendar has them already."""
    user = queries.feed_owner(secret)
    if user is None:
        raise Http404
    content = calendar("Readiness", queries.days_of(user))
    etag = f'"{salted_hmac("readiness.calendar", content, algorithm="sha256").hexdigest()}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="readiness.ics"'
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a person's mail by one POST, as mail programs send it (RFC 8058); GET asks first."""
    user = get_object_or_404(User, pk=unsubscribing(token) or 0)
    if request.method == "POST":
        actions.set_how(user=user, how=How.OFF, now=timezone.now())
    context = {"person": user, "done": request.method == "POST"}
    return render_part(request, "notices/unsubscribe.html", context)


@require_http_methods(["GET", "POST"])
def webhook_list(request: UserRequest, team: str) -> HttpResponse:
    found, _ = access.get_team(request, team, needs=Role.ADMIN)
    form = _webhook_form(request, request.POST if request.method == "POST" else None)
    made = None
    if form.is_bound and form.is_valid():
        try:
            made = actions.create_webhook(
                team=found,
                name=form.cleaned_data["name"],
                url=form.cleaned_data["url"],
                kind=WebhookKind(form.cleaned_data["kind"]),
                causes=form.cleaned_data["causes"],
                allow_private=form.may_be_private,
                by=request.user,
                now=timezone.now(),
            )
        except actions.NameTaken as taken:
            form.add_error("name", str(taken))
    response = _webhooks_page(request, found, _webhook_form(request) if made else form, made)
    if made:
        patch_cache_control(response, no_store=True)
    return response


@require_GET
def webhook_detail(request: UserRequest, team: str, pk: int) -> HttpResponse:
    found, webhook = _webhook(request, team, pk)
    deliveries = queries.log_of(webhook)
    context = {
        "team": found,
        "webhook": webhook,
        "deliveries": deliveries,
        # A first attempt is under way: the log looks again by itself.
        "fresh": any(each.attempts == 0 and each.next_at for each in deliveries)
        and webhook.active
        and not webhook.disabled_at,
    }
    return render_part(request, "notices/webhook_detail.html", context, parts=("delivery-log",))


@require_POST
def webhook_test(request: UserRequest, team: str, pk: int) -> HttpResponse:
    _, webhook = _webhook(request, team, pk)
    if not webhook.active or webhook.disabled_at:
        messages.error(request, f"{webhook} does not work at present: resume it first.")
        return redirect(request, "webhook_detail", team, pk)
    delivery = actions.try_webhook(webhook=webhook, now=timezone.now())
    jobs.nudge(delivery.pk)
    return redirect(request, "webhook_detail", team, pk)


@require_POST
def webhook_pause(request: UserRequest, team: str, pk: int) -> HttpResponse:
    _, webhook = _webhook(request, team, pk)
    actions.pause_webhook(webhook=webhook)
    return redirect(request, "webhook_detail", team, pk)


@require_POST
def webhook_resume(request: UserRequest, team: str, pk: int) -> HttpResponse:
    _, webhook = _webhook(request, team, pk)
    actions.resume_webhook(webhook=webhook)
    return redirect(request, "webhook_detail", team, pk)


@require_POST
def webhook_remove(request: UserRequest, team: str, pk: int) -> HttpResponse:
    _, webhook = _webhook(request, team, pk)
    webhook.delete()
    messages.success(request, f"{webhook} is removed, and its log with it.")
    return redirect(request, "webhook_list", team)


def _webhook(request: UserRequest, team: str, pk: int) -> tuple[Team, Webhook]:
    found, _ = access.get_team(request, team, needs=Role.ADMIN)
    webhook = get_object_or_404(found.webhooks.select_related("created_by"), pk=pk)
    webhook.team = found
    return found, webhook


def _webhook_form(request: UserRequest, data: object = None) -> WebhookForm:
    return WebhookForm(data, operator=request.user.is_superuser)


def _how(request: UserRequest) -> str:
    setting = NoticeSetting.objects.filter(user=request.user).first()
    return (setting or NoticeSetting()).how


def _settings_page(request: UserRequest, form: HowForm, address: str = "") -> HttpResponse:
    context = {
        "form": form,
        "mail_is_configured": settings.EMAIL_IS_CONFIGURED,
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": address,
        "notices": queries.newest_notices(request.user),
    }
    status = 422 if form.is_bound else 200
    return render_part(request, "notices/notice_settings.html", context, status=status)


def _webhooks_page(
    request: UserRequest, team: Team, form: WebhookForm, made: Webhook | None
) -> HttpResponse:
    context = {
        "team": team,
        "webhooks": team.webhooks.select_related("created_by"),
        "form": form,
        "made": made,
    }
    status = 422 if form.is_bound else 200
    return render_part(request, "notices/webhook_list.html", context, status=status)
