"""Reads over many components at once: from the index of standings, which is kept in the transaction
of whatever changes it, so that each decision shows at once.

What a component is sorted by is read of all of them in one query, the rest of those on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, When
from django.utils import timezone

from readiness.components.error_budget import error_budget
from readiness.components.queries import counts_of
from readiness.confidence.queries import latest_confidence
from readiness.confidence.rules import Latest
from readiness.decisions.standing import Group, Standing
from readiness.drills.queries import oldest_stale_drill
from readiness.incidents.queries import Budget, minutes_lost_of
from readiness.models import CheckState, Component, Criterion, Requirement
from readiness.portfolio.selection import Listed, Selection
from readiness.reports.counts import Counts

PER_PAGE = 50
# Whose: the components of a page, or a query of all that somebody may read.
Whose = Collection[int] | QuerySet[Any, Any]
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
    return Requirement.objects.filter(component__in=whose).exclude(criterion__in=retired).order_by()


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


def settled_of(whose: Whose, today: date) -> dict[int, float]:
    """Return the share of requirements that somebody decided and that ask for nothing today."""
    passed = Q(standing_changes_on__lte=today)
    open_ones = Q(standing__in=(*ATTENTION, Standing.UNDECIDED)) & ~passed
    open_ones |= passed & Q(standing_then__in=(*ATTENTION, Standing.UNDECIDED))
    rows = (
        in_force(whose)
        .values_list("component_id")
        .annotate(total=Count("pk"), open=Count("pk", filter=open_ones))
    )
    return {pk: 1 - waiting / total for pk, total, waiting in rows}


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


def looks_of(whose: Whose) -> dict[int, datetime]:
    """Return when AWS was last asked anything; components that never asked are left out."""
    states = CheckState.objects.filter(component__in=whose).order_by()
    return dict(states.values_list("component_id").annotate(Max("latest__checked_at")))


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
    looked_at: datetime | None
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
        self._all = readable.active().order_by().values("pk")  # type: ignore[attr-defined]
        self._now, self._today = now, timezone.localdate(now)
        self.listed = listed(readable)
        self._known: dict[str, Mapping[int, Any]] = {}
        self._columns: dict[str, Callable[[Whose], Mapping[int, Any]]] = {
            "settled": lambda whose: settled_of(whose, self._today),
            "attention": lambda whose: attention_of(whose, self._today),
            "undecided": undecided_of,
            "confidence": latest_confidence,
            "budget": lambda whose: budgets_of(self._among(whose), now),
            "drill": lambda whose: oldest_stale_drill(whose, self._today),
            "looked": looks_of,
            "revisit": lambda whose: revisits_of(whose, self._today),
        }

    def _among(self, whose: Whose) -> Collection[Listed]:
        if isinstance(whose, QuerySet):
            return self.listed
        return [each for each in self.listed if each.pk in whose]

    def of_all(self, column: str) -> Mapping[int, Any]:
        """Return what a column says of all components."""
        if column not in self._known:
            self._known[column] = self._columns[column](self._all)
        return self._known[column]

    def rows(self, found: Sequence[Listed]) -> list[Row]:
        """Return the whole rows of some components, in the same order. Six queries at most."""
        ids = [each.pk for each in found]
        counts = counts_of(ids, self._now)
        said = [
            self._known[column] if column in self._known else self._columns[column](ids)
            for column in ("confidence", "budget", "drill", "looked", "revisit")
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
