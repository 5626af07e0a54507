"""What several teams came to together, week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.utils import timezone

from readiness.decisions.standing import Standing
from readiness.models import Component, WeeklyRollup
from readiness.portfolio.queries import in_force, standing_on
from readiness.reports.counts import Counts, Tally
from readiness.trends.queries import Point, Trend, counts_from
from readiness.trends.rollup import monday_of

RANGES = (26, 104)


@dataclass(frozen=True, slots=True)
class Week:
    """What the teams came to in the week that begins on a Monday."""

    monday: date
    components: int
    counts: Counts


def weeks_of(teams: Collection[int], *, number: int, now: datetime) -> Sequence[Week]:
    """Return the last weeks of these teams (their ids) together, the oldest first; this week as it
    is at this moment. Three queries."""
    today = timezone.localdate(now)
    this = monday_of(today)
    rows = WeeklyRollup.objects.filter(
        team__in=teams, week__gt=this - timedelta(weeks=number), week__lt=this
    )
    components: dict[date, int] = defaultdict(int)
    sums: dict[date, dict[str, tuple[int, int]]] = defaultdict(dict)
    for week, size, said in rows.values_list("week", "components", "counts"):
        components[week] += size
        so_far = sums[week]
        for standing, (number, weight) in said.items():
            before = so_far.get(standing, (0, 0))
            so_far[standing] = (before[0] + number, before[1] + weight)
    found = [Week(week, components[week], counts_from(sums[week])) for week in sorted(sums)]
    return [*found, _this_week(teams, this, today)]


def _this_week(teams: Collection[int], monday: date, today: date) -> Week:
    own = Component.objects.active().filter(team__in=teams).order_by().values("pk")
    rows = in_force(own).values_list(standing_on(today)).annotate(Count("pk"), Sum("weight"))
    return Week(monday, own.count(), Counts((Standing(s), Tally(n, w)) for s, n, w in rows))


def as_trend(weeks: Sequence[Week]) -> Trend:
    """Return the weeks as what the chart of a trend draws."""
    return Trend([Point(each.monday, each.counts) for each in weeks], (), ())
