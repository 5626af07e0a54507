from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.components.queries import counts_of
from readiness.confidence.actions import vote
from readiness.models import Component, DailyRollup
from readiness.trends.rollup import roll_up_at
from readiness.trends.sparkline import settled_by_week, sparkline
from tests import factory
from tests.factory import NOW, TODAY

pytestmark = pytest.mark.usefixtures("people")


def page_of(client):
    return client.get("/").content.decode()


def test_after_the_login_one_is_there(client, people):
    people["editor"].set_password("secret")
    people["editor"].save()

    response = client.post("/login/", {"username": "editor", "password": "secret"})

    assert response.headers["Location"] in ("/", "/first-steps/")


def test_shows_my_queue_and_my_teams_components(component, people, editor):
    factory.make_component(slug="foreign", team=factory.make_team("other"),
                           visible_to_organisation=True)  # fmt: skip
    factory.make_decision(component, "c-0-0", "build", by=people["editor"], now=timezone.now(),
                          due_date=timezone.localdate())  # fmt: skip

    html = page_of(editor)

    assert "To be built by" in html
    assert '<a href="/queue/">All 1</a>' in html
    assert "/components/asset-router/" in html
    assert "/components/foreign/" not in html


def test_those_that_need_attention_come_first_and_the_rest_is_a_click_away(
    component, editor, time_machine
):
    time_machine.move_to(NOW + timedelta(days=3))
    for n in range(13):
        factory.make_component(slug=f"a-{n:02}", team=component.team)
    factory.make_decision(component, "c-0-0", "build", due_date=TODAY)

    response = editor.get("/")

    assert [row.component.slug for row in response.context["rows"]][:2] == ["asset-router", "a-00"]
    assert len(response.context["rows"]) == 12
    html = response.content.decode()
    assert "14 components" in html
    assert "1 needs attention" in html
    assert '<a href="/components/">All components</a>' in html


def test_an_open_round_of_my_teams_is_offered_until_i_have_answered(component, editor, people):
    asked = factory.make_round(component, closed=False, now=timezone.now())
    foreign = factory.make_component(slug="foreign", team=factory.make_team("other"))
    factory.make_round(foreign, closed=False, now=timezone.now(), question="Theirs?")

    html = page_of(editor)

    assert "Tonight?" in html
    assert "Theirs?" not in html

    vote(opened=asked, by=people["editor"], overall=3, by_topic={}, sentence="", now=timezone.now())
    assert "Tonight?" not in page_of(editor)


def test_without_a_team_or_a_component_it_says_what_belongs_there(component, login, editor):
    assert "You are in no team yet." in page_of(login("stranger"))
    Component.objects.update(archived_at=NOW)
    assert "Your teams have no component yet." in page_of(editor)
    assert "Add the first component" not in page_of(login("viewer"))


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_eleven_queries_however_many(
    component, editor, people, number, django_assert_num_queries
):
    for n in range(number - 1):
        factory.make_component(slug=f"other-{n}", team=component.team)
    for each in Component.objects.all():
        factory.make_decision(each, "c-0-0", "build", by=people["editor"], now=timezone.now(),
                              due_date=timezone.localdate())  # fmt: skip

    with django_assert_num_queries(11):
        response = editor.get("/")

    assert response.context["waiting"] == number
    assert len(response.content) < 40_000


class TestSparkline:
    def test_is_the_share_that_was_settled_a_day_a_week_and_today_s(self, component):
        other = factory.make_component(slug="other", team=component.team)
        for days in (0, 7, 8, 77, 84, 85, 91):
            roll_up_at(NOW - timedelta(days=days))
        factory.make_decision(component, "c-0-0", "done")

        ids = [component.pk, other.pk]
        found = settled_by_week(counts_of(ids, NOW), TODAY)

        assert found[component.pk] == [(12, 0.0), (11, 0.0), (1, 0.0), (0, 1 / 6)]
        assert [week for week, _ in found[other.pk]] == [12, 11, 1, 0]

    def test_a_decision_shows_at_its_end_at_once(self, component, editor):
        factory.make_decision(component, "c-0-0", "done")
        DailyRollup.objects.create(
            component=component,
            day=timezone.localdate() - timedelta(weeks=1),
            counts={"undecided": [6, 12]},
            minutes_lost=0,
        )

        assert "Settled: 0% 1 week ago, 17% today" in editor.get("/components/").content.decode()
        assert "Settled: 0% 1 week ago, 17% today" in page_of(editor)

    def test_a_single_point_is_no_line(self):
        assert sparkline([(0, 0.5)]) == ""
        assert sparkline([]) == ""

    def test_is_drawn_from_the_bottom_to_the_top(self):
        drawn = sparkline([(12, 0.0), (6, 0.5), (0, 1.0)])

        assert 'points="3.0,17.0 36.0,10.0 69.0,3.0"' in drawn
        assert 'aria-label="Settled: 0% 12 weeks ago, 100% today"' in drawn
