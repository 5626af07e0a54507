"""What a page of risks shows, of one component or of many."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from readiness.decisions.queries import current_matrix
from readiness.decisions.risk import RANKS, Level, Matrix
from readiness.models import Component
from readiness.risks.charts import Cell, heat_map, rows_of
from readiness.risks.queries import Force, Ranks, RiskOf, refusals_in, risk_counts


def risk_context(
    components: QuerySet[Component], asked: QueryDict, now: datetime, **kept: str
) -> dict[str, Any]:
    """Return the context of risks/_map.html and risks/_refusals.html.

    `asked` may name "of", a "cell" and a "page"; `kept` goes along in each address. Values that
    nobody knows are dropped. Six queries at most.
    """
    of = RiskOf(given) if (given := asked.get("of", "")) in tuple(RiskOf) else RiskOf.INHERENT
    chosen = _ranks(asked.get("cell", ""))
    kept = {name: value for name, value in kept.items() if value}
    matrix = current_matrix()
    counts = {force: risk_counts(components, of, force) for force in Force}
    cells = _cells(matrix, counts, chosen, kept | _named(of))
    found = next((cell for cell in cells if cell.chosen), None)
    lists = _lists(components, of, found, asked, timezone.localdate(now)) if found else {}
    return {
        "of": of,
        "ways": [(way, f"?{urlencode(kept | _named(way) | _cell_of(chosen))}") for way in RiskOf],
        "kept": kept,
        "matrix": matrix,
        "map": heat_map(matrix, cells),
        "rows": [(matrix.likelihoods[rank - 1], row) for rank, row in rows_of(cells)],
        "levels": _by_level(matrix, cells),
        "total": sum(cell.number for cell in cells),
        "proposed": sum(cell.proposed for cell in cells),
        "chosen": found,
        "pages": f"?{urlencode(kept | _named(of) | _cell_of(chosen))}",
        "everything": f"?{urlencode(kept | _named(of))}",
        **lists,
    }


def _cells(
    matrix: Matrix,
    counts: dict[Force, dict[Ranks, int]],
    chosen: Ranks | None,
    kept: dict[str, str],
) -> list[Cell]:
    return [
        Cell(
            likelihood=likelihood,
            impact=impact,
            level=matrix.level(likelihood, impact),
            words=matrix.words(likelihood, impact),
            number=counts[Force.IN_FORCE].get((likelihood, impact), 0),
            proposed=counts[Force.PROPOSED].get((likelihood, impact), 0),
            href=f"?{urlencode(kept | _cell_of((likelihood, impact)))}#refusals",
            chosen=(likelihood, impact) == chosen,
        )
        for likelihood in reversed(RANKS)
        for impact in RANKS
    ]


def _lists(
    components: QuerySet[Component], of: RiskOf, cell: Cell, asked: QueryDict, today: date
) -> dict[str, Any]:
    where = (cell.likelihood, cell.impact)
    found: dict[str, Any] = {}
    if cell.number:
        found["page"], found["refusals"] = refusals_in(
            components, of, Force.IN_FORCE, where,
            number=cell.number, page=asked.get("page", "1"), today=today,
        )  # fmt: skip
    if cell.proposed:
        _, found["proposals"] = refusals_in(
            components, of, Force.PROPOSED, where, number=cell.proposed, page="1", today=today
        )
    return found


def _by_level(matrix: Matrix, cells: list[Cell]) -> list[tuple[Level, int]]:
    """Each level, the largest risk first, with how many refusals are in its cells."""
    return [
        (level, sum(cell.number for cell in cells if cell.level == level))
        for level in reversed(matrix.levels)
    ]


def _named(of: RiskOf) -> dict[str, str]:
    return {} if of is RiskOf.INHERENT else {"of": of.value}


def _cell_of(ranks: Ranks | None) -> dict[str, str]:
    return {"cell": f"{ranks[0]}-{ranks[1]}"} if ranks else {}


def _ranks(text: str) -> Ranks | None:
    found = re.fullmatch("([1-5])-([1-5])", text)
    return (int(found[1]), int(found[2])) if found else None
