"""How many requirements stand where, by number and by weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from readiness.decisions.standing import Group, Standing

# From firm ground to open water: the order of bars and legends.
GROUPS = (
    Group.VERIFIED,
    Group.DONE,
    Group.GAP,
    Group.ACCEPTED,
    Group.ATTENTION,
    Group.NOT_APPLICABLE,
    Group.UNDECIDED,
)


@dataclass(frozen=True, slots=True)
class Tally:
    number: int = 0
    weight: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.number + other.number, self.weight + other.weight)


class Counts:
    """Tallies by standing; `of(group)` adds up the standings that a bar shows together."""

    def __init__(self, tallies: Iterable[tuple[Standing, Tally]]) -> None:
        self.by_standing = {standing: Tally() for standing in Standing}
        self.by_group: dict[Group, Tally] = defaultdict(Tally)
        self.total = Tally()
        for standing, tally in tallies:
            self.by_standing[standing] += tally
            self.by_group[standing.group] += tally
            self.total += tally

    def of(self, group: Group) -> Tally:
        return self.by_group.get(group, Tally())

    @property
    def groups(self) -> list[tuple[Group, Tally]]:
        """Each group in the order of bars, those of none included."""
        return [(group, self.of(group)) for group in GROUPS]

    def in_words(self, by: str = "number") -> list[str]:
        """Each group that has any, in the order of bars: "3 verified". `by` may be "weight"."""
        sizes = ((group, getattr(self.of(group), by)) for group in GROUPS)
        return [f"{size} {group.word}" for group, size in sizes if size]

    @property
    def settled(self) -> int:
        """Requirements that somebody decided and that ask for nothing today."""
        return self.total.number - self.of(Group.ATTENTION).number - self.of(Group.UNDECIDED).number
