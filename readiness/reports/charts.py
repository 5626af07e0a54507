"""Charts and glyphs as SVG, for pages and PDF alike.

Shapes carry presentation attributes, because WeasyPrint ignores CSS variables inside SVG; on a page
the classes let static/app.css repaint them for the dark. Every fill differs in shape or pattern
too, so that a black-and-white print still reads.
"""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.standing import Group, Standing
from readiness.reports.counts import Counts

FILLS = {
    Group.VERIFIED: "#1f8a52",
    Group.DONE: "#8fd0ab",
    Group.GAP: "#7eaae6",
    Group.ACCEPTED: "#e3b04b",
    Group.ATTENTION: "#d2453b",
    Group.NOT_APPLICABLE: "#b4bcc8",
    Group.UNDECIDED: "#e4e8ee",
}
_GREEN, _BLUE, _AMBER, _RED, _ORANGE, _GREY = (
    "#197a47",
    "#2563b0",
    "#b98217",
    "#bd2f26",
    "#a94a10",
    "#5d6979",
)


def _ring(colour: str, inside: str = "", dashes: str = "") -> str:
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    style = f'fill="none" stroke="{colour}" stroke-width="1.7"{dash}'
    return f'<circle cx="8" cy="8" r="5.6" {style}/>{inside}'


def _tick(colour: str) -> str:
    return (
        f'<path d="M5.4 8.3 7.3 10.1 10.7 6.2" fill="none" stroke="{colour}" stroke-width="1.6"/>'
    )


def _triangle(colour: str, inside: str) -> str:
    return (
        f'<path d="M8 1.6 15 14.2H1Z" fill="{colour}" stroke="{colour}" stroke-linejoin="round"/>'
        f'<path d="{inside}" fill="none" stroke="#fff" stroke-width="1.5"/>'
    )


_BANG, _CLOCK, _UP, _CROSS = (
    "M8 5.8V9.6M8 11.2V12.7",
    "M8 6V9.8H10.6",
    "M8 12.6V7M5.9 9 8 6.9 10.1 9",
    "M6.2 8 9.8 11.8M9.8 8 6.2 11.8",
)
SHAPES: dict[Standing, str] = {
    Standing.VERIFIED: f'<circle cx="8" cy="8" r="6.5" fill="{_GREEN}"/>{_tick("#fff")}',
    Standing.DONE: _ring(_GREEN, _tick(_GREEN)),
    Standing.GAP: _ring(_BLUE),
    Standing.ACCEPTED: f'<path d="M8 1.5 14.5 8 8 14.5 1.5 8Z" fill="{_AMBER}"/>',
    Standing.NOT_APPLICABLE: f'<path d="M3 8H13" stroke="{_GREY}" stroke-width="2"/>',
    Standing.UNDECIDED: _ring(_GREY, dashes="1.6 1.9"),
    Standing.CONTRADICTED: _triangle(_RED, _CROSS),
    Standing.LAPSED: _triangle(_RED, _CLOCK),
    Standing.OVERTAKEN: _triangle(_ORANGE, _UP),
    Standing.OVERDUE: _triangle(_ORANGE, _BANG),
    Standing.ARRIVED: _triangle(_ORANGE, _UP),
}
# Of a check that could not look: as a standing has no such word, it has no place above.
BLIND = _ring(
    _ORANGE,
    f'<path d="M6.2 6.6a1.9 1.9 0 1 1 2.6 1.7c-.6.3-.8.6-.8 1.2M8 11.1v1.1" fill="none" '
    f'stroke="{_ORANGE}" stroke-width="1.4"/>',
    dashes="3 1.6",
)
# In bars accepted is hatched and undecided is dotted. Referred to by id, so once per document.
PATTERNS = (
    '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)">'
    '<rect class="fill-accepted" width="6" height="6" fill="#e3b04b"/>'
    '<rect class="fill-mark" width="1.6" height="6" fill="#5c4300"/></pattern>'
    '<pattern id="dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="fill-undecided" width="6" height="6" fill="#e4e8ee"/>'
    '<circle class="fill-dot" cx="2" cy="2" r="1" fill="#5d6979"/></pattern>'
)
_PATTERNED = {Group.ACCEPTED: "url(#hatched)", Group.UNDECIDED: "url(#dotted)"}


def glyph(standing: Standing) -> SafeString:
    """Return a standing's mark, 16 units square; the word beside it says the same."""
    return mark_safe(  # noqa: S308 - constants of this file
        f'<svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f"{SHAPES[standing]}</svg>"
    )


@cache
def sprite() -> SafeString:
    """Return every glyph as a symbol and the patterns of bars, to be put once into a page."""
    symbols = "".join(
        f'<symbol id="glyph-{standing.value}" viewBox="0 0 16 16">{shape}</symbol>'
        for standing, shape in SHAPES.items()
    )
    symbols += f'<symbol id="glyph-blind" viewBox="0 0 16 16">{BLIND}</symbol>'
    return mark_safe(  # noqa: S308 - constants of this file
        f'<svg class="sprite" width="0" height="0" aria-hidden="true"><defs>{PATTERNS}</defs>'
        f"{symbols}</svg>"
    )


def group_fill(group: Group) -> str:
    return _PATTERNED.get(group, FILLS[group])


def swatch(group: Group) -> SafeString:
    """Return the legend's square for a group."""
    return format_html(
        '<svg class="swatch" width="12" height="12" aria-hidden="true">'
        '<rect class="fill-{}" width="12" height="12" fill="{}"/></svg>',
        group.value.replace("_", "-") if group not in _PATTERNED else "pattern",
        group_fill(group),
    )


def bar(counts: Counts, *, by: str = "number", height: int = 14) -> SafeString:
    """Return the honest bar: one part per group, none hidden in another.

    `by` is "number" or "weight". Widths are percentages, so that the bar takes the width it gets.
    """
    total = getattr(counts.total, by)
    sizes = [(group, getattr(tally, by)) for group, tally in counts.groups]
    label = ", ".join(counts.in_words(by)) or "nothing yet"
    rects, edges, at = "", "", 0.0
    for group, size in sizes:
        if not size:
            continue
        width = 100 * size / total
        style = f'class="{band_class(group)}" fill="{group_fill(group)}"'
        rects += f'<rect x="{at:.3f}%" width="{width:.3f}%" height="100%" {style}/>'
        if at:
            # A line between the parts, so that neighbours stay apart where colour does not tell.
            place = f'x1="{at:.3f}%" x2="{at:.3f}%" y1="0" y2="100%"'
            edges += f'<line {place} class="bar-edge" stroke="#fff"/>'
        at += width
    return mark_safe(  # noqa: S308 - numbers, and constants of this file
        f'<svg class="bar" width="100%" height="{height}" role="img" '
        f'aria-label="By {by}: {label}">{rects}{edges}</svg>'
    )


def band_class(group: Group) -> str:
    """Return the class by which static/app.css repaints what has `group_fill`."""
    return "fill-pattern" if group in _PATTERNED else f"fill-{group.value.replace('_', '-')}"
