"""What two years leave behind: rollups of each day and week, drills, rounds and incidents.

Bulk rows of the shapes that the product writes; only today's rollups are its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from readiness.models import (
    Component,
    ConfidenceRound,
    DailyRollup,
    Drill,
    DrillOutcome,
    DrillScenario,
    Incident,
    Team,
    User,
    WeeklyRollup,
)
from readiness.trends.rollup import monday_of, roll_up_at

DAYS = 730
DRILLS, ROUNDS, INCIDENTS = 200, 40, 400


def live_through(by: User) -> None:
    """Give every component two years, and some of them what happened in these; once."""
    if DailyRollup.objects.count() >= DAYS * Component.objects.count():
        return
    for model in (DailyRollup, WeeklyRollup, Drill, ConfidenceRound, Incident):
        model._default_manager.all().delete()
    roll_up_at(timezone.now())
    _earlier_days()
    _earlier_weeks()
    components = list(Component.objects.order_by("pk"))
    _drills(components, by)
    _rounds(components, by)
    _incidents(components, by)
    Component.objects.filter(pk__in=[each.pk for each in components[::2]]).update(
        availability_target="99.9"
    )


def _earlier_days() -> None:
    """Repeat today's rows for each day before; the database makes them, 730,000 of a thousand."""
    day = "r.day - n" if connection.vendor == "postgresql" else "date(r.day, '-' || n || ' days')"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO readiness_dailyrollup (component_id, day, counts, minutes_lost) "  # noqa: S608 - our own words
            "WITH RECURSIVE days(n) AS "
            f"(SELECT 1 UNION ALL SELECT n + 1 FROM days WHERE n < {DAYS - 1}) "
            f"SELECT r.component_id, {day}, r.counts, r.minutes_lost "
            "FROM readiness_dailyrollup r CROSS JOIN days"
        )


def _earlier_weeks() -> None:
    this = {row.team_id: row for row in WeeklyRollup.objects.all()}
    monday = monday_of(timezone.localdate())
    WeeklyRollup.objects.bulk_create(
        (
            WeeklyRollup(
                team=team,
                week=monday - timedelta(weeks=ago),
                components=this[team.pk].components,
                counts=this[team.pk].counts,
            )
            for team in Team.objects.filter(pk__in=this)
            for ago in range(1, DAYS // 7)
        ),
        ignore_conflicts=True,
    )


def _drills(components: Sequence[Component], by: User) -> None:
    now = timezone.now()
    scenarios = list(DrillScenario.objects.filter(component=None, retired_at=None))
    if not scenarios:
        scenarios = [
            DrillScenario.objects.create(
                slug=f"bench-{n}", title=f"Operation {n}", operation=f"operation {n}",
                purpose="It will be needed.", steps="1. Do it.", term_days=90,
            )
            for n in range(8)
        ]  # fmt: skip
    Drill.objects.bulk_create(
        Drill(
            component=components[n % 60 % len(components)],
            scenario=scenarios[n % len(scenarios)],
            planned_for=now - timedelta(days=3 * n + 1),
            ended_at=now - timedelta(days=3 * n + 1),
            outcome=DrillOutcome.FAILED if n % 9 == 0 else DrillOutcome.PASSED,
            made_by=by,
            made_at=now - timedelta(days=3 * n + 1),
        )
        for n in range(DRILLS)
    )


def _rounds(components: Sequence[Component], by: User) -> None:
    now = timezone.now()
    ConfidenceRound.objects.bulk_create(
        ConfidenceRound(
            component=components[n % 15 % len(components)],
            question="Would you be on call for this tonight?",
            opened_by=by,
            opened_at=now - timedelta(days=10 * n + 2),
            closes_at=now - timedelta(days=10 * n + 1),
            closed_at=now - timedelta(days=10 * n + 1),
            result={
                "voters": 6, "members": 8, "mean": 2 + n % 5 / 2, "spread": n % 4 / 2,
                "overall": [0, 1, 2, 2, 1], "topics": [], "sentences": [],
            },
        )
        for n in range(ROUNDS)
    )  # fmt: skip


def _incidents(components: Sequence[Component], by: User) -> None:
    now = timezone.now()
    Incident.objects.bulk_create(
        Incident(
            component=components[n % len(components)],
            title="Stale routes.",
            started_at=now - timedelta(days=n % 365),
            minutes_lost=n % 40,
            recorded_by=by,
            recorded_at=now - timedelta(days=n % 365),
        )
        for n in range(INCIDENTS)
    )
