"""Reads over many components at once: from the index of standings, which is kept in the transaction
of whatever changes it, so that each decision shows at once.

What a component is sorted by is read of all of them in one query, the rest of those on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, When
from django.utils import timezone

from readiness.components.error_budget import error_budget
from readiness.components.queries import counts_of
from readiness.confidence.queries import latest_confidence
from readiness.confidence.rules import Latest
from readiness.decisions.standing import Group, Standing
from readiness.drills.queries import oldest_stale_drill
from readiness.incidents.queries import Budget, minutes_lost_of
from readiness.models import Component, Criterion, Requirement
from readiness.portfolio.selection import Listed, Selection
from readiness.reports.counts import Counts

PER_PAGE = 50
# So many are named one by one; what is to be said of more is read of everything there is, and what
# nobody asked for is left unread by whoever asked. To join the components takes longer than that.
FEW = 200
# Whose: some components, a query of some, or None for all there are.
Whose = Collection[int] | QuerySet[Any, Any] | None
ATTENTION = tuple(each for each in Standing if each.group is Group.ATTENTION)


def listed(readable: QuerySet[Component]) -> list[Listed]:
    """Return the active ones of these components by name, with little of each. One query."""
    return [
        Listed._make(row)
        for row in readable.active()  # type: ignore[attr-defined]
        .order_by("name", "pk")
        .values_list(
            "pk",
            "slug",
            "name",
            "kind",
            "criticality",
            "team__slug",
            "team__name",
            "availability_target",
            "availability_window_days",
            "looked_at",
        )
    ]


def standing_on(today: date) -> Case:
    """What the index says on a day: a date may have passed since it was written."""
    return Case(
        When(standing_changes_on__lte=today, then=F("standing_then")), default=F("standing")
    )


def in_force(whose: Whose) -> QuerySet[Requirement]:
    """The requirements of components whose criterion is not retired."""
    # Said by the few that are: a join to the criterion would be made for each requirement.
    retired = Criterion.objects.filter(retired_at__isnull=False).values("pk")
    rows = Requirement.objects.exclude(criterion__in=retired).order_by()
    return rows if whose is None else rows.filter(component__in=whose)


# --- what a table can be sorted by, of many components: one query each ----------------------------


def attention_of(whose: Whose, today: date) -> dict[int, int]:
    """Return how many requirements need attention; components with none are left out."""
    rows = (
        in_force(whose)
        .filter(Q(standing__in=ATTENTION) | Q(standing_changes_on__lte=today))
        .annotate(now=standing_on(today))
        .filter(now__in=ATTENTION)
    )
    return dict(rows.values_list("component_id").annotate(Count("pk")))


def settled_of(whose: Whose, attention: Mapping[int, int]) -> dict[int, float]:
    """Return the share of requirements that somebody decided and that ask for nothing today;
    `attention` is what attention_of says of the same components."""
    # What nobody decided becomes nothing else by a date. All are counted, and the few whose
    # criterion is retired taken off again: so nothing but an index is read.
    every = Requirement.objects.order_by().values_list("component_id")
    if whose is not None:
        every = every.filter(component__in=whose)
    undecided = Count("standing", filter=Q(standing=Standing.UNDECIDED))
    counted = every.annotate(total=Count("*"), undecided=undecided)
    retired = every.filter(criterion__retired_at__isnull=False)
    taken_off = retired.annotate(total=-Count("*"), undecided=-undecided)
    left: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for pk, total, waiting in counted.union(taken_off, all=True):
        left[pk][0] += total
        left[pk][1] += waiting
    return {
        pk: 1 - (waiting + attention.get(pk, 0)) / total
        for pk, (total, waiting) in left.items()
        if total
    }


def undecided_of(whose: Whose) -> dict[int, int]:
    """Return the weight that nobody has decided; components without any are left out."""
    rows = in_force(whose).filter(standing=Standing.UNDECIDED)
    return dict(rows.values_list("component_id").annotate(Sum("weight")))


def revisits_of(whose: Whose, today: date) -> dict[int, date]:
    """Return the next day on which a refusal, or what does not apply, is to be looked at again."""
    rows = in_force(whose).filter(standing_changes_on__gt=today, standing_then=Standing.LAPSED)
    found = rows.values_list("component_id").annotate(Min("standing_changes_on"))
    # The index has the day after it, from which on it has lapsed.
    return {pk: first - timedelta(days=1) for pk, first in found}


def budgets_of(components: Collection[Listed], now: datetime) -> dict[int, Budget]:
    """Return the error budgets of components, with what was lost; those without a target are left
    out."""
    lost = minutes_lost_of({each.pk: each.window for each in components}, now)
    return {
        each.pk: Budget(
            window_days=each.window_days,
            lost=timedelta(minutes=float(lost.get(each.pk, 0))),
            allowed=error_budget(each.availability_target, each.window),
        )
        for each in components
        if each.availability_target is not None
    }


# --- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A component in the portfolio."""

    component: Listed
    counts: Counts
    confidence: Latest | None
    budget: Budget | None
    # The title of its scenario, the day it ended, for how many days it has been stale.
    drill: tuple[str, date, int] | None
    revisit: date | None

    @property
    def attention(self) -> int:
        return self.counts.of(Group.ATTENTION).number

    @property
    def undecided(self) -> int:
        """In weight."""
        return self.counts.of(Group.UNDECIDED).weight


class Reading:
    """Reads the columns, each once: of all that are readable where the list is sorted by it."""

    def __init__(self, readable: QuerySet[Component], now: datetime) -> None:
        self._now, self._today = now, timezone.localdate(now)
        self.listed = listed(readable)
        self._ids = [each.pk for each in self.listed]
        self._known: dict[str, Mapping[int, Any]] = {}
        self._columns: dict[str, Callable[[Collection[int] | None], Mapping[int, Any]]] = {
            "settled": lambda whose: settled_of(whose, self.of_all("attention")),
            "attention": lambda whose: attention_of(whose, self._today),
            "undecided": undecided_of,
            "confidence": lambda whose: latest_confidence(self._some(whose)),
            "budget": lambda whose: budgets_of(self._among(whose), now),
            "drill": lambda whose: oldest_stale_drill(self._some(whose), self._today),
            "looked": lambda _: {each.pk: each.looked_at for each in self.listed},
            "revisit": lambda whose: revisits_of(whose, self._today),
        }

    def _some(self, whose: Collection[int] | None) -> Collection[int]:
        return self._ids if whose is None else whose

    def _among(self, whose: Collection[int] | None) -> Collection[Listed]:
        return self.listed if whose is None else [e for e in self.listed if e.pk in whose]

    def of_all(self, column: str) -> Mapping[int, Any]:
        """Return what a column says of all components."""
        if column not in self._known:
            few = len(self._ids) <= FEW
            self._known[column] = self._columns[column](self._ids if few else None)
        return self._known[column]

    def rows(self, found: Sequence[Listed]) -> list[Row]:
        """Return the whole rows of some components, in the same order. Five queries at most."""
        ids = [each.pk for each in found]
        counts = counts_of(ids, self._now)
        said = [
            self._known[column] if column in self._known else self._columns[column](ids)
            for column in ("confidence", "budget", "drill", "revisit")
        ]
        return [
            Row(each, counts[each.pk], *(values.get(each.pk) for values in said)) for each in found
        ]


def selected(wanted: Selection, reading: Reading) -> list[Listed]:
    """Return the components that are wanted, in the order that is wanted. Two queries at most."""
    found = [each for each in reading.listed if wanted.fits(each)]
    if wanted.attention:
        waiting = reading.of_all("attention")
        found = [each for each in found if waiting.get(each.pk)]
    column = wanted.column
    if column in ("name", "team"):
        return sorted(
            found, key=lambda each: getattr(each, column).casefold(), reverse=wanted.is_falling
        )
    said = reading.of_all("confidence" if column == "spread" else column)
    keys = {each.pk: _key(column, said.get(each.pk)) for each in found}
    # Those of which it says nothing come last, either way.
    known = [each for each in found if keys[each.pk] is not None]
    known.sort(key=lambda each: keys[each.pk], reverse=wanted.is_falling)
    return known + [each for each in found if keys[each.pk] is None]


def _key(column: str, said: Any) -> Any:
    """What a column is sorted by; None where it says nothing."""
    match column:
        case "attention" | "undecided":
            return said or 0
        case "looked":
            # Never is longer ago than any day.
            return said.timestamp() if said else 0
        case "confidence":
            return said.mean if said else None
        case "spread":
            return said.spread if said else None
        case "budget":
            return said.percent if said else None
        case "drill":
            return said[2] if said else None
        case _:
            return said


def page_of(found: Sequence[Listed], page: str) -> Page[Listed]:
    return Paginator(found, PER_PAGE).get_page(page)
