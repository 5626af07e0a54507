"""Search results as a page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from readiness.models import Outcome
from readiness.reports.words import OUTCOME_WORDS
from readiness.search.highlight import excerpt, marked
from readiness.search.queries import Force, Found, Readable, Result
from readiness.search.rows import Kind
from readiness.search.typed import Typed

TITLES = {
    Kind.COMPONENT: "Components",
    Kind.REQUIREMENT: "Requirements",
    Kind.DECISION: "Decisions",
    Kind.INCIDENT: "Incidents",
    Kind.DRILL: "Drills",
    Kind.SHEET: "Operations sheets",
    Kind.COMMENT: "Comments",
    Kind.EVIDENCE: "Evidence",
    Kind.CRITERION: "Criteria",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One result: where it leads and what is written there, as HTML."""

    href: str
    # Before the title: what was decided, or what of a drill it is.
    prefix: str
    title: SafeString
    excerpt: SafeString | str
    component: Readable | None
    # Why a decision does not stand, or that its criterion is retired.
    mark: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind that a page can be narrowed to; "" for all kinds."""

    kind: str
    title: str
    counted: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The results of one kind on a page."""

    kind: Kind
    title: str
    counted: str
    lines: list[Line]
    # That are not on a page of all kinds.
    has_more: bool
    is_cut: bool


def tabs_of(found: Found, chosen: Kind | None) -> list[Tab]:
    """Return the kinds of which something was found, and the chosen one."""
    tabs = [
        Tab(group.kind, TITLES[group.kind], group.counted, group.kind is chosen)
        for group in found.groups
        if group.number or group.kind is chosen
    ]
    return [Tab("", "All", "", chosen is None), *tabs] if tabs else []


def sections_of(found: Found, asked: Typed) -> list[Section]:
    return [
        Section(
            kind=group.kind,
            title=TITLES[group.kind],
            counted=group.counted,
            lines=[_line(result, asked) for result in group.results],
            has_more=found.page is None and group.number > len(group.results),
            is_cut=group.is_cut,
        )
        for group in found.groups
        if group.results
    ]


def _line(result: Result, asked: Typed) -> Line:
    entry = result.entry
    prefix, title, text = _words(result)
    is_dated = result.kind not in (Kind.COMPONENT, Kind.REQUIREMENT, Kind.CRITERION)
    return Line(
        href=_address(result),
        prefix=prefix,
        title=marked(title, asked),
        excerpt=excerpt(text, asked) if text.strip() else "",
        component=result.component,
        mark=_mark(result),
        by=entry.by.name if entry.by else "",
        at=entry.at if is_dated else None,
    )


def _mark(result: Result) -> str:
    if result.force is not Force.CURRENT:
        return result.force.value
    requirement = result.entry.requirement
    return "retired" if requirement and requirement.criterion.retired_at else ""


def _words(result: Result) -> tuple[str, str, str]:
    """What stands before the title, the title, and the text that an excerpt is of."""
    entry, kind = result.entry, result.kind
    if kind is Kind.REQUIREMENT and entry.text.strip():
        return "", entry.text, entry.title
    if kind is Kind.DRILL and entry.source != "drill":
        of = str(entry.drill.scenario) if entry.drill else ""
        return ("Finding of" if entry.source == "drillfinding" else "Note in"), of, entry.text
    if kind is Kind.SHEET:
        return "", "Operations sheet", entry.text
    if kind in (Kind.DECISION, Kind.COMMENT):
        prefix = f"{OUTCOME_WORDS[Outcome(result.outcome)]}:" if result.outcome else ""
        return prefix, str(entry.requirement or ""), entry.text
    return "", entry.title, entry.text


def _address(result: Result) -> str:
    return _ADDRESSES[result.kind](result)


def _requirement(result: Result) -> str:
    criterion = _criterion_of(result)
    return f"{_under('requirement_detail', result, criterion)}#row--{criterion}"


def _decision(result: Result) -> str:
    criterion = _criterion_of(result)
    place = "ledger" if result.force is Force.PAST else "row"
    return f"{_under('requirement_detail', result, criterion)}#{place}--{criterion}"


def _incident(result: Result) -> str:
    return _under("incident_detail", result, result.entry.object_id)


def _drill(result: Result) -> str:
    return _under("drill_detail", result, result.entry.drill_id)


def _comment(result: Result) -> str:
    page = _under("comment_list", result, _criterion_of(result))
    return f"{page}#comment-{result.entry.object_id}"


def _criterion(result: Result) -> str:
    """A catalog's own page; a component's own one has its requirement."""
    if result.component:
        return _under("requirement_detail", result, result.slug)
    return reverse("criterion_detail", args=[result.slug])


def _under(name: str, result: Result, *more: object) -> str:
    return reverse(name, args=[result.component.slug if result.component else "", *more])


def _criterion_of(result: Result) -> str:
    requirement = result.entry.requirement
    return requirement.criterion.slug if requirement else ""


_ADDRESSES: dict[Kind, Callable[[Result], str]] = {
    Kind.COMPONENT: lambda result: _under("gap_report", result),
    Kind.REQUIREMENT: _requirement,
    Kind.DECISION: _decision,
    Kind.INCIDENT: _incident,
    Kind.DRILL: _drill,
    Kind.SHEET: lambda result: _under("sheet_detail", result),
    Kind.COMMENT: _comment,
    Kind.EVIDENCE: lambda result: _under("evidence_list", result, _criterion_of(result)),
    Kind.CRITERION: _criterion,
}
