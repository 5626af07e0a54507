"""A year, day by day: each reminder goes out once, on the day when it is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from readiness.decisions.actions import refresh_due_standings
from readiness.models import How, Kind, Mail, Notice, Requirement
from readiness.notices.actions import set_how
from readiness.notices.jobs import remind
from tests import factory
from tests.factory import NOW, make_decision

pytestmark = pytest.mark.one_database


@pytest.fixture
def owner(component):
    return factory.make_user("owner", team=component.team)


@pytest.fixture
def decided(component, owner):
    """One refusal until June, one thing to build by March, one without a date, one set aside."""
    Requirement.objects.update(owner=owner)
    make_decision(component, "c-0-0", "wont_build", by=owner, revisit_date=date(2027, 2, 10))
    make_decision(component, "c-0-1", "build", by=owner, due_date=date(2027, 3, 1))
    make_decision(component, "c-0-2", "build", by=owner)
    make_decision(component, "c-1-0", "not_applicable", by=owner, revisit_date=date(2027, 6, 30))
    make_decision(component, "c-1-1", "done", by=owner)


def live(time_machine, days, start=NOW, hour=9):
    """Let days pass, with the jobs of each; return what came on which day."""
    came = []
    for number in range(days):
        moment = (start + timedelta(days=number)).replace(hour=hour, minute=0)
        time_machine.move_to(moment, tick=False)
        before = Mail.objects.filter(sent_at__isnull=False).count()
        refresh_due_standings()
        remind()
        if (sent := Mail.objects.filter(sent_at__isnull=False).count()) > before:
            came.append(timezone.localdate())
            remind()
            assert Mail.objects.filter(sent_at__isnull=False).count() == sent
    return came


DUE = [
    (date(2027, 1, 27), "due_soon", "c-0-0"),
    (date(2027, 2, 7), "due_soon", "c-0-0"),
    (date(2027, 2, 11), "lapsed", "c-0-0"),
    (date(2027, 2, 15), "due_soon", "c-0-1"),
    (date(2027, 2, 26), "due_soon", "c-0-1"),
    (date(2027, 3, 2), "overdue", "c-0-1"),
    (date(2027, 6, 16), "due_soon", "c-1-0"),
    (date(2027, 6, 27), "due_soon", "c-1-0"),
    (date(2027, 7, 1), "lapsed", "c-1-0"),
]


def told():
    rows = Notice.objects.order_by("sent_at", "pk").select_related("requirement__criterion")
    return [
        (timezone.localdate(n.sent_at), n.kind, n.requirement.criterion.slug)
        for n in rows
        if n.sent_at
    ]


@pytest.mark.parametrize("how", [How.DAILY, How.IMMEDIATE])
def test_a_year_brings_each_reminder_once_on_its_day(decided, owner, time_machine, mailoutbox, how):
    time_machine.move_to(NOW, tick=False)
    set_how(user=owner, how=how, now=NOW)

    came = live(time_machine, 365)

    assert told() == DUE
    assert came == [on for on, _, _ in DUE]
    assert [mail.to for mail in mailoutbox] == [["owner@example.org"]] * len(DUE)


def test_weekly_digests_come_on_mondays_and_say_only_what_still_holds(
    decided, owner, time_machine, mailoutbox
):
    time_machine.move_to(NOW, tick=False)
    set_how(user=owner, how=How.WEEKLY, now=NOW)

    came = live(time_machine, 365)

    assert {on.weekday() for on in came} == {0}
    # The reminder of the 27th of January, a Wednesday, is told on the first of February.
    assert came[0] == date(2027, 2, 1)
    # The one of Sunday, the 7th of February, on Monday; that it lapsed on the 11th, on the 15th.
    assert told()[1:4] == [
        (date(2027, 2, 8), "due_soon", "c-0-0"),
        (date(2027, 2, 15), "lapsed", "c-0-0"),
        (date(2027, 2, 15), "due_soon", "c-0-1"),
    ]
    assert len(mailoutbox) == len(came)


def test_nothing_comes_where_nothing_is_due(component, owner, time_machine, mailoutbox):
    make_decision(component, "c-0-2", "build", by=owner)

    assert live(time_machine, 60) == []
    assert mailoutbox == []


def test_who_wants_no_mail_gets_none_and_no_backlog_later(decided, owner, time_machine, mailoutbox):
    set_how(user=owner, how=How.OFF, now=NOW)
    live(time_machine, 200)
    set_how(user=owner, how=How.IMMEDIATE, now=timezone.now())

    live(time_machine, 5, start=NOW + timedelta(days=200))

    assert mailoutbox == []
    assert Notice.objects.filter(channel="off").count() == 6


def test_months_without_a_worker_are_made_up_for_once(decided, owner, time_machine, mailoutbox):
    live(time_machine, 1)

    live(time_machine, 3, start=NOW + timedelta(days=150))

    assert len(mailoutbox) == 1
    assert mailoutbox[0].subject == "Asset router: 1 lapsed, 1 overdue"
    assert {kind for _, kind, _ in told()} == {Kind.LAPSED, Kind.OVERDUE}


def test_who_decides_a_date_is_not_reminded_of_it_at_once(component, owner, time_machine):
    make_decision(component, "c-0-1", "build", by=owner, due_date=NOW.date() + timedelta(days=5))

    live(time_machine, 5)

    assert [on for on, _, _ in told()] == [date(2026, 11, 23)]  # three days, a Monday after eight


def test_a_decision_made_in_time_ends_what_waits(
    decided, owner, component, time_machine, mailoutbox
):
    set_how(user=owner, how=How.WEEKLY, now=NOW)
    live(time_machine, 85)  # until Friday, the 12th of February: it lapsed on the 11th
    mailoutbox.clear()
    assert Notice.objects.filter(channel="", kind="lapsed").count() == 1

    make_decision(component, "c-0-0", "done", by=owner, now=timezone.now())
    live(time_machine, 3, start=NOW + timedelta(days=85))

    assert Notice.objects.get(kind="lapsed").channel == "settled"
    assert [mail.subject for mail in mailoutbox] == ["A decision of Asset router is due soon"]


def test_digests_keep_to_the_clock_of_the_installation(decided, owner, time_machine, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    time_machine.move_to(NOW, tick=False)
    for now, expected in (
        (datetime(2027, 2, 1, 6, 59, tzinfo=UTC), datetime(2027, 2, 1, 7, tzinfo=UTC)),
        (datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ):
        assert set_how(user=owner, how=How.DAILY, now=now).next_at == expected
