"""Whether the steps go along with somebody from page to page. How far they are is not kept here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from readiness.firststeps.queries import FirstSteps, first_steps_of, number_decided
from readiness.firststeps.steps import DECISIONS
from readiness.htmx import UserRequest

UNDER_WAY = "first_steps"
WITHOUT_AWS = "first_steps_without_aws"


def begin(request: UserRequest) -> None:
    """At a login: let the steps go along with whoever has them before them. One query at most."""
    if request.user.left_first_steps_at is None and number_decided(request) < DECISIONS:
        request.session[UNDER_WAY] = True


def load(request: UserRequest) -> FirstSteps:
    """Return where the user stands; the steps go along from here on, unless they are over or
    were left."""
    found = first_steps_of(request, without_aws=WITHOUT_AWS in request.session)
    if found.are_over or request.user.left_first_steps_at:
        end(request)
    elif UNDER_WAY not in request.session:
        request.session[UNDER_WAY] = True
    return found


def go_on_without_aws(request: UserRequest) -> None:
    request.session[WITHOUT_AWS] = True


def end(request: UserRequest) -> None:
    for key in (UNDER_WAY, WITHOUT_AWS):
        request.session.pop(key, None)


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates: `first_steps`, asked of the database by the page that shows them only, and
    only for people with whom they go along."""
    session = getattr(request, "session", None)
    if session is None or UNDER_WAY not in session:
        return {}
    # The session of another browser does not know that they were left.
    if not request.user.is_authenticated or request.user.left_first_steps_at:
        return {}
    without_aws = WITHOUT_AWS in session
    return {
        "first_steps": SimpleLazyObject(
            lambda: first_steps_of(request, without_aws=without_aws)  # type: ignore[arg-type]
        )
    }
