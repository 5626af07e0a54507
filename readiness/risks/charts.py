"""The risk matrix as SVG: how many refusals lie in each cell, each cell a link to them.

Shapes carry presentation attributes for paper; on a page the classes let static/app.css repaint
them for the dark. Every cell names its level, so that a black-and-white print still reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.risk import RANKS, Level, Matrix

FILLS = {
    "calm": "#dceee4",
    "mild": "#f8ebd2",
    "warm": "#efd096",
    "hot": "#ebaba5",
    "burning": "#dc6b63",
}
LEFT, TOP, WIDTH, HEIGHT, GAP = 112, 4, 88, 56, 4
FOOT = 24


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix as it is now, with the refusals in it."""

    likelihood: int
    impact: int
    level: Level
    words: str
    number: int
    proposed: int
    href: str
    chosen: bool

    @property
    def key(self) -> str:
        return f"{self.likelihood}-{self.impact}"

    @property
    def counted(self) -> str:
        """How many there are, in words: "3 refusals, 1 proposed"."""
        said = f"{self.number} refusal{'' if self.number == 1 else 's'}"
        return f"{said}, {self.proposed} proposed" if self.proposed else said


def heat_map(matrix: Matrix, cells: Iterable[Cell]) -> SafeString:
    """Return the matrix, the most likely on top; a cell that holds any refusal is a link."""
    width = LEFT + len(RANKS) * (WIDTH + GAP)
    height = TOP + len(RANKS) * (HEIGHT + GAP) + FOOT
    parts = [*_names(matrix), *(_cell(cell) for cell in cells)]
    return mark_safe(  # noqa: S308 - numbers, and names that went through escape
        f'<svg class="risk-map" viewBox="0 0 {width} {height}" role="group" '
        f'aria-label="Refusals by likelihood and impact">{"".join(parts)}</svg>'
    )


def _x(impact: int) -> int:
    return LEFT + (impact - 1) * (WIDTH + GAP)


def _y(likelihood: int) -> int:
    return TOP + (len(RANKS) - likelihood) * (HEIGHT + GAP)


def _names(matrix: Matrix) -> Iterable[str]:
    for rank in RANKS:
        y = _y(rank) + HEIGHT // 2 + 4
        yield _text(LEFT - 8, y, matrix.likelihoods[rank - 1], "axis", anchor="end")
        x = _x(rank) + WIDTH // 2
        yield _text(x, TOP + len(RANKS) * (HEIGHT + GAP) + 14, matrix.impacts[rank - 1], "axis")


def _cell(cell: Cell) -> str:
    x, y = _x(cell.impact), _y(cell.likelihood)
    frame = ' stroke="#18212c" stroke-width="2.5"' if cell.chosen else ""
    shapes = (
        f'<rect class="tone-{cell.level.tone}{" chosen" if cell.chosen else ""}" x="{x}" y="{y}" '
        f'width="{WIDTH}" height="{HEIGHT}" rx="4" fill="{FILLS[cell.level.tone]}"{frame}/>'
    )
    middle = x + WIDTH // 2
    shapes += _text(middle, y + HEIGHT - 9, cell.level.name.lower(), "level", size=11)
    if not cell.number and not cell.proposed:
        return shapes
    shapes += _text(middle, y + 26, str(cell.number), "number", size=20)
    if cell.proposed:
        shapes += _text(x + WIDTH - 6, y + 16, f"+{cell.proposed}", "proposed", 12, anchor="end")
    current = ' aria-current="true"' if cell.chosen else ""
    label = escape(f"{cell.words}: {cell.counted}")
    return f'<a href="{escape(cell.href)}"{current} aria-label="{label}">{shapes}</a>'


def _text(x: int, y: int, text: str, css: str, size: int = 12, *, anchor: str = "middle") -> str:
    return (
        f'<text class="{css}" x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="#18212c">{escape(_short(text))}</text>'
    )


def _short(text: str, longest: int = 15) -> str:
    """The table beside the map says the whole name."""
    return text if len(text) <= longest else f"{text[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


def rows_of(cells: Sequence[Cell]) -> list[tuple[int, list[Cell]]]:
    """Return the cells likelihood by likelihood, the most likely first."""
    return [
        (likelihood, [cell for cell in cells if cell.likelihood == likelihood])
        for likelihood in reversed(RANKS)
    ]
