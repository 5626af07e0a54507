"""One milestone for people without an account, who have a link to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from readiness.milestones import actions, share_limit
from readiness.milestones.page import shown_context
from readiness.milestones.queries import open_share
from readiness.milestones.shared.files import public_pdf
from readiness.milestones.sharing import for_strangers
from readiness.models import MilestoneShare, ReportFile
from readiness.notices.addresses import host

SHARED = "milestones/milestone_shared.html"
WAITING = "milestones/milestone_shared_pdf.html"
# Between two looks at whether the PDF is there.
AGAIN_SECONDS = 2


@login_not_required
@require_GET
def milestone_shared(request: HttpRequest, secret: str) -> HttpResponse:
    """A milestone for whoever has the link. What is unknown, revoked, expired or switched off gets
    one and the same answer."""
    share = _open(request, secret)
    if isinstance(share, HttpResponse):
        return share
    if share_limit.page_too_often(share):
        return _too_often(request)
    pdf = reverse("milestone_shared_pdf", args=[secret])
    context = shown_context(share.milestone, timezone.now()) | {"share": share, "pdf": pdf}
    ours = {host(), _host_of(request)}
    html = for_strangers(render_to_string(SHARED, context), ours, kept=pdf)
    _log(request, share)
    return _for_one_reader(HttpResponse(html))


@login_not_required
@require_GET
def milestone_shared_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """The milestone as a PDF without e-mail addresses, made by a job; until it is there, a page
    that looks again by itself."""
    share = _open(request, secret)
    if isinstance(share, HttpResponse):
        return share
    found = public_pdf(share.milestone, now=timezone.now())
    if isinstance(found, ReportFile):
        if share_limit.file_too_often(share):
            return _too_often(request)
        _log(request, share)
        headers = {"Content-Disposition": f'attachment; filename="{found.filename}"'}
        content = bytes(found.content)
        return _for_one_reader(
            HttpResponse(content, content_type="application/pdf", headers=headers)
        )
    response = render(request, WAITING, {"job": found}, status=202 if found.is_active else 503)
    if found.is_active:
        response["Refresh"] = str(AGAIN_SECONDS)
    return _for_one_reader(response)


def _open(request: HttpRequest, secret: str) -> MilestoneShare | HttpResponse:
    """Return the link that a secret opens, or the answer to one that opens nothing."""
    address = request.META.get("REMOTE_ADDR", "")
    if share_limit.must_wait(address):
        return _too_often(request)
    share = open_share(secret, timezone.now())
    if share is None:
        share_limit.guessed(address)
        return _for_one_reader(render(request, SHARED, status=404))
    return share


def _too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, SHARED, {"too_often": True}, status=429)
    response["Retry-After"] = str(share_limit.WAIT_SECONDS)
    return _for_one_reader(response)


def _log(request: HttpRequest, share: MilestoneShare) -> None:
    actions.log_share_view(
        share=share,
        address=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.headers.get("User-Agent", ""),
        now=timezone.now(),
    )


def _for_one_reader(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response


def _host_of(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""
