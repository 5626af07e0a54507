from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from readiness.components.queries import counts_of
from readiness.incidents.queries import budget_of
from readiness.models import Component, DailyRollup, WeeklyRollup
from readiness.trends.queries import trend_of
from readiness.trends.rollup import counts_as_json, roll_up, roll_up_at
from tests import factory
from tests.factory import NOW, TODAY


def counts(row):
    return {standing: number for standing, (number, _) in row.counts.items()}


def test_writes_where_each_component_stands(component, people):
    factory.make_decision(component, "c-0-0", "done")
    other = factory.make_component(slug="other", team=component.team)

    assert roll_up_at(NOW) == 2

    row = component.rollups.get()
    assert (row.day, counts(row)) == (TODAY, {"done": 1, "undecided": 5})
    assert row.counts == {
        standing.value: [tally.number, tally.weight]
        for standing, tally in counts_of([component.pk], NOW)[component.pk].by_standing.items()
        if tally.number
    }
    assert counts(other.rollups.get()) == {"undecided": 6}


def test_the_schedule_writes_today(component, time_machine):
    time_machine.move_to(NOW + timedelta(days=3), tick=False)

    roll_up()

    assert component.rollups.get().day == TODAY + timedelta(days=3)


def test_the_day_is_that_of_the_people(component, people):
    late = NOW.replace(hour=22)

    with timezone.override("Asia/Tokyo"):
        roll_up_at(late)
        factory.make_milestone(component, by=people["editor"], now=late - timedelta(days=1))
        trend = trend_of(component, days=9, today=TODAY + timedelta(days=1))

    assert component.rollups.get().day == TODAY + timedelta(days=1)
    assert [point.day for point in trend.points] == [TODAY, TODAY + timedelta(days=1)]
    assert [mark.day for mark in trend.milestones] == [TODAY]


def test_a_day_is_as_it_was_written_down_whatever_was_frozen_on_it(component, people):
    factory.make_milestone(component, by=people["editor"], now=NOW)
    factory.make_decision(component, "c-0-0", "done")
    roll_up_at(NOW)

    (point,) = trend_of(component, days=9, today=TODAY).points

    assert counts_as_json(point.counts) == component.rollups.get().counts


def test_a_later_look_of_the_day_replaces_the_row_and_the_next_day_adds_one(component, people):
    roll_up_at(NOW)
    roll_up_at(NOW)
    factory.make_decision(component, "c-0-0", "done")
    roll_up_at(NOW + timedelta(hours=2))

    assert counts(component.rollups.get()) == {"done": 1, "undecided": 5}

    roll_up_at(NOW + timedelta(days=1))
    assert [row.day for row in component.rollups.all()] == [TODAY, TODAY + timedelta(days=1)]


def test_a_standing_whose_date_has_come_counts_as_what_it_is_then(component, people):
    factory.make_decision(component, "c-0-0", "build", due_date=TODAY + timedelta(days=1))

    roll_up_at(NOW + timedelta(days=1))
    roll_up_at(NOW + timedelta(days=2))

    gap, overdue = component.rollups.all()
    assert counts(gap) == {"gap": 1, "undecided": 5}
    assert counts(overdue) == {"overdue": 1, "undecided": 5}


def test_minutes_are_those_of_the_component_s_own_window(component, people):
    year = factory.make_component(slug="year", team=component.team, availability_window_days=365)
    for each in (component, year):
        for days, minutes in ((1, "2.5"), (29, "1"), (31, "40"), (364, "3"), (366, "70")):
            factory.make_incident(
                each, started_at=NOW - timedelta(days=days), minutes_lost=Decimal(minutes)
            )
        factory.make_incident(each)

    roll_up_at(NOW)

    lost = {each: each.rollups.get().minutes_lost for each in (component, year)}
    assert list(lost.values()) == [Decimal("3.5"), Decimal("46.5")]
    for each, minutes in lost.items():
        assert budget_of(each, NOW).lost == timedelta(minutes=float(minutes))


def test_an_archived_component_gets_no_row_and_keeps_its_own(component, people):
    roll_up_at(NOW)
    Component.objects.update(archived_at=NOW)

    assert roll_up_at(NOW + timedelta(days=1)) == 0
    assert list(DailyRollup.objects.values_list("day", flat=True)) == [date(2026, 11, 20)]


def weeks():
    return {
        (row.team.slug, row.week): (row.components, counts(row))
        for row in WeeklyRollup.objects.select_related("team")
    }


def test_a_week_of_a_team_is_what_its_components_came_to_at_the_last_look(component, people):
    factory.make_component(slug="second", team=component.team)
    factory.make_component(slug="foreign", team=factory.make_team("other"))
    factory.make_decision(component, "c-0-0", "done")

    roll_up_at(NOW - timedelta(days=4))  # the Monday before that Friday
    before = weeks()
    factory.make_decision(component, "c-0-1", "done")
    roll_up_at(NOW)
    roll_up_at(NOW + timedelta(days=3))

    first, second = date(2026, 11, 16), date(2026, 11, 23)
    assert before == {
        ("edge", first): (2, {"done": 1, "undecided": 11}),
        ("other", first): (1, {"undecided": 6}),
    }
    assert weeks() == {
        ("edge", first): (2, {"done": 2, "undecided": 10}),
        ("other", first): (1, {"undecided": 6}),
        ("edge", second): (2, {"done": 2, "undecided": 10}),
        ("other", second): (1, {"undecided": 6}),
    }
    assert WeeklyRollup.objects.earliest("pk").counts["done"][0] == 2


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_five_queries_and_its_transaction(component, number, django_assert_num_queries):
    for place in range(number - 1):
        factory.make_component(slug=f"other-{place}", team=component.team)

    with django_assert_num_queries(7):
        assert roll_up_at(NOW) == number
