"""The bar of the pages as SVG for a PDF: parts stand apart, as a line between them costs as much as
a part, and dashes are their hatching and their dots, as a pattern costs ten times as much. Pure."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.standing import Group
from readiness.reports.charts import FILLS
from readiness.reports.counts import Counts

GAP = 0.25  # percent of the width


def bar(counts: Counts, *, by: str = "number", height: int = 14) -> SafeString:
    """Return the bar with a title, which becomes its alternative text."""
    total, at, parts = getattr(counts.total, by), 0.0, ""
    for group, tally in counts.groups:
        if size := getattr(tally, by):
            width = 100 * size / total
            parts += part(group, at, at + width - GAP, height)
            at += width
    return format_html(
        '<svg class="bar" width="100%" height="{}"><title>By {}: {}</title>{}</svg>',
        height,
        by,
        ", ".join(counts.in_words(by)) or "nothing yet",
        mark_safe(parts),  # noqa: S308 - numbers and colours
    )


def part(group: Group, start: float, end: float, height: int) -> str:
    """Return what stands for a group, from and to percentages of the width."""
    width = f'width="{end - start:.3f}%" height="{height}"'
    drawn = f'<rect x="{start:.3f}%" {width} fill="{FILLS[group]}"/>'
    across = f'x1="{start:.3f}%" x2="{end:.3f}%" stroke-dashoffset="-3"'
    if group is Group.ACCEPTED:
        drawn += _line(across, height / 2, f'{height}" stroke-dasharray="1.6 4.4', "#5c4300")
    if group is Group.UNDECIDED:
        for y in range(4, height, 7):
            drawn += _line(across, y, '2" stroke-linecap="round" stroke-dasharray="0 6', "#5d6979")
    return drawn


def _line(across: str, y: float, width: str, colour: str) -> str:
    return f'<line {across} y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width}"/>'
