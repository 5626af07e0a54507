"""What a drill proves and for how long; how long each step took."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.drills.rules import (
    Age,
    age_of,
    days_overdue,
    last_good_day,
    legs,
    moment_of,
    outage,
    worst,
)
from tests.factory import NOW, TODAY


def minutes(number):
    return timedelta(minutes=number)


def stamps(**after):
    return {kind: NOW + minutes(number) for kind, number in after.items()}


@pytest.mark.parametrize(
    ("term", "days", "age"),
    [
        (90, 0, "fresh"),
        (90, 59, "fresh"),
        (90, 60, "ageing"),
        (90, 90, "ageing"),
        (90, 91, "stale"),
        (100, 66, "fresh"),
        (100, 67, "ageing"),
        (1, 0, "fresh"),
        (1, 1, "ageing"),
        (1, 2, "stale"),
    ],
)
def test_it_ages_from_two_thirds_of_its_term_and_is_stale_after_it(term, days, age):
    ended = TODAY - timedelta(days=days)

    assert age_of(passed=True, ended_on=ended, term_days=term, today=TODAY) == age
    assert age_of(passed=False, ended_on=ended, term_days=term, today=TODAY) is Age.FAILED
    assert (days_overdue(ended, term, TODAY) > 0) == (age == "stale")


def test_the_last_good_day_is_the_day_before_it_is_stale():
    last = last_good_day(date(2026, 1, 1), 90)

    assert last == date(2026, 4, 1)
    assert age_of(passed=True, ended_on=date(2026, 1, 1), term_days=90, today=last) is Age.AGEING
    assert days_overdue(date(2026, 1, 1), 90, last + timedelta(days=3)) == 3


def test_the_worst_is_heard_of_first():
    assert worst([Age.FRESH, Age.STALE, Age.FAILED]) is Age.FAILED
    assert worst([Age.AGEING, Age.FRESH]) is Age.AGEING
    assert worst([]) is None


class TestLegs:
    def test_are_measured_from_the_start_and_from_the_one_before(self):
        found = legs(stamps(started=0, noticed=2, understood=5, mitigated=9, recovered=20))

        assert [(leg.stamp, leg.after, leg.took) for leg in found] == [
            ("noticed", minutes(2), minutes(2)),
            ("understood", minutes(5), minutes(3)),
            ("mitigated", minutes(9), minutes(4)),
            ("recovered", minutes(20), minutes(11)),
        ]

    def test_leave_out_what_nobody_stamped(self):
        found = legs(stamps(started=0, mitigated=9))

        assert [(leg.words, leg.took) for leg in found] == [("To mitigate", minutes(9))]

    def test_never_take_less_than_no_time(self):
        found = legs(stamps(started=10, noticed=8, understood=14, mitigated=12, recovered=15))

        assert [leg.after for leg in found] == [minutes(n) for n in (0, 4, 2, 5)]
        assert [leg.took for leg in found] == [minutes(n) for n in (0, 4, 0, 1)]

    def test_need_a_start(self):
        assert legs(stamps(noticed=2)) == []


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        ({"started": 0, "mitigated": 9, "recovered": 20}, 9),
        ({"started": 0, "recovered": 20}, 20),
        ({"started": 5, "mitigated": 4}, 0),
        ({"started": 0, "noticed": 3}, None),
        ({"mitigated": 9}, None),
    ],
)
def test_an_outage_lasts_until_users_are_served(after, lost):
    assert outage(stamps(**after)) == (None if lost is None else minutes(lost))


@pytest.mark.parametrize(
    ("age", "earliest", "at"),
    [
        (5, 60, 5),
        (-5, 60, 0),
        (90, 60, 60),
        # A drill that is to begin only later moves nothing into the future.
        (5, -10, 0),
    ],
)
def test_a_moment_is_never_in_the_future_nor_before_the_drill(age, earliest, at):
    found = moment_of(minutes(age), received_at=NOW, earliest=NOW - minutes(earliest))

    assert found == NOW - minutes(at)
