"""The operations sheet of a component: the page that is opened in an incident."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access
from readiness.htmx import UserRequest, redirect
from readiness.models import Component, Role
from readiness.operations import actions
from readiness.operations.difference import difference
from readiness.operations.find import query_for, steps
from readiness.operations.forms import EMPTY_ROWS, FindForm, SheetForm
from readiness.operations.page import may_edit, option_lines, sheet_context
from readiness.operations.paper import MOST_PAGES, estimated_pages
from readiness.operations.printing import printed_from
from readiness.operations.queries import current_sheet, places_for, versions_of
from readiness.operations.sheet import MOST_ROWS, parse_sheet
from readiness.reports.actions import NoSuchEdition, request_sheet
from readiness.reports.formats import FULL, PAPERS


@require_GET
def sheet_detail(request: UserRequest, component: str) -> HttpResponse:
    found, now = access.get_component(request, component), timezone.now()
    current, places = current_sheet(found), places_for(found)
    context = sheet_context(found, current, now)
    paper = printed_from(found, current, places, context["options"], now)
    context |= {
        "places": places,
        "find": FindForm(),
        "papers": PAPERS.items(),
        "pages": estimated_pages(paper),
        "most_pages": MOST_PAGES,
    }
    return render(request, "operations/sheet_detail.html", context)


@require_POST
def sheet_pdf_start(request: UserRequest, component: str) -> HttpResponse:
    """Ask for the sheet as a PDF, as it is now."""
    found = access.get_component(request, component)
    paper = request.POST.get("paper", FULL.paper)
    try:
        job = request_sheet(component=found, by=request.user, now=timezone.now(), paper=paper)
    except NoSuchEdition:
        raise Http404 from None
    return redirect(request, "report_job_detail", found.slug, job.pk)


@require_GET
def request_find(request: UserRequest, component: str) -> HttpResponse:
    """Where to find the log lines of one request, region by region."""
    found = access.get_component(request, component)
    places, form = places_for(found), FindForm(request.GET or None)
    status, context = 200, {"component": found, "places": places, "find": form}
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound:
        said = form.cleaned_data
        context |= {
            "wanted": said["id"],
            "location": said["location"],
            "query": query_for(said["id"]),
            "steps": steps(places, said["id"], said["location"], said["back"]),
        }
    return render(request, "operations/request_find.html", context, status=status)


@require_http_methods(["GET", "POST"])
def sheet_edit(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    if request.method == "GET":
        current = current_sheet(found)
        form = SheetForm(found, sheet=current.sheet, base=current.number)
        return _edit_page(request, found, form)
    if "more" in request.POST:
        return _edit_page(request, found, SheetForm(found, sent=_with_more_rows(request.POST)))
    form = SheetForm(found, sent=request.POST)
    if not form.is_valid():
        return _edit_page(request, found, form, status=422)
    said = form.meta.cleaned_data
    try:
        version = actions.save_sheet(
            component=found, sheet=form.sheet, by=request.user, now=timezone.now(), **said
        )
    except actions.EditConflict as lost:
        return _edit_page(request, found, form, conflict=lost, status=409)
    changed = version.number != said["base"]
    messages.success(request, f"Saved as {version}." if changed else "Nothing was changed.")
    return redirect(request, "sheet_detail", component)


def _edit_page(
    request: UserRequest,
    component: Component,
    form: SheetForm,
    *,
    conflict: actions.EditConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"component": component, "form": form}
    if conflict:
        theirs = parse_sheet(conflict.current.content)
        context |= {
            "conflict": conflict.current,
            "difference": difference(theirs, form.sheet),
        }
    return render(request, "operations/sheet_edit.html", context, status=status)


def _with_more_rows(sent: QueryDict) -> QueryDict:
    """Return what was typed, with more empty rows in the section that asked for them."""
    more, name = sent.copy(), f"{sent['more']}-TOTAL_FORMS"
    number = str(sent.get(name, ""))
    if number.isdecimal() and len(number) < 4:
        more[name] = str(min(int(number) + EMPTY_ROWS, MOST_ROWS + EMPTY_ROWS))
    return more


@require_GET
def sheet_version_list(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component)
    context = {"component": found, "versions": versions_of(found), "may_edit": may_edit(found)}
    return render(request, "operations/sheet_version_list.html", context)


@require_GET
def sheet_version_detail(request: UserRequest, component: str, number: int) -> HttpResponse:
    """One version as it was, and what the current one says instead."""
    found = access.get_component(request, component)
    return _version_page(request, found, number)


@require_POST
def sheet_version_restore(request: UserRequest, component: str, number: int) -> HttpResponse:
    """Save what an old version said as a new one."""
    found = access.get_component(request, component, needs=Role.EDITOR)
    old = get_object_or_404(found.sheet_versions, number=number)
    base = str(request.POST.get("base", ""))
    try:
        version = actions.save_sheet(
            component=found,
            sheet=parse_sheet(old.content),
            base=int(base) if base.isdecimal() and len(base) < 9 else 0,
            by=request.user,
            now=timezone.now(),
            note=f"Restored from version {number}.",
        )
    except actions.EditConflict:
        return _version_page(request, found, number, status=409)
    messages.success(request, f"Saved as {version}: it says what version {number} said.")
    return redirect(request, "sheet_detail", component)


def _version_page(
    request: UserRequest, component: Component, number: int, *, status: int = 200
) -> HttpResponse:
    versions = component.sheet_versions.select_related("made_by")
    version, current = get_object_or_404(versions, number=number), current_sheet(component)
    sheet = parse_sheet(version.content)
    context = {
        "component": component,
        "version": version,
        "sheet": sheet,
        "options": option_lines(component, sheet, timezone.now()),
        "current": current,
        "difference": difference(sheet, current.sheet),
        "may_edit": may_edit(component),
        "lost": status == 409,
    }
    return render(request, "operations/sheet_version_detail.html", context, status=status)
