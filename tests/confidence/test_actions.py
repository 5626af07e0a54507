"""Rounds open, take votes and close."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from readiness.confidence.actions import (
    RoundClosed,
    RoundOpen,
    close_due,
    close_due_rounds,
    close_round,
    open_round,
    vote,
)
from readiness.confidence.queries import own_vote, progress_of, result_of_closed
from readiness.models import ConfidenceRound, ConfidenceVote, User
from tests import factory
from tests.factory import NOW

LATER = NOW + timedelta(hours=1)


def answer(opened, by, overall=3, *, now=LATER, **said):
    least = {"by_topic": {}, "sentence": ""}
    vote(opened=opened, by=by, overall=overall, now=now, **(least | said))


@pytest.fixture
def opened(component, people):
    return factory.make_round(component, closed=False, by=people["editor"])


def test_one_round_is_open_at_a_time_and_who_comes_second_is_told(component, people, opened):
    with pytest.raises(RoundOpen, match=r"Editor has a round open: Tonight\? One at a time\."):
        factory.make_round(component, closed=False, by=people["admin"], now=LATER)

    assert ConfidenceRound.objects.get() == opened


def test_the_database_refuses_a_second_open_round(component, people, opened):
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfidenceRound.objects.create(
            component=component, opened_by=people["editor"], opened_at=NOW, closes_at=LATER
        )


def test_rounds_of_two_components_are_open_at_once(opened):
    factory.make_round(factory.make_component(slug="other"), closed=False)

    assert ConfidenceRound.objects.filter(closed_at=None).count() == 2


def test_voting_again_replaces_ones_own_vote(opened, people):
    answer(opened, people["viewer"], 1, sentence="Practise.", by_topic={"t-0": 2})
    answer(opened, people["editor"], 4)
    answer(opened, people["viewer"], 5)

    assert sorted(opened.votes.values_list("overall", "sentence")) == [(4, ""), (5, "")]
    assert own_vote(opened, people["viewer"]).by_topic == {}
    assert own_vote(opened, people["admin"]) is None
    assert (progress_of(opened).voted, progress_of(opened).members) == (2, 4)


def test_members_are_those_who_can_sign_in_and_whoever_voted_before_they_left(
    component, opened, people
):
    members = component.team.memberships
    User.objects.filter(pk=people["approver"].pk).update(is_active=False)
    assert (progress_of(opened).voted, progress_of(opened).members) == (0, 3)

    answer(opened, people["viewer"])
    answer(opened, people["editor"])
    members.exclude(user=people["admin"]).delete()

    assert (progress_of(opened).voted, progress_of(opened).members) == (2, 2)


@pytest.mark.parametrize(
    "said",
    [{"overall": 0}, {"overall": 6}, {"by_topic": {"t-0": 9}}, {"by_topic": {"elsewhere": 3}}],
)
def test_an_answer_that_there_is_not_is_refused(opened, people, said):
    with pytest.raises(ValueError, match="no such answer"):
        answer(opened, people["viewer"], **said)

    assert not opened.votes.exists()


def test_closed_by_hand_says_who_and_when(opened, people):
    for name, overall in (("viewer", 2), ("editor", 4), ("admin", 4)):
        answer(opened, people[name], overall, sentence=f"Says {name}.")

    close_round(opened=opened, by=people["editor"], now=LATER)

    opened.refresh_from_db()
    assert (opened.closed_at, opened.closed_by, opened.salt) == (LATER, people["editor"], "")
    assert opened.result["mean"] == 3.33
    assert opened.result["overall"] == [0, 1, 0, 2, 0]
    with pytest.raises(RoundClosed):
        close_round(opened=opened, by=people["admin"], now=LATER)


@pytest.mark.parametrize("act", ["vote", "close", "open", "tick"])
def test_a_round_whose_time_is_up_is_closed_for_good_by_whatever_comes_next(
    component, people, opened, act
):
    answer(opened, people["viewer"], 5)
    late = opened.closes_at + timedelta(minutes=5)

    if act == "vote":
        with pytest.raises(RoundClosed):
            answer(opened, people["viewer"], 1, now=late)
    elif act == "close":
        with pytest.raises(RoundClosed):
            close_round(opened=opened, by=people["editor"], now=late)
    elif act == "open":
        factory.make_round(component, closed=False, by=people["admin"], now=late)
    else:
        assert close_due(ConfidenceRound.objects.all(), now=late) == 1

    opened.refresh_from_db()
    assert (opened.closed_at, opened.closed_by) == (opened.closes_at, None)
    assert (opened.salt, opened.result["voters"]) == ("", 1)
    assert opened.votes.get().overall == 5


def test_the_schedule_closes_only_what_had_its_time(opened, time_machine):
    time_machine.move_to(opened.closes_at - timedelta(seconds=1), tick=False)
    close_due_rounds()
    assert ConfidenceRound.objects.get().closed_at is None

    time_machine.move_to(opened.closes_at, tick=False)
    close_due_rounds()
    assert ConfidenceRound.objects.get().closed_at == opened.closes_at


def test_what_shows_before_it_is_written_is_what_is_written(component):
    opened = factory.make_round(component, closed=False, votes=[1, 2, {"overall": 4}])
    before = result_of_closed(opened)

    close_due(ConfidenceRound.objects.all(), now=opened.closes_at)

    assert result_of_closed(ConfidenceRound.objects.get()) == before


def test_topics_are_those_that_were_asked(component, people):
    topics = component.catalog.topics.filter(slug="t-1")
    said = [{"overall": 3, "by_topic": {"t-1": 2}}] * 3

    found = factory.make_round(component, topics=topics, votes=said)

    assert [each["slug"] for each in found.result["topics"]] == ["t-1"]


def test_what_was_said_of_a_round_does_not_depend_on_when_it_is_told(component, people):
    """Rounds can be told in the past, as the demo does."""
    past = NOW - timedelta(days=100)
    found = factory.make_round(component, votes=[4, 4, 4], now=past)

    assert (found.closed_at, found.result["mean"]) == (past, 4.0)
    assert open_round(
        component=component,
        question="Now?",
        topics=[],
        is_named=True,
        closes_at=LATER,
        by=people["editor"],
        now=NOW,
    ).is_open_at(NOW)


def test_votes_of_a_round_with_names_keep_them(component, people):
    opened = factory.make_round(component, closed=False, is_named=True)
    answer(opened, people["viewer"], 2)
    close_round(opened=opened, by=people["editor"], now=LATER)

    assert ConfidenceVote.objects.get().voter == User.objects.get(username="viewer")
