"""Which region says what to which check: one table, from what the checks observed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from readiness.aws.errors import Status
from readiness.decisions.live import CheckLine

TABLE = "regions"


class Mark(StrEnum):
    """What one region says to one check."""

    GOOD = "good"
    WRONG = "wrong"
    BLIND = "blind"
    NOTHING = "nothing"
    # Looked at, but what the check judges is not the region.
    SEEN = "seen"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    Mark.GOOD: "in order",
    Mark.WRONG: "not in order",
    Mark.BLIND: "could not look",
    Mark.NOTHING: "nothing to judge",
    Mark.SEEN: "looked at",
}


@dataclass(frozen=True, slots=True)
class Cell:
    region: str
    # None where the check does not ask this region.
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Row:
    line: CheckLine
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    regions: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that occur, for the legend."""
        found = {cell.mark for row in self.rows for cell in row.cells}
        return tuple(mark for mark in Mark if mark in found)


def region_matrix(lines: Iterable[CheckLine]) -> Matrix:
    """Return the checks that ask several regions, each with what every region says to it."""
    found = [(line, marks) for line in lines if len(marks := _marks(line)) > 1]
    regions = tuple(dict.fromkeys(region for _, marks in found for region in marks))
    return Matrix(
        regions,
        tuple(
            Row(line, tuple(Cell(region, marks.get(region)) for region in regions))
            for line, marks in found
        ),
    )


def _marks(line: CheckLine) -> dict[str, Mark]:
    observed = line.observed or {}
    table = observed.get(TABLE)
    if not isinstance(table, Mapping):
        return {}
    wrong = _named(observed, "wrong_in")
    blind = [region for region, row in table.items() if _is_blind(row)]
    # A verdict that no region explains was about something else than regions.
    explained = line.status == Status.PASS or (wrong if line.status == Status.FAIL else blind)
    rest = Mark.GOOD if explained else Mark.SEEN
    marks = {}
    for region in table:
        if region in blind:
            marks[region] = Mark.BLIND
        elif region in wrong:
            marks[region] = Mark.WRONG
        else:
            marks[region] = Mark.NOTHING if region in _named(observed, "nothing_in") else rest
    return marks


def _is_blind(row: object) -> bool:
    return isinstance(row, Mapping) and "could_not_look" in row


def _named(observed: Mapping[str, Any], fact: str) -> list[str]:
    found = observed.get(fact)
    names = found.get(TABLE) if isinstance(found, Mapping) else None
    return names if isinstance(names, list) else []
