"""What changed between two answers, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.aws.errors import UNKNOWN
from readiness.aws.history import (
    FLAPPING_CHANGES,
    FLAPPING_WITHIN,
    NOTHING,
    Difference,
    differences,
    is_flapping,
    word,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

PLAIN = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
NAMES = st.lists(st.text("ab", min_size=1, max_size=2), max_size=3)
ROW = st.dictionaries(st.sampled_from(["group", "days"]), PLAIN | NAMES, max_size=2)
TABLE = st.dictionaries(st.sampled_from(["eu-west-1", "us-east-1"]), ROW, max_size=2)
OBSERVED = st.dictionaries(
    st.sampled_from(["regions", "newest", "names"]), PLAIN | NAMES | TABLE, max_size=3
)


def as_json(value):
    """Equal only to what JSON would write alike: True and 1 are not."""
    if isinstance(value, dict):
        return ("table", {key: as_json(item) for key, item in value.items()})
    if isinstance(value, list):
        return ("list", [as_json(item) for item in value])
    return (type(value).__name__, value)


@given(OBSERVED, OBSERVED)
def test_there_are_differences_exactly_where_the_facts_differ(before, after):
    assert bool(differences(before, after)) is (as_json(before) != as_json(after))


@given(OBSERVED, OBSERVED)
def test_the_way_back_has_the_same_differences_turned_round(before, after):
    there = {repr((d.path, d.before, d.after)) for d in differences(before, after)}
    back = {repr((d.path, d.after, d.before)) for d in differences(after, before)}

    assert there == back


@given(OBSERVED, OBSERVED)
def test_facts_and_their_differences_give_the_facts_after(before, after):
    def at(facts, path):
        for step in path:
            facts = facts[step]
        return facts

    for each in differences(before, after):
        if each.kind == "changed":
            assert at(before, each.path) == each.before
            assert at(after, each.path) == each.after
        elif each.kind == "added" and not isinstance(at(after, each.path), list):
            assert at(after, each.path) == each.after


def test_differences_name_row_and_cell():
    before = {"regions": {"eu-west-1": {"group": True, "days": 30}, "us-east-1": {"group": True}}}
    after = {"regions": {"eu-west-1": {"group": False, "days": 30}, "eu-west-2": {"group": True}}}

    assert differences(before, after) == [
        Difference(("regions", "eu-west-1", "group"), True, False),
        Difference(("regions", "us-east-1"), {"group": True}, NOTHING),
        Difference(("regions", "eu-west-2"), NOTHING, {"group": True}),
    ]
    assert [d.kind for d in differences(before, after)] == ["changed", "removed", "added"]


def test_names_are_compared_name_by_name():
    found = differences({"topics": ["a", "b"]}, {"topics": ["b", "c"]})

    assert found == [Difference(("topics",), "a", NOTHING), Difference(("topics",), NOTHING, "c")]


def test_names_in_another_order_are_one_difference():
    assert differences({"stages": ["a", "b"]}, {"stages": ["b", "a"]}) == [
        Difference(("stages",), ["a", "b"], ["b", "a"])
    ]


def test_yes_is_not_one():
    assert differences({"rows": {"a": {"on": True}}}, {"rows": {"a": {"on": 1}}}) == [
        Difference(("rows", "a", "on"), True, 1)
    ]


def test_a_fact_that_is_none_is_there():
    assert differences({"days": None}, {}) == [Difference(("days",), None, NOTHING)]


@pytest.mark.parametrize("status", sorted(UNKNOWN))
def test_whoever_could_not_look_says_the_same(status):
    assert word(status) == "could_not_look"


@pytest.mark.parametrize("status", ["pass", "fail", "not_applicable"])
def test_an_answer_is_its_own_word(status):
    assert word(status) == status


def hours(*numbers):
    return [NOW - timedelta(hours=number) for number in numbers]


def test_four_changes_in_a_week_are_flapping():
    assert is_flapping(hours(1, 20, 60, 167), NOW)
    assert not is_flapping(hours(1, 20, 60), NOW)


def test_a_change_a_week_ago_no_longer_counts():
    assert not is_flapping(hours(1, 20, 60, 168), NOW)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=30))))
def test_flapping_ends_when_nothing_changes_for_a_week(ages):
    assert not is_flapping([NOW - age for age in ages], NOW + FLAPPING_WITHIN)
    recent = sum(age < FLAPPING_WITHIN for age in ages)
    assert is_flapping([NOW - age for age in ages], NOW) is (recent >= FLAPPING_CHANGES)
