"""Which region says what to which check."""

from __future__ import annotations

import pytest

from readiness.aws.registry import CHECKS
from readiness.checks.matrix import Mark, region_matrix
from readiness.decisions.live import CheckLine
from readiness.decisions.standing import LiveVerdict

EU, US, AP = "eu-west-1", "us-east-1", "ap-northeast-1"
ROUTER = {"function_name": "router", "edge_regions": [EU, US]}


def line(check_id="logs.group-in-every-region", status="fail", **observed):
    bound = CHECKS[check_id].bind(ROUTER)
    return CheckLine(bound, LiveVerdict.UNKNOWN, status=status, observed=observed or None)


def marks(checked):
    [row] = region_matrix([checked]).rows
    return {cell.region: cell.mark for cell in row.cells}


def test_each_region_gets_the_mark_that_the_check_gave_it():
    checked = line(
        regions={
            EU: {"group": False},
            US: {"group": True},
            AP: {"could_not_look": "throttled"},
            "eu-west-2": {},
        },
        wrong_in={"regions": [EU]},
        nothing_in={"regions": ["eu-west-2"]},
    )

    assert marks(checked) == {
        EU: Mark.WRONG,
        US: Mark.GOOD,
        AP: Mark.BLIND,
        "eu-west-2": Mark.NOTHING,
    }


@pytest.mark.parametrize("status", ["fail", "unsupported"])
def test_a_verdict_about_something_else_says_nothing_of_regions(status):
    observed = {"regions": {EU: {"targets": 1}, US: {}}, "wrong_in": {"topics": ["arn:x"]}}

    assert set(marks(line(status=status, **observed)).values()) == {Mark.SEEN}


def test_a_fail_about_something_else_still_says_where_nobody_could_look():
    observed = {"regions": {EU: {"could_not_look": "timeout"}, US: {}}}

    assert marks(line(**observed)) == {EU: Mark.BLIND, US: Mark.SEEN}


def test_a_pass_says_that_every_region_is_in_order():
    assert marks(line(status="pass", regions={EU: {}, US: {}})) == {EU: Mark.GOOD, US: Mark.GOOD}


def test_where_some_regions_were_not_seen_the_others_are_in_order():
    checked = line(status="throttled", regions={EU: {"n": 1}, US: {"could_not_look": "throttled"}})

    assert marks(checked) == {EU: Mark.GOOD, US: Mark.BLIND}


def test_columns_are_the_regions_of_all_checks():
    matrix = region_matrix(
        [
            line(status="pass", regions={EU: {}, US: {}}),
            line("logs.retention", status="pass", regions={US: {}, AP: {}}),
        ]
    )

    assert matrix.regions == (EU, US, AP)
    assert [[cell.mark for cell in row.cells] for row in matrix.rows] == [
        [Mark.GOOD, Mark.GOOD, None],
        [None, Mark.GOOD, Mark.GOOD],
    ]
    assert matrix.marks == (Mark.GOOD,)


@pytest.mark.parametrize("observed", [{}, {"newest": 7}, {"regions": {EU: {}}}, {"regions": 3}])
def test_checks_that_do_not_compare_regions_are_not_in_it(observed):
    assert region_matrix([line(status="pass", **observed)]).rows == ()
