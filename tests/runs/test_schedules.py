from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from readiness.models import CheckRun, CheckSchedule, Every, User
from readiness.runs.actions import set_schedule
from readiness.runs.schedules import (
    CronRefused,
    cron_line,
    next_time,
    refuse_too_often,
    run_due,
)
from tests import factory

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("every", "own", "expected"),
    [
        (Every.OFF, "", None),
        (Every.HOURLY, "", datetime(2026, 11, 20, 12, 7, tzinfo=UTC)),
        (Every.DAILY, "", datetime(2026, 11, 21, 5, 7, tzinfo=UTC)),
        (Every.WEEKLY, "", datetime(2026, 11, 23, 5, 7, tzinfo=UTC)),
        (Every.CRON, "30 6 * * 1-5", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        (Every.CRON, "0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_next_time_is_the_first_after_now(every, own, expected):
    assert next_time(cron_line(every, own), NOW) == expected


def test_next_time_is_told_by_the_clock_of_the_installation(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    summer = datetime(2026, 7, 1, tzinfo=UTC)

    assert next_time("7 5 * * *", NOW) == datetime(2026, 11, 21, 4, 7, tzinfo=UTC)
    assert next_time("7 5 * * *", summer) == datetime(2026, 7, 1, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "Five fields"),
        ("* * * * * *", "Five fields"),
        ("61 * * * *", "no cron line"),
        ("0 0 31 2 *", "no cron line"),
        ("0 0 31 4,6 *", "no cron line"),
        ("* * * * *", "every five minutes at most"),
        ("*/4 * * * *", "every five minutes at most"),
        ("0,1 5 * * *", "every five minutes at most"),
        ("", "Five fields"),
    ],
)
def test_lines_that_cannot_be_kept_are_refused(line, reason):
    with pytest.raises(CronRefused, match=reason):
        refuse_too_often(line, NOW)


def test_five_minutes_are_seldom_enough():
    refuse_too_often("*/5 * * * *", NOW)


def schedule(component, every=Every.DAILY, now=NOW):
    by = User.objects.first() or factory.make_user("ada")
    return set_schedule(component=component, every=every, cron="", by=by, now=now)


def test_a_run_is_asked_for_when_its_time_has_come_and_once_however_many_were_missed(
    component, time_machine
):
    schedule(component)
    time_machine.move_to(NOW + timedelta(hours=16), tick=False)
    run_due()
    assert not CheckRun.objects.exists()

    time_machine.move_to(NOW + timedelta(days=9), tick=False)
    run_due()
    run_due()

    run = CheckRun.objects.get()
    assert (run.trigger, run.requested_by) == ("schedule", None)
    kept = CheckSchedule.objects.get()
    assert (kept.last_at, kept.next_at) == (
        NOW + timedelta(days=9),
        datetime(2026, 11, 30, 5, 7, tzinfo=UTC),
    )


def test_two_workers_that_look_at_once_ask_once(component, time_machine, monkeypatch):
    schedule(component)
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    seen = list(CheckSchedule.objects.select_related("component__team"))
    run_due()
    CheckRun.objects.all().delete()
    monkeypatch.setattr(CheckSchedule.objects, "select_related", lambda *_: Stale(seen))

    run_due()

    assert not CheckRun.objects.exists()


class Stale(list):
    """What the other worker had read before."""

    def filter(self, **_):
        return self


def test_components_whose_time_is_the_same_run_together(component, time_machine):
    other = factory.make_component(slug="other", catalog=component.catalog)
    for each in (component, other):
        schedule(each)
    time_machine.move_to(NOW + timedelta(days=1), tick=False)

    run_due()

    tokens = set(CheckRun.objects.values_list("together", flat=True))
    assert CheckRun.objects.count() == 2
    assert len(tokens) == 1
    assert tokens != {""}


def test_what_is_off_or_archived_does_not_run(component, time_machine):
    schedule(component)
    schedule(component, Every.OFF)
    other = factory.make_component(slug="other", catalog=component.catalog)
    schedule(other)
    other.archived_at = NOW
    other.save()
    time_machine.move_to(NOW + timedelta(days=3), tick=False)

    run_due()

    assert not CheckRun.objects.exists()
