from __future__ import annotations

import re
from datetime import timedelta

import pytest

from readiness.decisions.sharing import inherit
from readiness.models import Component, Criterion
from readiness.portfolio.refusals import most_refused
from tests import factory
from tests.factory import NOW, TODAY

pytestmark = pytest.mark.usefixtures("people")
PAGE = "/portfolio/refusals/"


@pytest.fixture
def two(component):
    """Both refuse c-0-0; the asset router c-1-0 besides."""
    other = factory.make_component(slug="other", team=factory.make_team("other"),
                                   visible_to_organisation=True)  # fmt: skip
    factory.make_decision(component, "c-0-0", "wont_build", reasoning="We are too *few*.")
    factory.make_decision(other, "c-0-0", "wont_build", reasoning="It costs too much.",
                          now=NOW + timedelta(hours=1))  # fmt: skip
    factory.make_decision(component, "c-1-0", "wont_build")
    factory.make_decision(other, "c-0-1", "not_applicable")
    return component, other


def numbers():
    return {
        each.criterion.slug: (each.number, each.of)
        for each in most_refused(Component.objects.active())
    }


def test_counts_refusals_in_force_of_those_that_have_the_criterion(two):
    assert list(numbers().items()) == [("c-0-0", (2, 2)), ("c-1-0", (1, 2))]

    factory.make_decision(two[0], "c-0-0", "done")

    assert numbers() == {"c-0-0": (1, 2), "c-1-0": (1, 2)}


def test_a_refusal_that_lapsed_is_still_one_and_a_proposal_is_none(two, time_machine):
    time_machine.move_to(NOW + timedelta(days=400))
    high = {"likelihood": 5, "impact": 5, "revisit_date": TODAY + timedelta(days=410)}
    factory.make_decision(two[0], "c-1-1", "wont_build", now=NOW + timedelta(days=400),
                          approved=False, **high)  # fmt: skip

    assert numbers() == {"c-0-0": (2, 2), "c-1-0": (1, 2)}


def test_what_is_retired_or_archived_counts_no_more(two):
    Criterion.objects.filter(slug="c-1-0").update(retired_at=NOW)
    Component.objects.filter(slug="other").update(archived_at=NOW)

    assert numbers() == {"c-0-0": (1, 1)}


def test_what_is_inherited_counts_where_it_was_decided(component, people):
    platform = factory.make_component(slug="platform", team=component.team, is_platform=True)
    component.platforms.add(platform)
    factory.make_decision(platform, "c-0-0", "wont_build")
    inherit(component=component, criterion="c-0-0", platform=platform, seen=None,
            by=people["editor"], now=NOW)  # fmt: skip

    assert numbers() == {"c-0-0": (1, 2)}


def test_opens_to_the_reasonings_side_by_side_the_newest_first(two, editor):
    response = editor.get(f"{PAGE}?criterion=c-0-0")
    html = response.content.decode()

    assert [each.requirement.component.slug for each in response.context["reasons"]] == [
        "other",
        "asset-router",
    ]
    assert "We are too <em>few</em>." in html
    assert "It costs too much." in html
    assert "Refused by 2 of 2" in html
    meters = re.findall(r'<meter min="0" max="(\d+)" value="(\d+)"', html)
    assert meters == [(str(each.of), str(each.number)) for each in response.context["found"]]
    assert meters[-1] == ("2", "1")  # of those that have it, not of the most refused
    assert "Too dear." not in html  # why c-1-0 is


def test_of_what_nobody_refuses_nothing_opens(two, editor):
    assert editor.get(f"{PAGE}?criterion=c-0-2").context["opened"] is None


def test_reads_what_one_may_read_alone(two, login):
    Component.objects.filter(slug="other").update(visible_to_organisation=False)

    response = login("editor").get(f"{PAGE}?criterion=c-0-0")

    assert [(each.criterion.slug, each.number, each.of) for each in response.context["found"]] == [
        ("c-0-0", 1, 1),
        ("c-1-0", 1, 1),
    ]
    assert "It costs too much." not in response.content.decode()
    assert "Nothing is refused here." in login("stranger").get(PAGE).content.decode()


def test_an_own_criterion_says_whose_it_is_and_shows_to_nobody_else(two, login):
    own = factory.make_own_criterion(two[0], "The night shift did it")
    factory.make_decision(two[0], own.slug, "wont_build", reasoning="Nobody is awake.")

    html = login("editor").get(f"{PAGE}?criterion={own.slug}").content.decode()

    assert "own criterion of Asset router" in html
    assert "Nobody is awake." in html
    others = login("stranger").get(f"{PAGE}?criterion={own.slug}").content.decode()
    assert "The night shift did it" not in others


def test_of_a_team(two, editor):
    found = editor.get(f"{PAGE}?team=edge&criterion=c-0-0")

    assert [each.number for each in found.context["found"]] == [1, 1]
    assert 'href="?criterion=c-1-0&amp;team=edge"' in found.content.decode()


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_eight_queries_and_pages_of_twelve(
    component, editor, number, django_assert_num_queries
):
    components = [component]
    components += [
        factory.make_component(slug=f"other-{n}", team=component.team) for n in range(number - 1)
    ]
    for each in components:
        factory.make_decision(each, "c-0-0", "wont_build")

    with django_assert_num_queries(8):
        response = editor.get(f"{PAGE}?criterion=c-0-0")

    assert response.context["opened"].number == number
    assert len(response.context["reasons"]) == min(number, 12)
    if number > 12:
        assert "?criterion=c-0-0&amp;page=2" in response.content.decode()
