from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from readiness.decisions.standing import (
    Group,
    LiveVerdict,
    Look,
    Standing,
    changes_on,
    combine,
    standing,
    verdict_of,
)

PASS, FAIL, UNKNOWN, NO_CHECK = (
    LiveVerdict.PASS,
    LiveVerdict.FAIL,
    LiveVerdict.UNKNOWN,
    LiveVerdict.NO_CHECK,
)
TODAY = date(2026, 11, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NOT_PASS = (FAIL, UNKNOWN, NO_CHECK)
ANY = (PASS, *NOT_PASS)


@dataclass
class Terms:
    outcome: str
    due_date: date | None = None
    revisit_date: date | None = None


# Section 5 of the design, row by row: decision, verdicts, standing, needs attention.
TABLE = [
    (None, ANY, Standing.UNDECIDED, True),
    (Terms("build"), NOT_PASS, Standing.GAP, False),
    (Terms("build", due_date=TODAY), NOT_PASS, Standing.GAP, False),
    (Terms("build", due_date=TOMORROW), NOT_PASS, Standing.GAP, False),
    (Terms("build", due_date=YESTERDAY), NOT_PASS, Standing.OVERDUE, True),
    (Terms("build"), (PASS,), Standing.ARRIVED, True),
    (Terms("build", due_date=YESTERDAY), (PASS,), Standing.ARRIVED, True),
    (Terms("done"), (NO_CHECK, UNKNOWN), Standing.DONE, False),
    (Terms("done"), (PASS,), Standing.VERIFIED, False),
    (Terms("done"), (FAIL,), Standing.CONTRADICTED, True),
    (Terms("wont_build", revisit_date=TODAY), NOT_PASS, Standing.ACCEPTED, False),
    (Terms("wont_build", revisit_date=YESTERDAY), NOT_PASS, Standing.LAPSED, True),
    (Terms("wont_build", revisit_date=TOMORROW), (PASS,), Standing.OVERTAKEN, True),
    (Terms("wont_build", revisit_date=YESTERDAY), (PASS,), Standing.OVERTAKEN, True),
    (Terms("not_applicable"), ANY, Standing.NOT_APPLICABLE, False),
    (Terms("not_applicable", revisit_date=TODAY), ANY, Standing.NOT_APPLICABLE, False),
    (Terms("not_applicable", revisit_date=YESTERDAY), ANY, Standing.LAPSED, True),
]
ROWS = [
    (terms, verdict, expected, attention)
    for terms, verdicts, expected, attention in TABLE
    for verdict in verdicts
]


@pytest.mark.parametrize(("terms", "verdict", "expected", "attention"), ROWS)
def test_standing_follows_the_table(terms, verdict, expected, attention):
    found = standing(terms, verdict, TODAY)

    assert (found, found.needs_attention) == (expected, attention)


def test_standing_table_reaches_every_standing():
    assert {expected for _, _, expected, _ in ROWS} == set(Standing)


def test_standing_refuses_an_outcome_that_nobody_knows():
    with pytest.raises(ValueError, match="shrug"):
        standing(Terms("shrug"), PASS, TODAY)


def test_accepted_done_and_not_applicable_are_each_counted_apart():
    alone = {Standing.ACCEPTED, Standing.DONE, Standing.NOT_APPLICABLE, Standing.VERIFIED}

    assert {s: [o for o in Standing if o.group is s.group] for s in alone} == {
        s: [s] for s in alone
    }
    assert Standing.UNDECIDED.group is Group.UNDECIDED


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        (None, None),
        (Terms("build", due_date=TODAY, revisit_date=YESTERDAY), TOMORROW),
        (Terms("build", due_date=YESTERDAY), None),
        (Terms("build"), None),
        (Terms("done", due_date=TOMORROW), None),
        (Terms("wont_build", revisit_date=TOMORROW), TOMORROW + timedelta(days=1)),
        (Terms("not_applicable", revisit_date=TODAY), TOMORROW),
        (Terms("not_applicable", revisit_date=YESTERDAY), None),
    ],
)
def test_changes_on_names_the_day_after_the_term(terms, day):
    assert changes_on(terms, TODAY) == day


@pytest.mark.parametrize("verdict", ANY)
@pytest.mark.parametrize("outcome", ["build", "done", "wont_build", "not_applicable"])
@pytest.mark.parametrize("term", range(-3, 4))
def test_time_alone_changes_a_standing_on_no_other_day_than_changes_on(outcome, verdict, term):
    terms = Terms(outcome, TODAY + timedelta(days=term), TODAY + timedelta(days=term))
    day = TODAY
    for _ in range(8):
        told = changes_on(terms, day)
        following = day + timedelta(days=1)
        if standing(terms, verdict, following) != standing(terms, verdict, day):
            assert told == following
        day = following


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def look(status, known=None, age=timedelta(0)):
    return Look(status, NOW, known, NOW - age if known else None)


COULD_NOT = ["not_authorised", "not_found", "throttled", "timeout", "unsupported", "error"]


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (None, UNKNOWN),
        (look("pass", "pass"), PASS),
        (look("fail", "fail"), FAIL),
        (look("not_applicable", "fail"), NO_CHECK),
    ],
)
def test_verdict_of_an_answer_is_the_answer(look, expected):
    assert verdict_of(look, NOW, WEEK) is expected


@pytest.mark.parametrize("status", COULD_NOT)
def test_verdict_of_a_look_that_failed_is_what_was_known(status):
    found = {
        "never known": verdict_of(look(status), NOW, WEEK),
        "fresh pass": verdict_of(look(status, "pass", WEEK), NOW, WEEK),
        "stale pass": verdict_of(look(status, "pass", WEEK + timedelta(seconds=1)), NOW, WEEK),
        "old fail": verdict_of(look(status, "fail", 10 * WEEK), NOW, WEEK),
    }

    assert found == {
        "never known": UNKNOWN,
        "fresh pass": PASS,
        "stale pass": UNKNOWN,
        "old fail": FAIL,
    }


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], NO_CHECK),
        ([NO_CHECK, NO_CHECK], NO_CHECK),
        ([PASS, NO_CHECK], PASS),
        ([PASS, UNKNOWN, NO_CHECK], UNKNOWN),
        ([PASS, UNKNOWN, FAIL], FAIL),
    ],
)
def test_combine_lets_a_fail_win_then_the_unknown(verdicts, expected):
    assert combine(verdicts) is expected
