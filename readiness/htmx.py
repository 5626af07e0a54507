"""The only place that reads or writes HX-* headers."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from readiness.models import User


class UserRequest(HttpRequest):
    """A request that came through the login: what our views see."""

    user: User
    htmx: HtmxDetails


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap the answer into the page it already has.

    A history restore wants the whole page: a bare row would be all the back button shows.
    """
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def render_part(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    parts: Sequence[str] = (),
    status: int = 200,
    triggers: Mapping[str, Any] | None = None,
    push_url: str = "",
) -> HttpResponse:
    """Render a page, or only the partial of it that htmx asked for.

    `parts` are the page's partials that can stand alone. htmx names the element that it will
    replace; a partial has its element's name (without what follows "--", the row's own key). The
    first one is the answer to an element of another name.

    `triggers` become events on the page, `push_url` becomes its address.
    """
    response_headers: dict[str, str] = {}
    if fragment := bool(parts) and wants_fragment(request):
        template = f"{template}#{_asked_part(request, parts)}"
        if triggers:
            response_headers["HX-Trigger"] = json.dumps(triggers)
        if push_url:
            response_headers["HX-Push-Url"] = push_url
    response = render(request, template, context | {"is_fragment": fragment}, status=status)
    for name, value in response_headers.items():
        response[name] = value
    if parts:
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _asked_part(request: HttpRequest, parts: Sequence[str]) -> str:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    asked = (htmx.target or "").partition("--")[0]
    return asked if asked in parts else parts[0]


def redirect(request: HttpRequest, to: Any, *args: Any) -> HttpResponse:
    """Send the browser to another page: by 302, or to htmx by the header that it follows."""
    url = resolve_url(to, *args)
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


class HtmxRedirectMiddleware:
    """A session that ended shows the login page, never a login form inside a table row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url("login")
        if (
            response.status_code == 302
            and wants_fragment(request)
            and urlsplit(response["Location"]).path == login
        ):
            # Back to the page that the person was looking at, not to the fragment's address.
            htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
            here = htmx.current_url_abs_path or "/"
            return HttpResponse(status=204, headers={"HX-Redirect": f"{login}?next={here}"})
        return response
