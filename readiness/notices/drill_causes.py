"""What somebody should know of drills: one is tomorrow, one went stale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from readiness.drills.notices import BEFORE, gone_stale, planned_soon, stale_since
from readiness.models import Drill, Kind, Membership
from readiness.notices.cause import Cause, midnight
from readiness.reports.words import day, moment


def drills(now: datetime) -> Iterator[Cause]:
    """Which drills are tomorrow, to who takes part; which went stale, to everybody in the team."""
    for drill in planned_soon(now):
        yield _of_drill(
            Kind.DRILL_SOON,
            drill,
            mark=drill.planned_for.isoformat(),
            at=drill.planned_for - BEFORE,
            text=f"{drill.scenario.title}, {moment(drill.planned_for)}.",
            people=frozenset(part.user_id for part in drill.parts.all()),
        )
    stale = list(gone_stale(now))
    members = defaultdict(set)
    teams = {drill.component.team_id for drill in stale}
    rows = Membership.objects.filter(team__in=teams).values_list("team", "user")
    for team, user in rows:
        members[team].add(user)
    for drill in stale:
        yield _of_drill(
            Kind.DRILL_STALE,
            drill,
            mark=str(drill.scenario.term_days),
            at=midnight(stale_since(drill)),
            text=f"{drill.scenario.title} was last rehearsed on {day(drill.ended_at)}: that proves "
            "nothing any more.",
            people=frozenset(members[drill.component.team_id]),
        )


def _of_drill(
    kind: Kind, drill: Drill, *, mark: str, at: datetime, text: str, people: frozenset[int]
) -> Cause:
    return Cause(
        kind=kind,
        key=f"{kind}/{drill.pk}/{mark}",
        component_id=drill.component_id,
        requirement_id=None,
        at=at,
        text=text,
        path=reverse("drill_detail", args=[drill.component.slug, drill.pk]),
        people=people,
        is_personal=True,
    )
