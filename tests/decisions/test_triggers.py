from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.decisions.triggers import (
    Situation,
    Trigger,
    TriggerKind,
    fired,
    number_at,
    trigger_from_line,
    triggers_as_text,
    triggers_from,
)

DECIDED = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CHECKS = {"logs.retention": None}
BOUND = Trigger(TriggerKind.FACT, "logs.retention", "regions.eu-west-1.days", ">", 400)


def situation(**said):
    values = {"verdicts": {}, "facts": {}, "criterion_revision": 1, "component": {}} | said
    return Situation(**values)


def look(trigger, then, now):
    found = list(fired([trigger], then, now, decided_at=DECIDED, at=NOW))
    return [(each.sentence, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("before", "after", "fires"),
    [
        ("pass", "fail", True),
        ("fail", "pass", True),
        ("fail", "fail", False),
        ("fail", "unknown", False),
        ("", "fail", False),
        (None, "pass", False),
    ],
)
def test_verdict_fires_only_from_one_answer_to_the_other(before, after, fires):
    then = situation(verdicts={} if before is None else {"a.b": before})

    said = look(Trigger(TriggerKind.VERDICT), then, situation(verdicts={"a.b": after}))

    assert said == ([("The live check a.b says something else.", before, after)] if fires else [])


def days(number):
    return situation(facts={"logs.retention": {"regions": {"eu-west-1": {"days": number}}}})


@pytest.mark.parametrize(
    ("before", "after", "fires"),
    [(30, 401, True), (30, 400, False), (401, 402, False), (30, None, False), (None, 500, True)],
)
def test_fact_fires_when_its_bound_is_crossed(before, after, fires):
    assert bool(look(BOUND, days(before), days(after))) is fires


def test_fact_says_both_numbers():
    assert look(BOUND, days(30), days(500)) == [
        ("Regions.eu-west-1.days of logs.retention is > 400 now.", "30", "500")
    ]


def test_criterion_fires_on_a_newer_revision():
    trigger = Trigger(TriggerKind.CRITERION)

    assert look(trigger, situation(), situation()) == []
    assert look(trigger, situation(), situation(criterion_revision=3)) == [
        ("The criterion has a new text.", "revision 1", "revision 3")
    ]


def test_component_fires_on_what_the_decision_froze_and_nothing_else():
    trigger = Trigger(TriggerKind.COMPONENT)
    then = situation(component={"criticality": "Important"})

    assert look(trigger, then, situation(component={"criticality": "Important"})) == []
    assert look(trigger, situation(), situation(component={"criticality": "x"})) == []
    assert look(trigger, then, situation(component={"criticality": "Critical path"})) == [
        ("The component changed: criticality.", "criticality: Important",
         "criticality: Critical path")
    ]  # fmt: skip


def test_incident_fires_when_it_was_recorded_after_the_decision():
    trigger = Trigger(TriggerKind.INCIDENT)
    old, new = (DECIDED - timedelta(days=1), "Old"), (DECIDED + timedelta(days=1), "Outage")

    assert look(trigger, situation(), situation(incidents=(old,))) == []
    assert look(trigger, situation(), situation(incidents=(old, new))) == [
        ("An incident touched it: Outage.", "", "02 November 2026")
    ]


def test_each_trigger_fires_for_itself():
    now = situation(criterion_revision=2, verdicts={"a.b": "pass"})
    both = [Trigger(TriggerKind.CRITERION), Trigger(TriggerKind.VERDICT), BOUND]
    found = fired(both, situation(verdicts={"a.b": "fail"}), now, decided_at=DECIDED, at=NOW)

    assert [each.trigger for each in found] == ["criterion", "verdict"]


def test_triggers_come_back_from_their_text():
    triggers = (Trigger(TriggerKind.INCIDENT), BOUND)

    assert triggers_from(triggers_as_text(triggers)) == triggers
    assert (triggers_as_text(()), triggers_from("")) == ("", ())


def test_a_line_is_a_trigger_and_a_trigger_a_line():
    line = "logs.retention regions.eu-west-1.days > 400"

    assert trigger_from_line(line, CHECKS) == BOUND
    assert BOUND.as_line() == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("logs.retention > 4", "Four words"),
        ("logs.nothing days > 4", "no live check called logs.nothing"),
        ("logs.retention days >= 4", "Write > or < or ="),
        ("logs.retention days > many", "many is no number"),
        ("logs.retention days > nan", "nan is no number"),
        ("logs.retention days > 1e999", "1e999 is no number"),
    ],
)
def test_a_line_that_is_no_trigger_is_told_why(line, said):
    with pytest.raises(ValueError, match=said):
        trigger_from_line(line, CHECKS)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("regions", 2),
        ("regions.eu-west-1.days", 30),
        ("a.b.c", 7),
        ("names", 3),
        ("flag", None),
        ("nothing", None),
        ("regions.eu-west-1.days.more", None),
        ("", None),
    ],
)
def test_number_at_follows_a_path_and_counts_what_holds_many(path, number):
    observed = {
        "regions": {"eu-west-1": {"days": 30}, "us-east-1": {}},
        "a.b": {"c": 7},
        "names": ["x", "y", "z"],
        "flag": True,
    }
    found = number_at(observed, path)
    # The empty path is the table itself.
    assert found == (4 if path == "" else number)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON), st.text())
def test_number_at_never_stumbles(observed, path):
    found = number_at(observed, path)
    assert found is None or isinstance(found, float)
