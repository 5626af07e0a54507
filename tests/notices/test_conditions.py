"""The owner of a condition of a go hears of it before its day and on it, until it is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from readiness.milestones.actions import close_condition
from readiness.models import Channel, Kind, Membership, MilestoneCondition, Notice
from readiness.notices.causes import conditions
from readiness.notices.collect import collect
from tests import factory
from tests.factory import NOW

DUE = date(2026, 12, 20)


@pytest.fixture(autouse=True)
def condition(component, people):
    milestone = factory.make_milestone(component, by=people["editor"])
    by = people["approver"]
    factory.make_conditions(milestone, by=by, owner=people["editor"], due_date=DUE)
    return MilestoneCondition.objects.get()


def at(left):
    """Noon, so many days before it is due."""
    return datetime(2026, 12, 20, 12, tzinfo=UTC) - timedelta(days=left)


def close(condition, by):
    close_condition(condition=condition, evidence="Done.", by=by, now=at(1))


@pytest.mark.parametrize(
    ("left", "lead"), [(15, None), (14, 14), (4, 14), (3, 3), (1, 3), (0, 0), (-40, 0)]
)
def test_holds_from_each_lead_time_on_and_from_its_day(condition, left, lead):
    expected = [] if lead is None else [f"condition/{condition.pk}/{lead}"]

    assert [cause.key for cause in conditions(at(left))] == expected


def test_says_what_by_when_and_where(condition):
    (cause,) = conditions(at(0))

    name = condition.verdict.milestone.name
    assert cause.text == f"Rehearse the failover. By 20 December 2026, a condition of {name}."
    assert cause.path == f"/components/asset-router/milestones/{condition.verdict.milestone_id}/"


def test_is_told_to_the_owner_once_before_and_once_on_the_day(people):
    for left in (20, 14, 13, 3, 2, 0, 0, -1, -30):
        collect(at(left))

    told = Notice.objects.filter(kind=Kind.CONDITION)
    assert [notice.user.username for notice in told] == ["editor"] * 3


def test_of_an_owner_who_left_the_team_goes_to_its_approvers(people):
    Membership.objects.filter(user=people["editor"]).delete()

    collect(at(0))

    told = Notice.objects.filter(kind=Kind.CONDITION).values_list("user__username", flat=True)
    assert sorted(told) == ["admin", "approver"]


def test_what_is_closed_is_told_no_more_and_what_waits_is_taken_back(condition, people):
    collect(at(3))
    close(condition, people["editor"])
    collect(at(1))
    collect(at(0))

    assert Notice.objects.get(kind=Kind.CONDITION).channel == Channel.SETTLED


def test_a_verdict_younger_than_the_lead_time_is_known_from_itself(component, people):
    MilestoneCondition.objects.get()  # that of the fixture is due later
    milestone = factory.make_milestone(component, by=people["editor"], name="Soon")
    soon = NOW.date() + timedelta(days=5)
    factory.make_conditions(milestone, by=people["approver"], owner=people["viewer"], due_date=soon)

    days = [(n, [*conditions(NOW + timedelta(days=n))]) for n in range(6)]

    assert [n for n, found in days if found] == [2, 3, 4, 5]


def test_of_an_archived_component_nobody_is_told(component):
    component.archived_at = NOW
    component.save()

    assert [*conditions(at(0))] == []
