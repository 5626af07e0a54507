from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from readiness.decisions.standing import Standing
from readiness.milestones.compare import WORST_FIRST, Said, Way, compare
from readiness.milestones.frozen import freeze, thaw
from tests.reports.gap_reports import (
    ADA,
    large_report,
    make_check,
    make_decision,
    make_line,
    make_report,
)

S = Standing


def line(standing=S.DONE, criterion="runbook", **said):
    return replace(make_line(criterion=criterion, statement="It is so."), standing=standing, **said)


def moved(before, after):
    [move] = compare(make_report(before), make_report(after)).moves
    return move


def test_every_standing_has_one_rank():
    assert sorted(each for rank in WORST_FIRST for each in rank) == sorted(Standing)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (S.VERIFIED, S.CONTRADICTED, Way.WORSE),
        (S.VERIFIED, S.DONE, Way.WORSE),
        (S.GAP, S.OVERDUE, Way.WORSE),
        (S.ACCEPTED, S.LAPSED, Way.WORSE),
        (S.NOT_APPLICABLE, S.LAPSED, Way.WORSE),
        (S.UNDECIDED, S.GAP, Way.BETTER),
        (S.UNDECIDED, S.NOT_APPLICABLE, Way.BETTER),
        (S.GAP, S.ARRIVED, Way.BETTER),
        (S.CONTRADICTED, S.VERIFIED, Way.BETTER),
        (S.LAPSED, S.OVERDUE, Way.CHANGED),
        (S.GAP, S.NOT_APPLICABLE, Way.CHANGED),
        (S.NOT_APPLICABLE, S.DONE, Way.CHANGED),
        (S.DONE, S.DONE, Way.SAME),
    ],
)
def test_which_way_a_standing_moved(before, after, way):
    assert moved(line(before), line(after)).way is way


def test_a_decision_that_says_something_else_is_a_change():
    first = make_decision("build", due_date=date(2026, 12, 1))
    then = replace(first, due_date=date(2027, 1, 15), reasoning="We still need it.")

    move = moved(line(S.GAP, decision=first), line(S.GAP, decision=then, owner=ADA, weight=5))

    assert move.way is Way.CHANGED
    assert move.decision == (
        Said("Weight", "3", "5"),
        Said("Owner", "", "Ada Lovelace"),
        Said("Due", "1 December 2026", "15 January 2027"),
        Said("Reasoning", "We need it.", "We still need it."),
    )


def test_the_first_decision_says_all_it_says():
    after = line(decision=make_decision("done"))

    assert moved(line(S.UNDECIDED), after).decision == (
        Said("Decision", "", "It is done"),
        Said("Evidence", "", "The runbook."),
    )


def test_facts_are_compared_row_by_row():
    before = make_check("logs.retention", "pass", observed={"regions": {"us": {"days": 30}}})
    after = make_check("logs.retention", "fail", observed={"regions": {"us": {"days": 7}}, "n": 2})

    facts = moved(line(checks=(before,)), line(checks=(after,))).facts

    title = before.check.title
    assert facts == (
        Said(title, "passes", "fails"),
        Said(f"{title}: regions, us, days", "30", "7"),
        Said(f"{title}: n", "", "2"),
    )


def test_checks_that_came_went_and_could_not_look():
    gone, new = make_check("s3.versioning"), make_check("logs.retention", muted=True)
    blind = make_check("s3.encryption", "throttled")

    facts = moved(line(checks=(gone, make_check("s3.encryption"))), line(checks=(new, blind))).facts

    assert [(said.before, said.after) for said in facts] == [
        ("", "passes, muted"),
        ("passes", "could not look"),
        ("passes", ""),
    ]


@pytest.mark.parametrize("status", [None, "throttled"])
def test_facts_that_nobody_could_see_are_not_gone(status):
    seen = make_check("logs.retention", observed={"n": 1})
    unseen = make_check("logs.retention", status, **({"observed": {}} if status else {}))

    for before, after in ((seen, unseen), (unseen, seen)):
        facts = moved(line(checks=(before,)), line(checks=(after,))).facts
        assert [said.what for said in facts] == [seen.check.title]


def test_criteria_come_and_go():
    comparison = compare(make_report(line(criterion="old")), make_report(line(criterion="new")))

    assert [(move.way, move.line.criterion) for move in comparison.moves] == [
        (Way.NEW, "new"),
        (Way.GONE, "old"),
    ]
    assert comparison.in_words == "0 worse, 0 better, 0 changed, 1 new, 1 gone, 0 as before"


def test_what_matters_comes_first_and_is_counted():
    standings = {
        "better": (S.GAP, S.DONE),
        "overdue": (S.GAP, S.OVERDUE),
        "same": (S.DONE, S.DONE),
        "contradicted": (S.VERIFIED, S.CONTRADICTED),
        "aside": (S.GAP, S.NOT_APPLICABLE),
    }
    before = make_report(*(line(was, name) for name, (was, _) in standings.items()))
    after = make_report(
        line(S.OVERDUE, "overdue", weight=5),
        *(line(now, name) for name, (_, now) in standings.items() if name != "overdue"),
    )

    comparison = compare(before, after)

    assert [move.line.criterion for move in comparison.moves] == [
        "contradicted",
        "overdue",
        "aside",
        "better",
        "same",
    ]
    assert comparison.in_words == "2 worse, 1 better, 1 changed, 1 as before"


def test_of_what_moved_alike_the_heavier_comes_first():
    names = {"light": 1, "heavy": 5, "middling": 3}
    before, after = (
        make_report(*(line(standing, name, weight=weight) for name, weight in names.items()))
        for standing in (S.DONE, S.CONTRADICTED)
    )

    moves = compare(before, after).moves

    assert [move.line.criterion for move in moves] == ["heavy", "middling", "light"]


def test_a_report_is_as_its_frozen_self():
    report = large_report()

    assert compare(thaw(freeze(report)), report).in_words == (
        "0 worse, 0 better, 0 changed, 74 as before"
    )
