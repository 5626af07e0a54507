from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.models import User
from readiness.portfolio.weeks import weeks_of
from readiness.trends.rollup import roll_up_at
from tests import factory
from tests.factory import NOW

pytestmark = pytest.mark.usefixtures("people")
PAGE = "/portfolio/trends/"
MONDAY = date(2026, 11, 16)


def told(teams, number=26, now=NOW):
    return [
        (week.monday, week.components, week.counts.in_words())
        for week in weeks_of([team.pk for team in teams], number=number, now=now)
    ]


@pytest.fixture
def other(component):
    """A component of another team that everybody may read, and three weeks of both."""
    other = factory.make_component(
        slug="other", team=factory.make_team("other"), visible_to_organisation=True
    )
    for weeks in (3, 2, 1):
        roll_up_at(NOW - timedelta(weeks=weeks))
    return other


def test_teams_together_week_by_week(component, other):
    assert told([component.team, other.team]) == [
        (MONDAY - timedelta(weeks=weeks), 2, ["12 undecided"]) for weeks in (3, 2, 1, 0)
    ]
    assert [week[1] for week in told([component.team])] == [1, 1, 1, 1]


def test_this_week_is_as_it_is_now_and_the_past_stays(component, other):
    factory.make_decision(component, "c-0-0", "done")

    *past, now = told([component.team])

    assert now == (MONDAY, 1, ["1 done", "5 undecided"])
    assert {words for _, _, [words] in past} == {"6 undecided"}


def test_a_range_is_so_many_weeks_with_this_one(component, other):
    assert [week[0] for week in told([component.team], number=2)] == [
        MONDAY - timedelta(weeks=1),
        MONDAY,
    ]


def test_the_sums_are_of_one_s_own_teams_and_the_page_says_so(component, other, editor):
    response = editor.get(PAGE)
    html = response.content.decode()

    assert [week.components for week in response.context["weeks"]][1:] == [1, 1, 1]
    assert [each.slug for each in response.context["teams"]] == ["edge"]
    assert "but not in these sums" in html
    assert editor.get(f"{PAGE}?team=other").context["team"] is None


def test_a_superuser_sums_up_everything(component, other, login, people):
    User.objects.filter(pk=people["admin"].pk).update(is_superuser=True)

    response = login("admin").get(f"{PAGE}?weeks=104")

    assert [week.components for week in response.context["weeks"]] == [2, 2, 2, 2]
    assert response.context["number"] == 104


def test_without_a_team_it_says_what_belongs_there(component, login):
    assert "You are in no team." in login("stranger").get(PAGE).content.decode()


def test_one_week_is_no_line_yet(component, editor):
    assert "Only this week is known yet." in editor.get(PAGE).content.decode()


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_six_queries_however_many_teams(
    component, people, login, number, django_assert_num_queries, time_machine
):
    time_machine.move_to(NOW)
    User.objects.filter(pk=people["admin"].pk).update(is_superuser=True)
    for n in range(number - 1):
        factory.make_component(slug=f"other-{n}", team=factory.make_team(f"team-{n}"))
    for weeks in (30, 1):
        roll_up_at(NOW - timedelta(weeks=weeks))
    admin = login("admin")

    with django_assert_num_queries(6):
        response = admin.get(f"{PAGE}?weeks=104")

    assert [week.components for week in response.context["weeks"]] == [number] * 3
    assert "trend-standings" in response.content.decode()
