"""Several people at the same moment, with a database connection each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.confidence.actions import RoundClosed, RoundOpen, close_due, close_round, vote
from readiness.models import ConfidenceRound, Role
from tests import factory
from tests.decisions.test_races import at_once
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def test_who_votes_many_times_at_once_has_one_vote():
    component = factory.make_component()
    opened = factory.make_round(component, closed=False)
    voter = factory.make_user(team=component.team, role=Role.VIEWER)
    said = {"opened": opened, "by": voter, "by_topic": {}, "sentence": "", "now": NOW}

    at_once(MANY, lambda n: vote(overall=1 + n % 5, **said))

    assert opened.votes.count() == 1


def test_many_who_vote_at_once_are_all_kept():
    component = factory.make_component()
    opened = factory.make_round(component, closed=False)
    voters = [factory.make_user(team=component.team) for _ in range(MANY)]
    said = {"opened": opened, "overall": 3, "by_topic": {}, "sentence": "", "now": NOW}

    at_once(MANY, lambda n: vote(by=voters[n], **said))

    assert opened.votes.count() == MANY


def test_of_many_who_open_a_round_at_once_one_has_it_and_the_others_are_told():
    component = factory.make_component()
    people = [factory.make_user(team=component.team) for _ in range(MANY)]

    def act(n):
        try:
            return factory.make_round(component, closed=False, by=people[n]).pk
        except RoundOpen:
            return None

    brought = at_once(MANY, act)

    assert [pk for pk in brought if pk] == [ConfidenceRound.objects.get().pk]


@pytest.mark.parametrize("turn", range(3))
def test_a_vote_while_it_closes_is_in_the_result_or_refused(turn):
    component = factory.make_component()
    opened = factory.make_round(component, closed=False, votes=[3, 3, 3])
    by = factory.make_user(team=component.team)

    def act(n):
        try:
            if n == 0:
                close_round(opened=opened, by=by, now=NOW)
            elif n == 1:
                close_due(ConfidenceRound.objects.all(), now=NOW + timedelta(days=9))
            else:
                voter = factory.make_user(team=component.team)
                said = {"overall": 5, "by_topic": {}, "sentence": "", "now": NOW}
                vote(opened=opened, by=voter, **said)
                return "kept"
        except RoundClosed:
            return "told"
        return "closed"

    brought = at_once(MANY, act)

    opened.refresh_from_db()
    kept = brought.count("kept")
    assert opened.result["voters"] == opened.votes.count() == 3 + kept
    assert opened.result["overall"] == [0, 0, 3, 0, kept]
    assert opened.salt == ""
