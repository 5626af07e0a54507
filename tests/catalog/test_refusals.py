"""Every component that refused a criterion."""

from __future__ import annotations

import pytest

from tests import factory

PAGE = "/catalog/criteria/c-0-0/refusals/"


def refuse(component, **said):
    return factory.make_decision(component, "c-0-0", "wont_build", **said)


def test_lists_each_with_its_reason_risk_and_date_and_links(editor, component):
    other = factory.make_component(slug="other")
    refuse(component, reasoning="Too **dear** for us.")
    refuse(other, reasoning="Nobody asks.")
    factory.make_decision(factory.make_component(slug="third"), "c-0-0", "done")

    html = editor.get(PAGE).content.decode()

    assert "2 of 3 that have it" in html
    assert ("Too <strong>dear</strong> for us." in html, "Nobody asks." in html) == (True, True)
    assert html.count("to be revisited by 31 January 2027") == 2
    assert html.count('class="tone-chip') == 2
    assert 'href="/components/other/requirements/c-0-0/#row--c-0-0"' in html
    assert html.index("Other</a>") < html.index("Asset router</a>")


def test_leaves_out_what_the_user_may_not_read(login, editor, component):
    theirs = factory.make_component(slug="theirs", team=factory.make_team("search"))
    refuse(theirs, reasoning="A secret of theirs.")
    refuse(component)

    html = editor.get(PAGE).content.decode()

    assert ("1 of 1 that have it" in html, "A secret of theirs." in html) == (True, False)
    assert "No component that you may read refuses it." in login("stranger").get(
        PAGE
    ).content.decode().replace("\n", " ")


def test_leaves_out_what_is_refused_no_longer_or_not_yet(editor, component):
    refuse(component)
    factory.make_decision(component, "c-0-0", "build")
    other = factory.make_component(slug="other")
    refuse(
        other, likelihood=5, impact=5, revisit_date=factory.TODAY.replace(month=12), approved=False
    )

    assert "0 of 2 that have it" in editor.get(PAGE).content.decode()


def test_of_an_own_criterion_is_for_those_who_may_read_it(login, component):
    own = factory.make_own_criterion(component)
    address = f"/catalog/criteria/{own.slug}/refusals/"

    assert login("stranger").get(address).status_code == 404
    assert login("viewer").get(address).status_code == 200


def test_the_criterions_page_leads_there(editor, component):
    assert f'href="{PAGE}"' in editor.get("/catalog/criteria/c-0-0/").content.decode()


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_as_many_queries_however_many(editor, component, number, django_assert_num_queries):
    for each in range(number):
        refuse(factory.make_component(slug=f"component-{each}"))

    with django_assert_num_queries(6):
        html = editor.get(PAGE).content.decode()

    assert html.count("Too dear.") == min(number, 12)
