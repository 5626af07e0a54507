"""Open confidence rounds that somebody has not answered wait in their queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.confidence.actions import vote
from readiness.models import Component, User
from tests import factory
from tests.factory import NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def opened(component, people):
    return factory.make_round(component, closed=False, by=people["admin"])


def answer(opened, by):
    vote(opened=opened, by=by, overall=1, by_topic={}, sentence="", now=NOW)


def asked(client, query=""):
    return [each.component.slug for each in client.get(f"/queue/{query}").context["rounds"]]


def test_a_member_is_asked_until_the_own_answer_is_kept(login, people, opened):
    viewer = login("viewer")
    answer(opened, people["editor"])

    html = viewer.get("/queue/").content.decode()
    assert '<a href="/components/asset-router/confidence/#current">Tonight?</a>' in html
    assert "Asset router. Admin asks until 23 November 2026, 12:00 UTC." in html
    assert "Nothing waits for you." not in html

    answer(opened, people["viewer"])
    assert "Nothing waits for you." in viewer.get("/queue/").content.decode()


def test_it_waits_for_a_person_not_for_a_team(login, opened):
    assert asked(login("editor")) == ["asset-router"]
    assert asked(login("editor"), "?of=team:edge") == []
    assert asked(login("editor"), "?of=everybody") == []


def test_nobody_is_asked_who_may_not_answer(login, people, opened):
    Component.objects.update(visible_to_organisation=True)
    User.objects.filter(username="stranger").update(is_superuser=True)

    assert asked(login("stranger")) == []


@pytest.mark.parametrize("over", ["time", "archived"])
def test_a_round_that_is_over_asks_nobody(login, opened, time_machine, over):
    if over == "archived":
        Component.objects.update(archived_at=NOW)
    else:
        time_machine.move_to(opened.closes_at, tick=False)

    assert asked(login("editor")) == []


def test_the_first_to_close_stands_first(login, component, people, opened):
    other = factory.make_component(slug="other", team=component.team)
    factory.make_round(other, closed=False, closes_at=NOW + timedelta(hours=1))

    assert asked(login("editor")) == ["other", "asset-router"]


@pytest.mark.parametrize("number", [1, 3, 20])
def test_takes_as_many_queries_however_many(
    login, component, people, number, django_assert_num_queries
):
    for n in range(number):
        each = factory.make_component(slug=f"c{n}", team=component.team)
        factory.make_round(each, closed=False, votes=[3, 3])
    editor = login("editor")

    with django_assert_num_queries(7):
        assert len(asked(editor)) == number
