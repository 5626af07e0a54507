"""Many rows at once: decide, assign, set weight; and going back, which is a new entry too."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from readiness import access
from readiness.decisions.bulk import actions
from readiness.decisions.bulk.forms import OwnerForm, WeightForm
from readiness.decisions.bulk.queries import BulkEntry, last_bulk, stood_before
from readiness.decisions.bulk.selection import (
    TooMany,
    newest_entry_id,
    selected,
)
from readiness.decisions.forms import DecisionForm
from readiness.decisions.rules import content_of
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import Component, Requirement, Role
from readiness.reports.words import OUTCOME_WORDS

SEEN = "seen-"  # + a criterion's slug: the entry, or the version, that the form was made from
NEVER = -1  # No entry and no version: what no form of ours sent loses the race.


@dataclass(frozen=True, slots=True)
class Row:
    """A selected requirement, and what the form says it looked like."""

    requirement: Requirement
    seen: int | None
    ticked: bool
    changed: bool = False


@require_http_methods(["GET", "POST"])
def bulk_decide(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    now = timezone.now()
    form = DecisionForm(request.POST or None, team=found.team, today=timezone.localdate(now))
    bulk = _Bulk(request, found, form, "bulk_decide", newest_entry_id)

    def act(seen: dict[str, int | None]) -> str:
        decided = actions.decide_many(
            component=found,
            contents=dict.fromkeys(seen, form.content),
            seen=seen,
            by=request.user,
            now=now,
        )
        if any(decision.needs_approval for decision in decided):
            return f"{_sized(len(decided))} proposed: somebody else must approve a risk like this."
        return f"{_sized(len(decided))} decided, each with an entry of its own."

    return bulk.answer(act, undo=True)


@require_http_methods(["GET", "POST"])
def bulk_assign(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form = OwnerForm(request.POST or None, team=found.team)
    return _edit(request, found, form, "bulk_assign")


@require_http_methods(["GET", "POST"])
def bulk_weigh(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    return _edit(request, found, WeightForm(request.POST or None), "bulk_weigh")


@require_http_methods(["GET", "POST"])
def bulk_undo(request: UserRequest, component: str) -> HttpResponse:
    """What this person last decided at once; POST decides the ticked ones as they were before."""
    found = access.get_component(request, component, needs=Role.EDITOR)
    now = timezone.now()
    entries = last_bulk(found, request.user, now)
    if request.method == "GET":
        return _undo_page(request, found, entries)
    ticked = set(request.POST.getlist("criterion"))
    back = {
        e.entry.requirement.criterion.slug: e
        for e in entries
        if e.can_go_back and e.entry.requirement.criterion.slug in ticked
    }
    if not back:
        return _undo_page(request, found, entries, status=422, nothing=True)
    try:
        decided = actions.decide_many(
            component=found,
            contents={slug: content_of(e.before) for slug, e in back.items() if e.before},
            seen={slug: e.entry.pk for slug, e in back.items()},
            by=request.user,
            now=now,
        )
    except actions.BulkConflict:
        return _undo_page(request, found, last_bulk(found, request.user, now), status=409)
    except actions.BulkInvalid as wrong:
        return _undo_page(request, found, entries, status=422, problems=wrong.problems)
    messages.success(request, f"{_sized(len(decided))} decided as before, in new entries.")
    return redirect(request, found)


@require_GET
def decision_undo(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    """The form of a decision filled with the one before: saving it is a new entry."""
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    newest = requirement.head_decision
    before = stood_before([newest]).get(newest.pk) if newest else None
    form = before and DecisionForm.for_requirement(
        requirement,
        team=requirement.component.team,
        today=timezone.localdate(),
        content=content_of(before),
    )
    context = {
        "component": requirement.component,
        "requirement": requirement,
        "line": None,
        "newest": newest,
        "before": before,
        "form": form,
        "outcomes": list(OUTCOME_WORDS.items()),
    }
    return render_part(request, "decisions/decision_undo.html", context)


class _Bulk:
    """One form over many rows: shown by GET with ?criterion=..., acted upon by POST."""

    def __init__(
        self,
        request: UserRequest,
        component: Component,
        form: forms.Form,
        name: str,
        newest: Callable[[Requirement], int | None],
    ) -> None:
        self.request, self.component, self.form, self.name = request, component, form, name
        self.newest, self.rows, self.too_many = newest, [], ""
        posted = request.method == "POST"
        ticked = set((request.POST if posted else request.GET).getlist("criterion"))
        # Rows that were unticked on the way stay on the page.
        seen = {
            key.removeprefix(SEEN): _number(str(text))
            for key, text in request.POST.items()
            if key.startswith(SEEN)
        }
        try:
            found = selected(component, ticked | seen.keys())
        except TooMany as error:
            self.too_many = str(error)
            return
        for each in found:
            slug = each.criterion.slug
            before = seen.get(slug, NEVER) if posted else newest(each)
            self.rows.append(Row(each, before, slug in ticked))

    def answer(
        self, act: Callable[[dict[str, int | None]], str], *, undo: bool = False
    ) -> HttpResponse:
        """Show the page, or act on the ticked rows and go back to the report; `undo` offers the
        way back."""
        if self.request.method == "GET":
            return self._page()
        seen = {row.requirement.criterion.slug: row.seen for row in self.rows if row.ticked}
        if not self.form.is_valid() or not seen:
            return self._page(status=422)
        try:
            says = act(seen)
        except actions.BulkConflict as lost:
            return self._page(status=409, changed={each.pk for each in lost.changed})
        except actions.BulkInvalid as wrong:
            return self._page(status=422, problems=wrong.problems)
        if undo:
            url = reverse("bulk_undo", args=[self.component.slug])
            says = format_html('{} <a href="{}">Undo</a>', says, url)
        messages.success(self.request, says)
        return redirect(self.request, self.component)

    def _page(
        self,
        *,
        status: int = 200,
        changed: Collection[int] = (),
        problems: dict[str, str] | None = None,
    ) -> HttpResponse:
        context = {
            "component": self.component,
            "form": self.form,
            "rows": [self._again(r) if r.requirement.pk in changed else r for r in self.rows],
            "too_many": self.too_many,
            "conflict": status == 409,
            "nothing": status == 422 and not any(row.ticked for row in self.rows),
            "problems": problems or {},
            "outcomes": list(OUTCOME_WORDS.items()),
            "line": None,
        }
        return render_part(self.request, f"decisions/{self.name}.html", context, status=status)

    def _again(self, row: Row) -> Row:
        """A row that somebody else has changed: as it is now, and left out until it is ticked."""
        now = selected(self.component, [row.requirement.criterion.slug])[0]
        return Row(now, self.newest(now), ticked=False, changed=True)


def _number(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return NEVER


def _edit(request: UserRequest, component: Component, form: forms.Form, name: str) -> HttpResponse:
    def act(seen: dict[str, int | None]) -> str:
        edited = actions.edit_many(
            component=component, values=form.cleaned_data, seen=seen, by=request.user
        )
        return f"{_sized(len(edited))} changed."

    return _Bulk(request, component, form, name, lambda r: r.version).answer(act)


def _undo_page(
    request: UserRequest,
    component: Component,
    entries: list[BulkEntry],
    *,
    status: int = 200,
    nothing: bool = False,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    context = {
        "component": component,
        "entries": entries,
        "conflict": status == 409,
        "nothing": nothing,
        "problems": problems or {},
        "any_back": any(entry.can_go_back for entry in entries),
    }
    return render_part(request, "decisions/bulk_undo.html", context, status=status)


def _sized(number: int) -> str:
    return f"{number} requirement{'' if number == 1 else 's'}"
