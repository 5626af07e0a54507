"""Who takes part hears of a drill the day before; the team hears when one went stale."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.drills.actions import Plan, change_plan
from readiness.models import Kind, Notice
from readiness.notices.collect import collect
from readiness.notices.drill_causes import drills
from tests import factory
from tests.factory import NOW


def days(number):
    return timedelta(days=number)


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


@pytest.fixture
def rollback(component):
    return factory.make_scenario(term_days=90)


@pytest.fixture
def planned(component, people, rollback):
    return factory.make_drill(
        component, outcome="", ended_at=NOW + days(3), scenario=rollback,
        people={people["viewer"]: "watches"},
    )  # fmt: skip


@pytest.mark.parametrize(("ahead", "number"), [(4, 0), (2, 0), (1, 1), (0.1, 1), (0, 0), (-1, 0)])
def test_a_drill_is_told_of_a_day_before(component, people, rollback, ahead, number):
    factory.make_drill(component, outcome="", ended_at=NOW + days(ahead), scenario=rollback)

    assert len(list(drills(NOW))) == number


def test_it_is_told_once_to_who_takes_part_and_again_when_it_moved(planned, people, rollback):
    for hours in (0, 47, 49, 71, 73):
        collect(NOW + timedelta(hours=hours))
    assert told(Kind.DRILL_SOON) == ["viewer"]
    notice = Notice.objects.get(kind=Kind.DRILL_SOON)
    assert notice.text == "Roll back, 23 November 2026, 12:00 UTC."
    assert notice.path == f"/components/asset-router/drills/{planned.pk}/"

    plan = Plan(rollback, NOW + days(9), people={people["editor"]: "", people["viewer"]: ""})
    change_plan(drill=planned, plan=plan, version=1, by=people["editor"])
    collect(NOW + days(8))

    assert told(Kind.DRILL_SOON) == ["editor", "viewer", "viewer"]


def test_one_that_went_stale_is_told_to_the_team_once(component, people, rollback):
    factory.make_drill(component, ended_at=NOW, scenario=rollback)

    collect(NOW + days(90))
    assert told(Kind.DRILL_STALE) == []
    for ago in (91, 92, 200):
        collect(NOW + days(ago))

    assert told(Kind.DRILL_STALE) == ["admin", "approver", "editor", "viewer"]
    says = "Roll back was last rehearsed on 20 November 2026: that proves nothing any more."
    assert Notice.objects.filter(text=says).count() == 4


def test_nobody_is_told_of_one_that_was_rehearsed_since_or_failed(component, people, rollback):
    factory.make_drill(component, ended_at=NOW, scenario=rollback)
    factory.make_drill(component, ended_at=NOW + days(50), scenario=rollback)
    other = factory.make_scenario("drain", term_days=30)
    factory.make_drill(component, ended_at=NOW, scenario=other, outcome="failed")

    collect(NOW + days(100))

    assert told(Kind.DRILL_STALE) == []


def test_nobody_is_told_of_an_archived_component(component, people, rollback, planned):
    factory.make_drill(component, ended_at=NOW - days(200), scenario=rollback)
    component.archived_at = NOW
    component.save()

    assert list(drills(NOW + days(2.5))) == []


def test_the_number_of_queries_does_not_grow(
    component, people, rollback, django_assert_num_queries
):
    for n in range(20):
        scenario = factory.make_scenario(f"s-{n}", term_days=30)
        factory.make_drill(component, ended_at=NOW - days(40), scenario=scenario)
        factory.make_drill(component, outcome="", ended_at=NOW + days(0.5), scenario=scenario)

    with django_assert_num_queries(4):
        assert len(list(drills(NOW))) == 40
