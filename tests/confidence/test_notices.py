"""Members are told once that a round opened, and once that it closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.confidence.actions import close_due, close_round, vote
from readiness.models import (
    Channel,
    Component,
    ConfidenceRound,
    Delivery,
    Kind,
    Notice,
    WebhookKind,
)
from readiness.notices.actions import create_webhook
from readiness.notices.collect import collect
from tests import factory
from tests.factory import NOW

LATER = NOW + timedelta(hours=1)
MEMBERS = ["admin", "approver", "editor", "viewer"]


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def text_of(kind):
    return Notice.objects.filter(kind=kind).first().text


@pytest.fixture
def opened(component, people):
    return factory.make_round(component, closed=False, by=people["editor"])


def test_everybody_in_the_team_is_told_of_an_open_round_once(opened, people):
    for _ in range(2):
        collect(LATER)

    assert told(Kind.ROUND_OPENED) == MEMBERS
    assert text_of(Kind.ROUND_OPENED) == (
        "Editor asks until 23 November 2026, 12:00 UTC: Tonight? It is blind."
    )


def test_who_has_answered_is_told_like_everybody_else(opened, people):
    vote(opened=opened, by=people["viewer"], overall=3, by_topic={}, sentence="", now=NOW)

    collect(LATER)

    assert told(Kind.ROUND_OPENED) == MEMBERS


def test_nobody_is_asked_in_a_round_that_is_closed(opened, people):
    collect(LATER)
    close_round(opened=opened, by=people["editor"], now=LATER)
    collect(LATER)

    asked = Notice.objects.filter(kind=Kind.ROUND_OPENED)
    assert set(asked.values_list("channel", flat=True)) == {Channel.SETTLED}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([4, 4, 5], "Tonight? 3 of 4 answered, 4.3 of 5 on average."),
        ([4, 5], "Tonight? 2 of 4 answered, too few to show anything."),
    ],
)
def test_everybody_is_told_once_what_came_of_it(opened, people, answers, words):
    for name, overall in zip(MEMBERS, answers, strict=False):
        vote(opened=opened, by=people[name], overall=overall, by_topic={}, sentence="", now=NOW)
    close_due(ConfidenceRound.objects.all(), now=opened.closes_at)

    for _ in range(2):
        collect(opened.closes_at)

    assert told(Kind.ROUND_CLOSED) == MEMBERS
    assert text_of(Kind.ROUND_CLOSED) == words


def test_old_rounds_and_those_of_archived_components_are_no_news(component, people):
    factory.make_round(component, votes=[3, 3, 3], now=NOW - timedelta(days=3))
    collect(NOW)
    assert told(Kind.ROUND_CLOSED) == []

    factory.make_round(component, votes=[3, 3, 3], now=NOW)
    Component.objects.update(archived_at=NOW)
    collect(NOW)
    assert told(Kind.ROUND_CLOSED) == []


def test_a_webhook_is_told_under_a_name_of_its_own(opened, people):
    create_webhook(
        team=opened.component.team,
        name="Ours",
        url="https://hooks.example.org/",
        kind=WebhookKind.GENERIC,
        causes=[Kind.ROUND_OPENED],
        allow_private=False,
        by=people["admin"],
        now=NOW - timedelta(days=1),
    )

    collect(LATER)

    delivery = Delivery.objects.get()
    assert delivery.event == "confidence.opened"
    assert f"/confidence/{opened.pk}/" in delivery.body
