"""A trend as SVG: where requirements stood, what was lost of the error budget, and how confident
people were. Pure.

Shapes carry presentation attributes; on a page the classes let static/app.css repaint them for the
dark. The patterns are those of bars, and every part is named beside it, so that no part needs its
colour to be told from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import TypeVar

from django.utils.safestring import SafeString, mark_safe

from readiness.reports.charts import band_class, group_fill
from readiness.reports.counts import GROUPS
from readiness.reports.words import day as day_words
from readiness.trends.queries import Asked, Mark, Point, Trend

T = TypeVar("T")

WIDTH, LEFT, RIGHT = 720, 34, 576
TOP, HEIGHT, FOOT = 46, 220, 42
BUDGET_TOP, BUDGET_HEIGHT = 14, 90
CONFIDENCE_HEIGHT = 120
# Two labels one above the other need this much; a letter is about this wide.
LINE, LETTER = 14, 6.6
LABEL_ROWS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """Days from left to right; `most` is at the top."""

    first: date
    last: date
    most: float
    top: int
    height: int

    def x(self, day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - self.first).days / (self.last - self.first).days

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.most)

    def within(self, marks: Sequence[Mark]) -> list[Mark]:
        """Those that have a place: an incident may be older than the first day that is known."""
        return [mark for mark in marks if self.first <= mark.day <= self.last]


def standings_chart(trend: Trend) -> SafeString:
    """Return the requirements by standing over time, one band per group, the firmest below.

    Raises ValueError for fewer than two days: there is no time between them.
    """
    first, last = _ends(trend.points)
    most = max(point.counts.total.number for point in trend.points) or 1
    scale = Scale(*(trend.days or (first.day, last.day)), most, TOP, HEIGHT)
    incidents = scale.within(trend.incidents)
    what = f"Requirements by standing, {day_words(first.day)} to {day_words(last.day)}"
    told = (
        f"First: {', '.join(first.counts.in_words()) or 'nothing'}. "
        f"Last: {', '.join(last.counts.in_words()) or 'nothing'}. "
        f"{_number(trend.milestones, 'milestone')}, {_number(incidents, 'incident')}. "
        "The table below says each day."
    )
    parts = [_bands(trend.points, scale), _axis(scale), _names_of_bands(last, scale)]
    parts += [_milestones(trend.milestones, scale), _incidents(incidents, scale)]
    return _svg("trend-standings", what, told, TOP + HEIGHT + FOOT, parts)


def budget_chart(points: Sequence[Point], allowed_minutes: float | None) -> SafeString:
    """Return the minutes lost over time, with the budget as a dashed line where there is one.

    Raises ValueError for fewer than two days on which they are known.
    """
    known = [(each.day, each.minutes_lost) for each in points if each.minutes_lost is not None]
    first, last = _ends(known)
    most = max([float(lost) for _, lost in known] + [allowed_minutes or 0]) or 1
    scale = Scale(first[0], last[0], most * 1.15, BUDGET_TOP, BUDGET_HEIGHT)
    line = " ".join(f"{scale.x(day):.1f},{scale.y(float(lost)):.1f}" for day, lost in known)
    parts = [
        f'<polyline class="trend-lost" points="{line}" fill="none" stroke="#18212c" '
        'stroke-width="2"/>',
        _axis(scale),
    ]
    labels = [(scale.y(float(last[1])), f"lost: {_minutes(last[1])}")]
    told = f"{_minutes(first[1])} at first, {_minutes(last[1])} at last."
    if allowed_minutes is not None:
        y = scale.y(allowed_minutes)
        parts.append(
            f'<path class="trend-allowed" d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#bd2f26" '
            'stroke-width="1.5" stroke-dasharray="6 4"/>'
        )
        labels.append((y, f"budget: {_minutes(allowed_minutes)}"))
        told += f" The budget is {_minutes(allowed_minutes)} today."
    parts.append(_beside(labels))
    height = BUDGET_TOP + BUDGET_HEIGHT + FOOT
    return _svg("trend-budget", "Minutes lost in the window", told, height, parts)


def confidence_chart(trend: Trend) -> SafeString:
    """Return the mean of each round with its spread, on the days of the standings.

    Raises ValueError where less than two days are known, or no round has a mean.
    """
    told = [each for each in trend.rounds if each.mean is not None]
    if trend.days is None or not told:
        raise ValueError("Confidence over time needs a round and two days.")
    # From 1 at the foot to 5 at the top, with room for a dot at either end.
    scale = Scale(*trend.days, 4, TOP, CONFIDENCE_HEIGHT)
    dots = [(scale.x(each.day), scale.y((each.mean or 1) - 1)) for each in told]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
    parts = [_grid(scale), _axis(scale, foot="")]
    incidents = scale.within(trend.incidents)
    parts += [_milestones(trend.milestones, scale), _incidents(incidents, scale)]
    parts.append(
        f'<polyline class="trend-lost" points="{line}" fill="none" stroke="#18212c" '
        'stroke-width="2"/>'
    )
    parts += [_dot(each, x, y, scale) for each, (x, y) in zip(told, dots, strict=True)]
    parts.append(_beside([(dots[-1][1], f"mean: {told[-1].mean:.1f} of 5")]))
    words = "; ".join(f"{day_words(each.day)}: {_asked(each)}" for each in told)
    desc = f"{words}. {_number(trend.milestones, 'milestone')}, "
    desc += f"{_number(incidents, 'incident')}."
    height = TOP + CONFIDENCE_HEIGHT + FOOT
    return _svg("trend-confidence", "Confidence by round", desc, height, parts)


def _grid(scale: Scale) -> str:
    """A line for each answer, named; that of 3 is dashed: below it a mean is low."""
    lines = ""
    for answer in range(1, 6):
        y, dashes = scale.y(answer - 1), ' stroke-dasharray="6 4"' if answer == 3 else ""
        lines += (
            f'<path class="trend-grid" d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#dde1e7"{dashes}/>'
            + _text(LEFT - 6, y + 4, str(answer), "end")
        )
    return lines


def _dot(asked: Asked, x: float, y: float, scale: Scale) -> str:
    """A dot at the mean, and a line as far as the spread goes, within the scale."""
    mean, spread = asked.mean or 1, asked.spread or 0
    high, low = scale.y(min(mean + spread, 5) - 1), scale.y(max(mean - spread, 1) - 1)
    return (
        f'<path class="trend-spread" d="M{x:.1f} {high:.1f}V{low:.1f}M{x - 5:.1f} {high:.1f}h10'
        f'M{x - 5:.1f} {low:.1f}h10" fill="none" stroke="#18212c"/>'
        f'<circle class="trend-mean" cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#1d5bb8" '
        f'stroke="#fff"><title>{escape(_asked(asked))}, {day_words(asked.day)}</title></circle>'
    )


def _asked(asked: Asked) -> str:
    spread = "" if asked.spread is None else f", spread {asked.spread:.1f}"
    return f"mean {asked.mean:.1f}{spread}, {asked.voters} of {asked.members} answered"


def _ends(known: Sequence[T]) -> tuple[T, T]:
    if len(known) < 2:
        raise ValueError("A trend needs two days.")
    return known[0], known[-1]


def _svg(key: str, title: str, told: str, height: int, parts: Sequence[str]) -> SafeString:
    return mark_safe(  # noqa: S308 - numbers, and names that went through escape
        f'<svg class="trend" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(told)}</desc>{"".join(parts)}</svg>'
    )


def _bands(points: Sequence[Point], scale: Scale) -> str:
    """One area per group that was ever there, with a line between it and the next."""
    below = [0.0] * len(points)
    shapes = ""
    for group in GROUPS:
        sizes = [point.counts.of(group).number for point in points]
        if not any(sizes):
            continue
        above = [low + size for low, size in zip(below, sizes, strict=True)]
        upper = _line(points, above, scale)
        edge = " ".join([*upper, *reversed(_line(points, below, scale))])
        shapes += (
            f'<polygon class="{band_class(group)}" points="{edge}" fill="{group_fill(group)}"/>'
            f'<polyline class="bar-edge" points="{" ".join(upper)}" fill="none" stroke="#fff"/>'
        )
        below = above
    return shapes


def _line(points: Sequence[Point], values: Sequence[float], scale: Scale) -> list[str]:
    pairs = zip(points, values, strict=True)
    return [f"{scale.x(point.day):.1f},{scale.y(value):.1f}" for point, value in pairs]


def _names_of_bands(last: Point, scale: Scale) -> str:
    """Each band's name beside its right end."""
    labels, below = [], 0.0
    for group in GROUPS:
        number = last.counts.of(group).number
        if number:
            labels.append((scale.y(below + number / 2), f"{number} {group.word}"))
        below += number
    return _beside(labels)


def _beside(labels: Sequence[tuple[float, str]]) -> str:
    """Labels to the right of the plot, pushed up where they would lie on each other."""
    shapes, free = "", float("inf")
    for y, text in sorted(labels, reverse=True):
        free = min(y, free - LINE)
        shapes += _text(RIGHT + 8, free + 4, text, "start")
    return shapes


def _axis(scale: Scale, foot: str = "0") -> str:
    bottom = scale.top + scale.height
    return (
        f'<path class="trend-axis" d="M{LEFT} {scale.top}V{bottom}H{RIGHT}" fill="none" '
        'stroke="#8a94a3"/>'
        + _text(LEFT - 6, bottom + 4, foot, "end")
        + _text(LEFT, bottom + 32, day_words(scale.first), "start")
        + _text(RIGHT, bottom + 32, day_words(scale.last), "end")
    )


def _milestones(marks: Sequence[Mark], scale: Scale) -> str:
    """A line through the bands each, named above where there is room; the list names all."""
    shapes = ""
    taken = [0.0] * LABEL_ROWS
    for mark in marks:
        x, name = scale.x(mark.day), _short(mark.name)
        half = LETTER * len(name) / 2
        middle = min(max(x, half), WIDTH - half)
        shapes += (
            f'<path class="trend-milestone" d="M{x:.1f} {scale.top - 2}V{scale.top + scale.height}"'
            f' stroke="#18212c" stroke-width="1.5"><title>{escape(_told(mark))}</title></path>'
        )
        row = next((row for row, end in enumerate(taken) if end <= middle - half), None)
        if row is not None:
            taken[row] = middle + half + LETTER
            shapes += _text(middle, scale.top - 7 - row * LINE, name, "middle")
    return shapes


def _incidents(marks: Sequence[Mark], scale: Scale) -> str:
    """A triangle below the axis each."""
    y = scale.top + scale.height + 5
    return "".join(
        f'<path class="trend-incident" d="M{scale.x(mark.day):.1f} {y}l6 11h-12Z" fill="#bd2f26">'
        f"<title>{escape(_told(mark))}</title></path>"
        for mark in marks
    )


def _told(mark: Mark) -> str:
    return f"{mark.name}, {day_words(mark.day)}"


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}" '
        f'fill="#18212c">{escape(text)}</text>'
    )


def _short(text: str, longest: int = 24) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


def _number(marks: Sequence[Mark], noun: str) -> str:
    return f"{len(marks)} {noun}{'' if len(marks) == 1 else 's'}"


def _minutes(minutes: Decimal | float) -> str:
    return f"{float(minutes):.1f}".removesuffix(".0") + " min"
