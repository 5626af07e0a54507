"""Reads of components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, Sum, When
from django.utils import timezone

from readiness.decisions.standing import Group, Standing
from readiness.models import Component, Requirement, User
from readiness.reports.counts import Counts, Tally
from readiness.trends.sparkline import settled_by_week

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ComponentRow:
    component: Component
    counts: Counts
    # The share that was settled, by how many weeks ago.
    weeks: Sequence[tuple[int, float]]

    @property
    def attention(self) -> int:
        return self.counts.of(Group.ATTENTION).number


def component_page(
    user: User, *, text: str, team: str, archived: bool, page: str, now: datetime
) -> tuple[Page[Component], list[ComponentRow]]:
    """Return one page of the components that the user may read, each with its counts."""
    components = Component.objects.for_user(user).select_related("team")
    components = components.filter(archived_at__isnull=not archived)
    for word in text.split():
        components = components.filter(Q(name__icontains=word) | Q(kind__icontains=word))
    if team:
        components = components.filter(team__slug=team)
    shown = Paginator(components, PER_PAGE).get_page(page)
    return shown, rows_of(list(shown.object_list), now)


def rows_of(components: Sequence[Component], now: datetime) -> list[ComponentRow]:
    """Return components as lists show them, in the same order. Two queries."""
    counts = counts_of([component.pk for component in components], now)
    weeks = settled_by_week(counts, timezone.localdate(now))
    return [ComponentRow(c, counts[c.pk], weeks[c.pk]) for c in components]


def counts_of(component_ids: Sequence[int], now: datetime) -> dict[int, Counts]:
    """Return the counts of each component, from the index of standings. One query."""
    today = timezone.localdate(now)
    sums = (
        Requirement.objects.filter(component__in=component_ids, criterion__retired_at=None)
        .values_list(
            "component_id",
            Case(
                When(standing_changes_on__lte=today, then=F("standing_then")),
                default=F("standing"),
            ),
        )
        .annotate(Count("pk"), Sum("weight"))
        .order_by()
    )
    found: dict[int, list[tuple[Standing, Tally]]] = {pk: [] for pk in component_ids}
    for component_id, standing, number, weight in sums:
        found[component_id].append((Standing(standing), Tally(number, weight)))
    return {pk: Counts(tallies) for pk, tallies in found.items()}
