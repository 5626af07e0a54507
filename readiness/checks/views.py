"""The checks there are, and what they say about a component."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from readiness import access
from readiness.aws import console
from readiness.aws.iam_policy import action_of, policy
from readiness.aws.registry import CHECKS, BoundCheck, Check
from readiness.checks import component as queries
from readiness.checks.catalog import (
    actions_of,
    by_service,
    parameter_title,
    search,
    service_of,
    wanted_parameters,
)
from readiness.htmx import UserRequest, render_part
from readiness.models import CheckResult, CheckState, Component, Criterion, Role
from readiness.reports import facts


@require_GET
def component_checks(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    shown = queries.component_checks(found, timezone.now())
    context = {
        "component": found,
        "base": found.get_absolute_url(),
        "shown": shown,
        "missing": [
            (check, [parameter_title(name) for name in wants]) for check, wants in shown.missing
        ],
        "policy": _policy_text(line.check for line in shown.report.checks),
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    return render_part(request, "checks/component_checks.html", context)


@require_GET
def component_check_detail(request: UserRequest, component: str, check_id: str) -> HttpResponse:
    found = access.get_component(request, component)
    check = _check(check_id)
    each = queries.component_check(found, check_id, timezone.now())
    page, entries = queries.history(found, check_id, request.GET.get("page", ""))
    context = {
        "component": found,
        "base": found.get_absolute_url(),
        "check": check,
        "service": service_of(check),
        "each": each,
        "wants": [parameter_title(name) for name in check.wants(found.parameters)],
        "page": page,
        "entries": entries,
        "actions": actions_of(check),
        "may_edit": found.role >= Role.EDITOR and found.archived_at is None,
    }
    if each:
        context |= _newest_look(found, each)
    return render_part(request, "checks/component_check_detail.html", context)


@require_GET
def check_list(request: UserRequest) -> HttpResponse:
    text = request.GET.get("text", "").strip()[:100]
    found = search(CHECKS.values(), text)
    titles = _criterion_titles(found)
    services = [
        (name, [_described(check, titles) for check in checks])
        for name, checks in by_service(found)
    ]
    context = {
        "services": services,
        "shown": len(found),
        "text": text,
        "policy": _policy_text(found),
    }
    return render_part(request, "checks/check_list.html", context, parts=("checks",))


@require_GET
def check_detail(request: UserRequest, check_id: str) -> HttpResponse:
    check = _check(check_id)
    context = _described(check, _criterion_titles([check])) | {
        "service": service_of(check),
        "reads": [(*read, action_of(*read)) for read in check.reads],
        "policy": _policy_text([check]),
    }
    return render_part(request, "checks/check_detail.html", context)


def _check(check_id: str) -> Check:
    if check_id not in CHECKS:
        raise Http404
    return CHECKS[check_id]


def _newest_look(component: Component, each: queries.ComponentCheck) -> dict[str, Any]:
    """What the newest answer adds to the page, if it is about the parameters of today."""
    state = (
        CheckState.objects.filter(component=component, check_id=each.check.id)
        .select_related("latest__run")
        .first()
    )
    result = state.latest if state and each.line.result_id else None
    return {
        "result": result,
        "facts": _facts(each.line.bound, result) if result else "",
        "places": console.places(_parameters(each.line.bound), result.observed if result else {}),
    }


def _facts(bound: BoundCheck, result: CheckResult) -> str:
    """The observed facts, each row leading to its page in the AWS console where there is one."""
    service, parameters = bound.check.id.partition(".")[0], _parameters(bound)
    return facts.tables(
        result.observed,
        links=lambda table, row: console.of_row(service, table, row, parameters, result.observed),
    )


def _parameters(bound: BoundCheck) -> dict[str, Any]:
    return bound.params.model_dump(mode="json")


def _criterion_titles(checks: Iterable[Check]) -> dict[str, str]:
    """The criteria of the loaded catalog that the checks speak for, with their titles."""
    slugs = {slug for check in checks for slug in check.criteria}
    return dict(Criterion.objects.filter(slug__in=slugs).values_list("slug", "title"))


def _described(check: Check, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "check": check,
        "criteria": [(slug, titles.get(slug)) for slug in check.criteria],
        "wants": wanted_parameters(check),
        "actions": actions_of(check),
    }


def _policy_text(checks: Iterable[Check]) -> str:
    return json.dumps(policy(checks), indent=2)
