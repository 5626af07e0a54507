"""The heat map as a table. Written by hand: a page has 700 cells, each a link.

Each cell says its number, and how many need attention behind a mark; the shade repeats the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from readiness.models import Topic
from readiness.portfolio.heat import Cell
from readiness.portfolio.selection import Listed

# Below each of these percentages, a shade; nothing is lighter than nothing, all is the darkest.
SHADES = (1, 25, 50, 75, 100)
SHADE_WORDS = ((0, "none"), (1, "some"), (25, "a quarter"), (50, "half"), (75, "three quarters"),
               (100, "all"))  # fmt: skip
MARK = "\N{BLACK UP-POINTING TRIANGLE}"


def shade_of(percent: int) -> int:
    """Return 0 for none to 5 for all."""
    return sum(percent >= bound for bound in SHADES)


def heat_rows(
    components: Iterable[Listed], topics: Sequence[Topic], cells: Mapping[tuple[int, int], Cell]
) -> SafeString:
    """Return a row per component; each cell leads to its topic in the component's gap report."""
    return mark_safe(  # noqa: S308 - numbers, slugs, and names that went through escape
        "".join(_row(each, topics, cells) for each in components)
    )


def _row(each: Listed, topics: Sequence[Topic], cells: Mapping[tuple[int, int], Cell]) -> str:
    address = reverse("gap_report", args=[each.slug])
    boxes = "".join(_cell(address, topic.slug, cells.get((each.pk, topic.pk))) for topic in topics)
    return (
        f'<tr><th scope="row"><a href="{address}">{escape(each.name)}</a>'
        f"<small>{escape(each.team)}</small></th>{boxes}</tr>"
    )


def _cell(address: str, topic: str, cell: Cell | None) -> str:
    if cell is None:
        return "<td>\N{EN DASH}"
    mark = f"<b>{MARK}{cell.attention}</b>" if cell.attention else ""
    return (
        f'<td class="s{shade_of(cell.percent)}"><a href="{address}?topic={topic}">'
        f"{cell.percent}{mark}</a>"
    )
