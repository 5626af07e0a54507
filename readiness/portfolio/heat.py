"""Where topics stand, component by component."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from readiness.decisions.standing import Group, Standing
from readiness.models import Topic
from readiness.portfolio.queries import in_force, standing_on


@dataclass(frozen=True, slots=True)
class Cell:
    """What a topic comes to on a component."""

    weight: int = 0
    # Of what somebody decided and what asks for nothing today.
    settled: int = 0
    # How many ask to be decided again.
    attention: int = 0

    @property
    def percent(self) -> int:
        """The share of the weight that is settled; full only where all of it is."""
        return 100 * self.settled // self.weight


def cells_of(component_ids: Sequence[int], today: date) -> Mapping[tuple[int, int], Cell]:
    """Return what each topic comes to, by the ids of component and topic. One query."""
    rows = (
        in_force(component_ids)
        .values_list("component_id", "criterion__topic_id", standing_on(today))
        .annotate(Count("pk"), Sum("weight"))
    )
    found: dict[tuple[int, int], Cell] = defaultdict(Cell)
    for component, topic, standing, number, weight in rows:
        group, cell = Standing(standing).group, found[component, topic]
        found[component, topic] = Cell(
            weight=cell.weight + weight,
            settled=cell.settled + (0 if group in (Group.ATTENTION, Group.UNDECIDED) else weight),
            attention=cell.attention + (number if group is Group.ATTENTION else 0),
        )
    return found


def topics_of(cells: Iterable[tuple[int, int]]) -> list[Topic]:
    """Return the topics that any of these cells is of, in the order of their catalogs. One
    query."""
    used = {topic for _, topic in cells}
    return list(Topic.objects.filter(pk__in=used).order_by("catalog__name", "position"))
