"""A trend as small as a word, for lists: the share that is settled, week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.standing import Group, Standing
from readiness.models import DailyRollup
from readiness.reports.counts import Counts

WEEKS = 12
WAITING = {each.value for each in Standing if each.group in (Group.ATTENTION, Group.UNDECIDED)}
WIDTH, HEIGHT, EDGE = 72, 20, 3


def share_settled(counts: Mapping[str, Sequence[int]]) -> float:
    """Return the share of requirements that somebody decided and that asked for nothing, of the
    counts that a rollup keeps."""
    # Of 600 rows at once: each as Counts would take as long as reading them.
    total = sum(number for number, _ in counts.values())
    waiting = sum(number for standing, (number, _) in counts.items() if standing in WAITING)
    return (total - waiting) / total if total else 0.0


def settled_by_week(now: Mapping[int, Counts], today: date) -> dict[int, list[tuple[int, float]]]:
    """Return how many weeks ago which share was settled, the oldest first, by component id.

    `now` is what components come to today, which stands at the end. A week is read on the day that
    today is; one that was not written down is left out. One query, however many components.
    """
    days = {today - timedelta(weeks=ago): ago for ago in range(1, WEEKS + 1)}
    rows = DailyRollup.objects.filter(component__in=[*now], day__in=[*days]).order_by("day")
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for component, day, counts in rows.values_list("component_id", "day", "counts"):
        found[component].append((days[day], share_settled(counts)))
    return {
        pk: [*found[pk], (0, counts.settled / (counts.total.number or 1))]
        for pk, counts in now.items()
    }


def sparkline(points: Sequence[tuple[int, float]]) -> SafeString | str:
    """Return the line with its first and last value in words; nothing for a single point."""
    if len(points) < 2:
        return ""
    (ago, first), (_, last) = points[0], points[-1]
    line = " ".join(f"{_x(weeks):.1f},{_y(share):.1f}" for weeks, share in points)
    label = f"Settled: {first:.0%} {ago} week{'' if ago == 1 else 's'} ago, {last:.0%} today"
    return mark_safe(  # noqa: S308 - numbers and constants of this file
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{label}"><title>{label}</title>'
        f'<polyline points="{line}"/><circle cx="{_x(0)}" cy="{_y(last):.1f}" r="2.5"/></svg>'
    )


def _x(weeks: int) -> float:
    return WIDTH - EDGE - (WIDTH - 2 * EDGE) * weeks / WEEKS


def _y(share: float) -> float:
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share
