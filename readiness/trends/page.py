"""What the page of a trend shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from readiness.components.error_budget import error_budget
from readiness.models import Component
from readiness.reports.counts import GROUPS
from readiness.trends.chart import budget_chart, confidence_chart, standings_chart
from readiness.trends.queries import Trend, trend_of

RANGES = (30, 90, 365)


def trend_context(component: Component, asked: QueryDict, today: date) -> dict[str, Any]:
    """Return the context of the page; a range that there is not is the middle one."""
    days = next((each for each in RANGES if str(each) == asked.get("days")), RANGES[1])
    trend = trend_of(component, days=days, today=today)
    return {
        "component": component,
        "days": days,
        "ranges": RANGES,
        "trend": trend,
        **charts_of(trend),
        "budget": _budget(component, trend),
        "groups": GROUPS,
        "newest_first": trend.points[::-1],
        "rounds": trend.rounds[::-1],
    }


def charts_of(trend: Trend) -> dict[str, Any]:
    """Return the standings and the confidence as charts on the same days; None for too little."""
    asked = trend.days and any(each.mean is not None for each in trend.rounds)
    return {
        "chart": standings_chart(trend) if len(trend.points) > 1 else None,
        "confidence": confidence_chart(trend) if asked else None,
    }


def _budget(component: Component, trend: Trend) -> Any:
    """The chart of the error budget; None where nothing was lost of none, or too little is
    known."""
    known = [point for point in trend.points if point.minutes_lost is not None]
    target = component.availability_target
    if len(known) < 2 or (target is None and not any(point.minutes_lost for point in known)):
        return None
    allowed = None if target is None else error_budget(target, component.availability_window)
    return budget_chart(known, None if allowed is None else allowed / timedelta(minutes=1))
