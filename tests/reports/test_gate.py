from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.aws.registry import CHECKS
from readiness.decisions.live import verdict
from readiness.decisions.standing import LiveVerdict, Standing, standing
from readiness.reports.gate import GateOutcome, judge
from readiness.reports.gate_policy import (
    BARRING,
    DEFAULT,
    Policy,
    PolicyRefused,
    Tolerance,
    read_policy,
)
from tests.reports.gap_reports import (
    NOW,
    PARAMETERS,
    TODAY,
    large_report,
    make_check,
    make_decision,
    make_line,
    make_report,
)

YESTERDAY = TODAY - timedelta(days=1)
# As in a real report, no two checks have one id.
SEEN_BY, LOST = "s3.encryption", "s3.versioning"
IDS = cycle(
    [id for id, each in CHECKS.items() if each.bind(PARAMETERS) and id not in (SEEN_BY, LOST)]
)
SEEN = make_line(make_decision(), make_check(SEEN_BY))
READY, NOT_READY, COULD_NOT_TELL = GateOutcome


def judged(*lines, policy=DEFAULT, now=NOW):
    return judge(make_report(*lines), policy, now)


def line(outcome, status, weight=5, **said):
    checks = [make_check(next(IDS), status)] if status != "none" else []
    return make_line(outcome and make_decision(outcome, **said), *checks, weight=weight)


PAST = {"due_date": YESTERDAY, "revisit_date": YESTERDAY}
BY_DEFAULT = [
    # outcome, live status, weight, dates passed -> judgement, rule
    ("done", "pass", 5, False, READY, ""),
    ("done", "none", 5, False, READY, ""),
    ("done", "fail", 1, False, NOT_READY, "not_ready.contradicted"),
    ("done", "not_authorised", 1, False, COULD_NOT_TELL, "could_not_look"),
    ("done", None, 1, False, COULD_NOT_TELL, "could_not_look"),
    ("done", "not_applicable", 5, False, READY, ""),
    ("build", "fail", 5, False, READY, ""),
    ("build", "pass", 5, False, READY, ""),
    ("build", "fail", 4, True, NOT_READY, "not_ready.overdue"),
    ("build", "fail", 3, True, READY, ""),
    ("build", "timeout", 5, False, READY, ""),
    ("wont_build", "fail", 5, False, READY, ""),
    ("wont_build", "fail", 1, True, NOT_READY, "not_ready.lapsed"),
    ("wont_build", "pass", 5, False, READY, ""),
    ("wont_build", "throttled", 5, False, READY, ""),
    ("not_applicable", "fail", 5, False, READY, ""),
    ("not_applicable", "error", 5, True, NOT_READY, "not_ready.lapsed"),
    (None, "pass", 4, False, NOT_READY, "not_ready.undecided"),
    (None, "pass", 3, False, READY, ""),
    (None, "not_authorised", 3, False, READY, ""),
]


@pytest.mark.parametrize(("outcome", "status", "weight", "past", "due", "rule"), BY_DEFAULT)
def test_default_policy(outcome, status, weight, past, due, rule):
    judgement = judged(SEEN, line(outcome, status, weight, **(PAST if past else {})))

    assert (judgement.outcome, [reason.rule for reason in judgement.reasons]) == (
        due,
        [rule] if rule else [],
    )


def test_a_reason_names_rule_requirement_standing_and_says_why():
    wrong = line("done", "fail")

    (reason,) = judged(SEEN, wrong).reasons

    assert (reason.requirement, reason.standing) == (wrong.criterion, "contradicted")
    assert reason.sentence == "Marked done on 12 March 2026, but: It says fail."
    blind = make_line(make_decision(), make_check("logs.retention", "not_authorised"))
    assert judged(SEEN, blind).reasons[0].sentence == (
        "Might be contradicted. Logs expire when they should: It says not_authorised."
    )


def test_what_is_in_the_way_outweighs_what_could_not_be_seen():
    judgement = judged(SEEN, line("done", "error"), line(None, "none"))

    assert judgement.outcome is NOT_READY
    assert [reason.outcome for reason in judgement.reasons] == [NOT_READY, COULD_NOT_TELL]


@pytest.mark.parametrize(
    ("hours", "age", "due"),
    [(24, 23, READY), (24, 25, COULD_NOT_TELL), (48, 25, READY), (None, 9999, READY)],
)
def test_age_of_the_last_look(hours, age, due):
    checked = make_check(checked_at=NOW - timedelta(hours=age))
    policy = Policy(last_look_within_hours=hours)

    assert judged(make_line(make_decision(), checked), policy=policy).outcome is due


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("none", "No live check applies, so nothing here rests on AWS itself."),
        (None, "No live check has seen anything yet, so nothing here rests on AWS itself."),
        ("error", "No live check has seen anything yet, so nothing here rests on AWS itself."),
    ],
)
def test_without_anything_seen_it_rests_on_nobodys_look(status, why):
    unseen = line("wont_build", status)

    (reason,) = judged(unseen).reasons
    assert (reason.rule, reason.outcome, reason.sentence) == ("nothing_seen", COULD_NOT_TELL, why)
    assert judged(unseen, policy=Policy(nothing_seen="tolerate")).outcome is READY


def test_a_look_that_could_not_see_does_not_count_as_the_last_one():
    long_ago = NOW - timedelta(days=2)
    lost = make_check(status="error", known_status="pass", known_at=long_ago, checked_at=NOW)

    (reason,) = judged(make_line(make_decision("wont_build"), lost)).reasons
    assert reason.rule == "last_look_within_hours"


def test_nothing_is_never_ready():
    tolerant = Policy(not_ready={}, nothing_seen="tolerate", could_not_look="tolerate")

    assert judged(policy=tolerant).outcome is COULD_NOT_TELL


def test_could_not_look_is_ready_only_when_the_policy_says_so():
    blind = line("done", "error")

    assert judged(SEEN, blind).outcome is COULD_NOT_TELL
    assert judged(SEEN, blind, policy=Policy(could_not_look="tolerate")).outcome is READY


def test_a_muted_check_says_nothing():
    muted = replace(make_check(status="error"), muted=True)

    assert judged(SEEN, make_line(make_decision(), muted)).outcome is READY


def test_exit_codes():
    assert [outcome.exit_code for outcome in GateOutcome] == [0, 1, 2]


def test_of_300_requirements_each_reason_is_one_of_them():
    report = large_report(300)

    judgement = judge(report, DEFAULT, NOW)

    known = {requirement.criterion for requirement in report.requirements} | {""}
    assert judgement.outcome is NOT_READY
    assert {reason.requirement for reason in judgement.reasons} <= known


lines_drawn = st.builds(
    lambda outcome, status, weight, past: line(
        outcome, status, weight, **(PAST if past and outcome else {})
    ),
    st.sampled_from(["done", "build", "wont_build", "not_applicable", None]),
    st.sampled_from(["pass", "fail", "not_applicable", "not_authorised", None, "none"]),
    st.integers(1, 5),
    st.booleans(),
)
policies_drawn = st.builds(
    Policy,
    not_ready=st.dictionaries(st.sampled_from(BARRING), st.integers(1, 5)),
    last_look_within_hours=st.sampled_from([None, 1, 24]),
    nothing_seen=st.sampled_from(Tolerance),
)


def looked_at_again(requirement, check):
    """The requirement as it is when one more check could not look."""
    checks = (*requirement.checks, check)
    says = verdict(checks)
    now_standing = standing(requirement.decision, says, TODAY)
    return replace(requirement, checks=checks, verdict=says, standing=now_standing)


@settings(max_examples=400, deadline=None)
@given(st.lists(lines_drawn, min_size=1, max_size=6), policies_drawn, st.data())
def test_one_more_check_that_could_not_look_never_makes_ready(lines, policy, data):
    assert policy.could_not_look is Tolerance.COULD_NOT_TELL
    place = data.draw(st.integers(0, len(lines) - 1))
    blind = make_check(LOST, data.draw(st.sampled_from(["timeout", "error", None])))
    before = judged(*lines, policy=policy).outcome

    lines[place] = looked_at_again(lines[place], blind)
    after = judged(*lines, policy=policy).outcome

    if before is not READY:
        assert after is not READY


def test_the_property_has_a_requirement_that_a_look_turned():
    """What a pass had put in the way is not let through by losing sight of it."""
    policy = Policy(not_ready={Standing.OVERTAKEN: 1, Standing.ARRIVED: 1})
    for outcome in ("wont_build", "build"):
        seen = line(outcome, "pass")
        lost = looked_at_again(seen, make_check(LOST, "error"))

        assert (seen.verdict, lost.verdict) == (LiveVerdict.PASS, LiveVerdict.UNKNOWN)
        assert judged(SEEN, seen, policy=policy).outcome is NOT_READY
        assert judged(SEEN, lost, policy=policy).outcome is COULD_NOT_TELL


class TestPolicy:
    def test_documented_default_is_the_default(self):
        docs = (Path(__file__).resolve().parents[2] / "docs/gate.md").read_text()
        (shown,) = re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL)

        read = read_policy(shown.encode())

        assert read == DEFAULT
        assert read.model_fields_set == set(Policy.model_fields)

    def test_what_is_left_out_is_as_in_the_default(self):
        assert read_policy(b"") == DEFAULT
        assert read_policy(b"last_look_within_hours: null").not_ready == DEFAULT.not_ready
        assert read_policy(b"not_ready: {gap: 5}").not_ready == {Standing.GAP: 5}

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("- 1", "the policy: expected keys of not_ready, last_look_within_hours,"),
            ("colour: red", "colour: unknown; expected keys of not_ready,"),
            ("not_ready: {contradicted: '1'}", "not_ready.contradicted: expected a standing and"),
            ("not_ready: {lapsed: 6}", "not_ready.lapsed: expected a standing and the weight"),
            ("not_ready: {lapsed: true}", "not_ready.lapsed: expected a standing and the weight"),
            (
                "not_ready: {bad: 1}",
                "not_ready.bad: no standing that can be in the way; expected one",
            ),
            ("not_ready: {verified: 1}", "not_ready.verified: no standing that can be in"),
            ("last_look_within_hours: 1.5", "last_look_within_hours: expected a whole number"),
            ("last_look_within_hours: 0", "last_look_within_hours: expected a whole number"),
            ("could_not_look: maybe", "could_not_look: expected could_not_tell or tolerate, not"),
            ("milestone_within_days: 0", "milestone_within_days: expected a whole number of days"),
            ("milestone_within_days: x", "milestone_within_days: expected a whole number of days"),
            ("a: &a 1\nb: *a", "line 2: aliases"),
            ("could_not_look: [", "line 1: "),
            ("x" * 100_001, "longer than 100,000 bytes"),
        ],
    )
    def test_refuses_with_the_place_and_what_was_expected(self, text, problem):
        with pytest.raises(PolicyRefused) as refused:
            read_policy(text.encode())

        (said,) = refused.value.problems
        assert said.startswith(problem)

    def test_says_all_that_is_wrong_at_once(self):
        with pytest.raises(PolicyRefused) as refused:
            read_policy(b"not_ready: {lapsed: 9, nope: 1}\nnothing_seen: 3\nmilestone: 1\n")

        assert [said.split(":")[0] for said in refused.value.problems] == [
            "not_ready.lapsed",
            "not_ready.nope",
            "nothing_seen",
            "milestone",
        ]


@pytest.mark.parametrize(
    ("days_ago", "outcome"), [(None, NOT_READY), (31, NOT_READY), (30, READY), (0, READY)]
)
def test_a_milestone_with_a_go_may_be_asked_for(days_ago, outcome):
    last_go = None if days_ago is None else NOW - timedelta(days=days_ago)
    policy = Policy(milestone_within_days=30)

    judgement = judge(make_report(SEEN), policy, NOW, last_go=last_go)

    assert judgement.outcome is outcome
    rules = [reason.rule for reason in judgement.reasons]
    assert rules == ([] if outcome is READY else ["milestone_within_days"])
    assert judge(make_report(SEEN), DEFAULT, NOW).outcome is READY
