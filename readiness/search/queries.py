"""Reads of the search index, within what a user may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from readiness.models import Component, Criterion, Decision, SearchEntry
from readiness.search.rows import MOST, Kind, Row, rows
from readiness.search.typed import Typed

PER_PAGE = 25
# How many of each kind stand on a page of all kinds.
PER_KIND = 5
EVERYBODY = 0


class Force(StrEnum):
    """What became of a decision."""

    CURRENT = "current"
    PROPOSED = "proposed"
    RETURNED = "sent back or withdrawn"
    PAST = "superseded"


class Readable(NamedTuple):
    """A component that the user may read."""

    pk: int
    slug: str
    name: str
    archived_at: datetime | None
    team_slug: str
    team_name: str


class Hit(NamedTuple):
    """A row that has the words; sorted, the ones to be shown first lead."""

    kind: Kind
    pk: int
    component: int
    at: Any
    is_named: bool
    force: Force


@dataclass(frozen=True, slots=True)
class Result:
    """A hit with all that a page shows of it."""

    kind: Kind
    # With whom it is by and what it belongs to.
    entry: SearchEntry
    # None for what is everybody's.
    component: Readable | None
    force: Force
    # Of a decision; else "".
    outcome: str
    # Of a criterion; else "".
    slug: str


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of a kind; at most MOST are counted."""

    kind: Kind
    number: int
    results: list[Result]

    @property
    def is_cut(self) -> bool:
        return self.number > MOST

    @property
    def counted(self) -> str:
        return f"{MOST}+" if self.is_cut else str(self.number)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: every kind with its number, those to be shown with results."""

    groups: list[Group]
    # None on a page of all kinds.
    page: Page[Hit] | None

    @property
    def number(self) -> int:
        return sum(group.number for group in self.groups)


def described(components: QuerySet[Component]) -> list[Readable]:
    """Return what a page says of components, by name. One query."""
    names = ("pk", "slug", "name", "archived_at", "team__slug", "team__name")
    return [Readable(*row) for row in components.order_by("name").values_list(*names)]


def search(
    asked: Typed, *, within: Collection[Readable], everybodys: bool, kind: Kind | None, page: str
) -> Found:
    """Return what has the words asked for, of the components `within`, and with `everybodys` of
    the catalog. With a `kind`, a page of that, else the first few of each. At most six queries."""
    if not asked.wanted or not (within or everybodys):
        return Found([], None)
    components = {component.pk: component for component in within}
    allowed = [*components, EVERYBODY] if everybodys else [*components]
    by_kind = _hits(asked, allowed, components)
    shown_page = None
    if kind:
        shown_page = Paginator(by_kind[kind][:MOST], PER_PAGE).get_page(page)
        shown = {kind: list(shown_page.object_list)}
    else:
        shown = {each: hits[:PER_KIND] for each, hits in by_kind.items()}
    results = _results([hit for hits in shown.values() for hit in hits], components)
    groups = [
        Group(
            each, len(hits), [results[hit.pk] for hit in shown.get(each, ()) if hit.pk in results]
        )
        for each, hits in by_kind.items()
    ]
    return Found(groups, shown_page)


def _hits(
    asked: Typed, allowed: Sequence[int], components: Mapping[int, Readable]
) -> dict[Kind, list[Hit]]:
    """Return the hits of each kind, the best first."""
    found: dict[Kind, dict[int, Hit]] = {kind: {} for kind in Kind}
    for row in rows(asked, allowed):
        force = _force(row)
        hit = Hit(row.kind, row.pk, row.component, row.at, row.is_named, force)
        found[row.kind].setdefault(row.pk, hit)  # those that are named so come first
    return {kind: _ranked(hits.values(), components) for kind, hits in found.items()}


def _force(row: Row) -> Force:
    if row.itself == row.current:  # what is no decision has neither
        return Force.CURRENT
    if row.itself == row.proposed:
        return Force.PROPOSED
    return Force.RETURNED if row.itself == row.newest else Force.PAST


def _ranked(hits: Iterable[Hit], components: Mapping[int, Readable]) -> list[Hit]:
    """What is named so first, what is in force before what is past, then the newest; what has no
    date by its component's name."""
    names = {pk: component.name.lower() for pk, component in components.items()}
    by_name = sorted(hits, key=lambda hit: (names.get(hit.component, ""), hit.pk))
    if by_name and by_name[0].kind not in (Kind.COMPONENT, Kind.REQUIREMENT, Kind.CRITERION):
        by_name.sort(key=lambda hit: (hit.at, hit.pk), reverse=True)
    order = list(Force)
    return sorted(by_name, key=lambda hit: (not hit.is_named, order.index(hit.force)))


def _results(hits: Sequence[Hit], components: Mapping[int, Readable]) -> dict[int, Result]:
    """Return what is shown of hits, by their keys. At most three queries."""
    belongs_to = ("by", "requirement__criterion", "drill__scenario")
    entries = SearchEntry.objects.select_related(*belongs_to).in_bulk([hit.pk for hit in hits])
    of = {kind: [e.object_id for e in entries.values() if e.source == kind] for kind in Kind}
    decisions = Decision.objects.filter(pk__in=of[Kind.DECISION]).values_list("pk", "outcome")
    criteria = Criterion.objects.filter(pk__in=of[Kind.CRITERION]).values_list("pk", "slug")
    outcomes, slugs = dict(decisions), dict(criteria)
    return {
        hit.pk: Result(
            kind=hit.kind,
            entry=entry,
            component=components.get(hit.component),
            force=hit.force,
            outcome=outcomes.get(entry.object_id, "") if hit.kind is Kind.DECISION else "",
            slug=slugs.get(entry.object_id, "") if hit.kind is Kind.CRITERION else "",
        )
        for hit in hits
        if (entry := entries.get(hit.pk))
    }
