"""The portfolio's table as typed cells. Pure, but for what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from readiness.decisions.standing import Standing
from readiness.portfolio.queries import Row
from readiness.reports.tables import Column, Table


def _standing(standing: Standing) -> Column:
    return Column(
        standing.word.capitalize(), lambda row: row.counts.by_standing[standing].number, 12
    )


COLUMNS = (
    Column("Component", lambda row: row.component.name, 32),
    Column("Team", lambda row: row.component.team, 22),
    Column("Kind", lambda row: row.component.kind, 18),
    Column("Criticality", lambda row: row.component.criticality_words, 14),
    Column("Requirements", lambda row: row.counts.total.number, 12),
    Column("Settled", lambda row: row.counts.settled, 10),
    *map(_standing, Standing),
    Column("Needs attention", lambda row: row.attention, 11),
    Column("Weight undecided", lambda row: row.undecided, 11),
    Column("Confidence, of 5", lambda row: _of(row.confidence, "mean"), 11),
    Column("Spread", lambda row: _of(row.confidence, "spread"), 9),
    Column("Voters", lambda row: _of(row.confidence, "voters"), 9),
    Column("Asked at", lambda row: _of(row.confidence, "closed_at"), 17),
    Column("Availability target, %", lambda row: _number(row.component.availability_target), 13),
    Column("Over days", lambda row: row.component.window_days, 9),
    Column("Error budget used, %", lambda row: _of(row.budget, "percent"), 13),
    Column("Oldest stale drill", lambda row: row.drill and row.drill[0], 34),
    Column("Last rehearsed", lambda row: row.drill and row.drill[1], 14),
    Column("Stale for days", lambda row: row.drill and row.drill[2], 9),
    Column("Last look at AWS", lambda row: row.component.looked_at, 17),
    Column("Next revisit", lambda row: row.revisit, 12),
)


def table_of(rows: Sequence[Row]) -> Table:
    """Return the rows as they are, a component each."""
    cells = tuple(tuple(column.value(row) for column in COLUMNS) for row in rows)
    return Table("Portfolio", COLUMNS, cells)


def _of(said: Any, name: str) -> Any:
    return None if said is None else getattr(said, name)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
