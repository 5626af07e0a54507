"""Answers as SVG. Pure. Place and number say how often each was given; no colour has to."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from readiness.confidence.rules import ANSWERS, Answers

WIDTH, HEIGHT, COLUMN, GAP, HEAD = 150, 74, 24, 6, 16


def answer_bar(times: int, most: int) -> SafeString:
    """Return a bar across, as long as `times` is of `most`; the number beside it says the same."""
    length = 100 * times / (most or 1)
    return format_html(
        '<svg class="answer-bar" viewBox="0 0 100 10" preserveAspectRatio="none" '
        'aria-hidden="true"><path class="answer-none" d="M0 9.5H100" stroke="#8a94a3"/>'
        '<rect class="answer-fill" width="{}" height="10" fill="#1d5bb8"/></svg>',
        f"{length:.1f}",
    )


def answer_columns(answers: Answers) -> SafeString:
    """Return five columns side by side, each with its number above and its answer below."""
    most, columns = max(answers.counts), ""
    foot = HEIGHT - 15
    for place, (answer, times) in enumerate(zip(ANSWERS, answers.counts, strict=True)):
        x = place * (COLUMN + GAP) + GAP / 2
        height = (foot - HEAD) * times / most
        columns += (
            f'<rect class="answer-fill" x="{x:.1f}" y="{foot - height:.1f}" width="{COLUMN}" '
            f'height="{height:.1f}" fill="#1d5bb8"/>'
            + _text(x, foot - height - 3, str(times) if times else "")
            + _text(x, HEIGHT - 3, str(answer))
        )
    axis = f'<path class="answer-none" d="M0 {foot}.5H{WIDTH}" stroke="#8a94a3"/>'
    return mark_safe(  # noqa: S308 - numbers and constants of this file
        f'<svg class="answer-columns" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{told(answers)}">{columns}{axis}</svg>'
    )


def told(answers: Answers) -> str:
    """Return the same in words."""
    each = zip(ANSWERS, answers.counts, strict=True)
    return ", ".join(f"{answer}: {times}" for answer, times in each)


def _text(x: float, y: float, text: str) -> str:
    return (
        f'<text x="{x + COLUMN / 2:.1f}" y="{y:.1f}" font-size="11" text-anchor="middle" '
        f'fill="#18212c">{text}</text>'
    )
