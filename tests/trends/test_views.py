from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from readiness.models import Component
from readiness.trends.rollup import roll_up_at
from tests import factory
from tests.factory import NOW

PAGE = "/components/asset-router/trend/"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def html_of(client, **asked):
    return client.get(PAGE, asked).content.decode()


def roll_up(*ago):
    for days in ago:
        roll_up_at(NOW - timedelta(days=days))


def test_shows_the_days_with_what_happened(editor, component, people):
    Component.objects.update(availability_target=Decimal("99.99"))
    roll_up(9, 3)
    factory.make_decision(component, "c-0-0", "done")
    milestone = factory.make_milestone(component, by=people["editor"])
    factory.make_incident(component, title="Stale <routes>", minutes_lost=Decimal("100"))
    roll_up(0)

    html = html_of(editor)

    assert html.count('<svg class="trend"') == 2
    assert "11 November 2026 to 20 November 2026" in html
    assert f'milestone <a href="/components/asset-router/milestones/{milestone.pk}/">' in html
    assert "Stale &lt;routes&gt;, 100 minutes lost" in html
    assert html.count('<th scope="row">') == 3
    assert "budget: 4.3 min" in html


@pytest.mark.parametrize(
    ("asked", "days", "rows"),
    [({}, 90, 3), ({"days": "30"}, 30, 2), ({"days": "365"}, 365, 4), ({"days": "7"}, 90, 3)],
)
def test_range_lives_in_the_address(editor, component, asked, days, rows):
    roll_up(364, 365, 89, 29, 0)

    html = html_of(editor, **asked)

    assert html.count('<th scope="row">') == rows
    assert f'<a href="?days={days}" aria-current="page">' in html


def test_a_milestone_stands_in_for_a_day_that_was_not_written_down(editor, component, people):
    roll_up(0)
    factory.make_milestone(component, by=people["editor"], now=NOW - timedelta(days=4))

    html = html_of(editor)

    assert html.count('<svg class="trend"') == 1
    assert "<td>not known</td>" in html


def test_says_when_the_first_point_comes(editor, component):
    assert "The first point comes tonight" in html_of(editor)

    roll_up(0)
    html = html_of(editor)

    assert "One day is known in this range." in html
    assert ("tonight" in html, '<svg class="trend"' in html) == (False, False)


def test_of_another_component_shows_nothing(editor, component):
    other = factory.make_component(slug="other", team=component.team)
    factory.make_incident(other, title="Elsewhere")
    roll_up(1, 0)

    assert "Elsewhere" not in html_of(editor)


def test_without_target_or_loss_there_is_no_budget(editor, component):
    Component.objects.update(availability_target=None)
    roll_up(1, 0)
    assert "Error budget" not in html_of(editor)

    factory.make_incident(component, minutes_lost=Decimal("2"))
    roll_up(0)
    assert "lost: 2 min" in html_of(editor)


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_as_many_queries_for_many_days(
    editor, component, people, number, django_assert_num_queries
):
    roll_up(*range(number))
    for place in range(min(number, 5)):
        factory.make_incident(component)
        factory.make_milestone(component, by=people["editor"], name=f"Milestone {place}")

    with django_assert_num_queries(7):
        editor.get(PAGE)


def test_more_leads_there(editor, component):
    assert f'href="{PAGE}"' in editor.get("/components/asset-router/").content.decode()
