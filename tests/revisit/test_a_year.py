"""A year of one small component, day by day: what comes back, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from readiness.components.actions import edit_component
from readiness.decisions.actions import refresh_due_standings
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Membership, Requirement, Role, TriggerFiring, User
from readiness.revisit.queries import Scope, queue_page
from tests import factory

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
REFUSED_UNTIL = date(2027, 3, 1)
DUE = date(2027, 5, 31)
SET_ASIDE_UNTIL = date(2027, 8, 31)
INCIDENT, CHANGED = date(2027, 6, 15), date(2027, 9, 9)
FAR = date(2028, 1, 3)

pytestmark = pytest.mark.one_database


@pytest.fixture
def by(component):
    user = User.objects.earliest("pk")
    Membership.objects.create(team=component.team, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def decided(component, by):
    def refuse(criterion, until, *kinds):
        factory.make_decision(
            component, criterion, "wont_build", by=by, now=START, revisit_date=until,
            likelihood=1, impact=2, triggers=tuple(Trigger(kind) for kind in kinds),
        )  # fmt: skip

    refuse("c-0-0", REFUSED_UNTIL)
    factory.make_decision(component, "c-0-1", "build", by=by, now=START, due_date=DUE)
    factory.make_decision(
        component, "c-0-2", "not_applicable", by=by, now=START, revisit_date=SET_ASIDE_UNTIL
    )
    refuse("c-1-0", FAR, TriggerKind.INCIDENT)
    refuse("c-1-1", FAR, TriggerKind.COMPONENT, TriggerKind.INCIDENT)
    factory.make_decision(component, "c-1-2", "done", by=by, now=START)
    return component


def what_happens(component, by, day, now):
    if day in (INCIDENT, INCIDENT + timedelta(days=30)):
        factory.make_incident(component, "c-1-0", now=now)
    if day == CHANGED:
        component.refresh_from_db()
        edit_component(
            component=component,
            values={"criticality": "critical_path"},
            version=component.version,
            by=by,
            now=now,
        )


def test_each_decision_comes_back_on_its_day_and_stays(decided, by, time_machine):
    scope = Scope(by, {decided.team_id: Role.EDITOR}, mine=True)
    first: dict[tuple[str, str], date] = {}
    kept_by_index: dict[str, date] = {}
    for number in range(365):
        now = START + timedelta(days=number)
        day = now.date()
        time_machine.move_to(now, tick=False)
        what_happens(decided, by, day, now)

        # The queue knows on the very day, before any job has run.
        _, _, rows = queue_page(scope, group="", page="1", today=day)
        for row in rows:
            first.setdefault((row.requirement.criterion.slug, row.group.value), day)
        refresh_due_standings()
        asking = Requirement.objects.filter(standing__in=("lapsed", "overdue"))
        for slug in asking.values_list("criterion__slug", flat=True):
            kept_by_index.setdefault(slug, day)

    after = timedelta(days=1)
    lead = timedelta(days=14)
    assert first == {
        ("c-0-0", "soon"): REFUSED_UNTIL - lead,
        ("c-0-0", "lapsed"): REFUSED_UNTIL + after,
        ("c-0-1", "soon"): DUE - lead,
        ("c-0-1", "overdue"): DUE + after,
        ("c-0-2", "soon"): SET_ASIDE_UNTIL - lead,
        ("c-0-2", "lapsed"): SET_ASIDE_UNTIL + after,
        ("c-1-0", "lapsed"): INCIDENT,
        ("c-1-1", "lapsed"): CHANGED,
    }
    assert kept_by_index == {slug: day for (slug, group), day in first.items() if group != "soon"}
    firings = TriggerFiring.objects.values_list("decision__requirement__criterion__slug", "at")
    assert [(slug, at.date()) for slug, at in firings] == [("c-1-0", INCIDENT), ("c-1-1", CHANGED)]
    assert {row.requirement.criterion.slug for row in rows} == {slug for slug, _ in first}
