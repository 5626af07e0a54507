"""Evidence of a requirement: a page, the part of an open row that shows the same, its files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from readiness import access
from readiness.evidence import actions
from readiness.evidence.forms import FileForm, LinkForm, WithdrawForm
from readiness.evidence.queries import evidence_of
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import Requirement, Role

# By a piece of evidence, by what it is for.
Forms = dict[int, dict[str, forms.Form]]


@require_GET
def evidence_list(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    return _evidence(request, access.get_requirement(request, component, criterion))


@require_POST
def evidence_link_add(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _evidence(request, requirement, status=422, link_form=form)
    actions.add_link(
        requirement=requirement, by=request.user, now=timezone.now(), **form.cleaned_data
    )
    return _written(request, requirement, "Link added.")


@require_POST
def evidence_file_add(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _evidence(request, requirement, status=422, file_form=form)
    file = actions.add_file(
        requirement=requirement,
        title=form.cleaned_data["title"],
        by=request.user,
        now=timezone.now(),
        **form.kept,
    )
    return _written(request, requirement, f"Kept as version {file.version}.")


@require_POST
def evidence_version_add(
    request: UserRequest, component: str, criterion: str, pk: int
) -> HttpResponse:
    evidence = access.get_evidence(request, component, criterion, pk, needs=Role.EDITOR)
    form = FileForm(request.POST, request.FILES, prefix=f"version-{pk}")
    if not form.is_valid():
        return _evidence(request, evidence.requirement, status=422, forms_of={pk: {"file": form}})
    try:
        file = actions.add_version(
            evidence=evidence, by=request.user, now=timezone.now(), **form.kept
        )
    except actions.EvidenceGone:
        raise Http404 from None
    return _written(request, evidence.requirement, f"Kept as version {file.version}.")


@require_POST
def evidence_withdraw(
    request: UserRequest, component: str, criterion: str, pk: int
) -> HttpResponse:
    evidence = access.get_evidence(request, component, criterion, pk, needs=Role.EDITOR)
    form = WithdrawForm(request.POST, prefix=f"withdraw-{pk}")
    if not form.is_valid():
        given: Forms = {pk: {"withdraw": form}}
        return _evidence(request, evidence.requirement, status=422, forms_of=given)
    actions.withdraw_evidence(
        evidence=evidence,
        because=form.cleaned_data["because"],
        by=request.user,
        now=timezone.now(),
    )
    return _written(request, evidence.requirement, "Withdrawn.")


@require_GET
def evidence_download(
    request: UserRequest, component: str, criterion: str, pk: int, version: int
) -> HttpResponse:
    """A file as it was sent; the browser saves it, and shows nothing of it on our address."""
    file = access.get_evidence_file(request, component, criterion, pk, version)
    disposition = content_disposition_header(as_attachment=True, filename=file.filename)
    headers = {
        "Content-Disposition": disposition or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(bytes(file.content), content_type=file.content_type, headers=headers)


def _written(request: UserRequest, requirement: Requirement, says: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(
            request, "evidence_list", requirement.component.slug, requirement.criterion.slug
        )
    return _evidence(request, requirement, says=says)


def _evidence(
    request: UserRequest,
    requirement: Requirement,
    *,
    status: int = 200,
    says: str = "",
    forms_of: Forms | None = None,
    **given: forms.Form,
) -> HttpResponse:
    """`given` and `forms_of` (by evidence) are the forms of an answer to a refused POST."""
    component = requirement.component
    found = list(evidence_of(requirement))
    context: dict[str, Any] = {
        "component": component,
        "requirement": requirement,
        "lines": [_line(each.pk, forms_of or {}) | {"evidence": each} for each in found],
        "link_form": LinkForm(),
        "file_form": FileForm(),
        "may_edit": component.role >= Role.EDITOR and component.archived_at is None,
        "may_download": component.role >= Role.VIEWER,
        **given,
    }
    triggers = {"announce": {"text": says}} if says else None
    return render_part(
        request,
        "evidence/evidence_list.html",
        context,
        parts=("evidence",),
        status=status,
        triggers=triggers,
    )


def _line(pk: int, given: Forms) -> dict[str, Any]:
    own = given.get(pk, {})
    return {
        "version_form": own.get("file") or FileForm(prefix=f"version-{pk}"),
        "withdraw_form": own.get("withdraw") or WithdrawForm(prefix=f"withdraw-{pk}"),
    }
