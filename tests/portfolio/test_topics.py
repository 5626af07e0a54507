from __future__ import annotations

import re
from datetime import timedelta

import pytest

from readiness.models import Criterion, Topic
from readiness.portfolio.charts import shade_of
from readiness.portfolio.heat import Cell, cells_of
from tests import factory
from tests.factory import NOW, TODAY

pytestmark = pytest.mark.usefixtures("people")
PAGE = "/portfolio/topics/"


def cells(component, today=TODAY):
    topics = dict(Topic.objects.values_list("pk", "slug"))
    found = cells_of([component.pk], today)
    return {topics[topic]: cell for (_, topic), cell in found.items()}


def boxes(html):
    """The text of each cell, row by row."""
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.S)
    return [[re.sub("<[^>]+>", "", box) for box in row.split("<td")[1:]] for row in rows]


def test_a_cell_is_the_weight_that_is_settled(component):
    # Of weights 1, 2 and 3.
    factory.make_decision(component, "c-0-0", "done")
    factory.make_decision(component, "c-0-1", "wont_build", revisit_date=TODAY + timedelta(days=5))
    factory.make_decision(component, "c-1-2", "build", due_date=TODAY)

    assert cells(component) == {"t-0": Cell(6, 3, 0), "t-1": Cell(6, 3, 0)}
    # Dates pass by themselves.
    assert cells(component, TODAY + timedelta(days=1))["t-1"] == Cell(6, 0, 1)
    assert cells(component, TODAY + timedelta(days=6)) == {
        "t-0": Cell(6, 1, 1),
        "t-1": Cell(6, 0, 1),
    }


def test_what_is_retired_is_in_no_cell(component):
    Criterion.objects.filter(slug__startswith="c-1-").update(retired_at=NOW)

    assert set(cells(component)) == {"t-0"}


@pytest.mark.parametrize(
    ("percent", "shade"), [(0, 0), (1, 1), (24, 1), (25, 2), (50, 3), (75, 4), (99, 4), (100, 5)]
)
def test_only_all_of_it_is_the_darkest(percent, shade):
    assert shade_of(percent) == shade


def test_all_but_a_little_is_not_all_of_it():
    assert Cell(weight=1000, settled=999).percent == 99


def test_a_cell_says_its_number_and_opens_the_report_of_its_topic(component, editor, time_machine):
    factory.make_decision(component, "c-0-0", "done")
    factory.make_decision(component, "c-0-1", "build", due_date=TODAY)
    time_machine.move_to(NOW + timedelta(days=1))

    html = editor.get(PAGE).content.decode()

    assert '<a href="/components/asset-router/?topic=t-0">16<b>▲1</b></a>' in html
    assert '<a href="/components/asset-router/?topic=t-1">0</a>' in html
    opened = editor.get("/components/asset-router/?topic=t-0").content.decode()
    assert "Criterion 0.0" in opened
    assert "Criterion 1.0" not in opened


def test_a_topic_that_a_component_has_not_is_a_dash(component, editor):
    other = factory.make_component(slug="other", team=component.team)
    other.requirements.filter(criterion__topic__slug="t-1").delete()

    found = boxes(editor.get(f"{PAGE}?sort=name").content.decode())

    assert [[box.partition(">")[2] for box in row] for row in found] == [["0", "0"], ["0", "–"]]


def test_names_are_text(component, editor):
    factory.make_component(slug="evil", name="<b>bold</b>", team=component.team)

    html = editor.get(PAGE).content.decode()

    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>bold" not in html


def test_shows_what_one_may_read(component, login):
    factory.make_component(slug="secret", team=factory.make_team("other"))

    assert "/components/secret/" not in login("editor").get(PAGE).content.decode()
    assert "/components/asset-router/" not in login("stranger").get(PAGE).content.decode()


def test_is_filtered_and_sorted_as_the_table_is(component, editor):
    other = factory.make_component(slug="other", team=component.team)
    factory.make_decision(other, "c-0-0", "done")

    assert [each.slug for each in editor.get(f"{PAGE}?sort=-settled").context["page"]] == [
        "other",
        "asset-router",
    ]
    only = editor.get(f"{PAGE}?text=asset", headers={"HX-Request": "true"})
    assert [each.slug for each in only.context["page"]] == ["asset-router"]
    assert only.content.decode().strip().startswith('<div id="topic-rows">')


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_few_queries_and_few_bytes(component, editor, number, django_assert_num_queries):
    for n in range(number - 1):
        factory.make_component(slug=f"other-{n}", team=component.team)

    with django_assert_num_queries(6):
        response = editor.get(PAGE)

    rows = min(number, 50)
    assert len(boxes(response.content.decode())) == rows
    # A row and its cells, of which there are two here.
    assert len(response.content) < 14_000 + rows * (200 + 2 * 90)
