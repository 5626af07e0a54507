"""The library of scenarios, from its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.catalog.loader import load
from readiness.catalog.schema import CatalogFileError, parse
from readiness.models import DrillScenario
from tests import factory
from tests.factory import NOW

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ONE = """
scenarios:
  - slug: roll-back
    title: {title}
    operation: roll back
    purpose: It will be needed.
    steps: "1. Do it."
    term_days: 90
    criteria: [{criteria}]
    retired: {retired}
"""


@pytest.fixture
def put(tmp_path, component):
    def written(title="Roll back", criteria="c-0-0", retired="false"):
        path = tmp_path / "scenarios.yaml"
        text = ONE.format(title=title, criteria=criteria, retired=retired)
        path.write_text(text, encoding="utf-8")
        return load([path], now=NOW)

    return written


def test_ours_has_eleven_that_prove_criteria_of_our_catalog(db):
    paths = [*FIXTURES.glob("catalog/*.yaml"), *FIXTURES.glob("scenarios/*.yaml")]

    assert load(paths, now=NOW).scenarios == 11
    assert load(paths, now=NOW).scenarios == 0

    for scenario in DrillScenario.objects.all():
        assert scenario.criteria.count() >= 3
        for stamp in ("Started", "Recovered"):
            assert f"**{stamp}**" in scenario.steps


def test_a_changed_one_is_written_anew_and_touches_no_drill(put, component):
    put()
    drill = factory.make_drill(component)

    assert put(title="Go back", criteria="c-0-1, c-0-2").scenarios == 1

    kept = DrillScenario.objects.get()
    assert (kept.title, kept.pk) == ("Go back", drill.scenario_id)
    assert {each.slug for each in kept.criteria.all()} == {"c-0-1", "c-0-2"}
    assert [each.slug for each in drill.criteria.all()] == ["c-0-0"]


def test_one_that_is_to_go_says_so_and_may_come_back(put):
    put()
    put(retired="true")
    assert DrillScenario.objects.get().retired_at == NOW

    put()
    assert DrillScenario.objects.get().retired_at is None


def test_what_proves_nothing_known_is_refused_with_the_place(put):
    with pytest.raises(
        CatalogFileError, match=r"scenarios \(roll-back\): there is no criterion 'x'"
    ):
        put(criteria="c-0-0, x")

    assert not DrillScenario.objects.exists()


def test_a_components_own_is_not_taken_over(put, component):
    factory.make_scenario("roll-back", component=component, title="Ours")

    with pytest.raises(CatalogFileError, match="a scenario of a component's own"):
        put()

    assert DrillScenario.objects.get().title == "Ours"


def test_two_of_one_name_are_refused(tmp_path):
    path = tmp_path / "scenarios.yaml"
    entry = ONE.format(title="Roll back", criteria="c-0-0", retired="false")
    path.write_text(entry + entry.split("scenarios:")[1], encoding="utf-8")

    with pytest.raises(CatalogFileError, match="'roll-back' stands there 2 times"):
        parse(path)
