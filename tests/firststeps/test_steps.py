from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.firststeps.steps import DECISIONS, TITLES, WHY, Facts, First, Name, State, all_steps

FIRST = First(
    slug="router",
    name="Router",
    checks=0,
    has_account=False,
    has_recording=False,
    is_running=False,
    was_run=False,
    has_answers=False,
    open_criterion="runbook",
)
EMPTY = Facts(has_catalog=True, teams=(), component=None, decided=0)


def facts(*, decided=0, without_aws=False, teams=("Edge",), **of_component):
    component = replace(FIRST, **of_component) if of_component else None
    return Facts(True, teams, component, decided, without_aws)


def marks(given):
    """One letter per step: done, now, later, or - for left out."""
    letters = {State.DONE: "d", State.NOW: "n", State.LATER: "l", State.LEFT_OUT: "-"}
    return "".join(letters[step.state] for step in all_steps(given))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (EMPTY, "nlllll"),
        (replace(EMPTY, has_catalog=False), "llllll"),
        (facts(), "dnllll"),
        (facts(checks=0), "ddnlll"),
        (facts(checks=2), "dddnll"),
        (facts(checks=2, has_account=True), "ddddnl"),
        (facts(checks=2, has_recording=True), "ddddnl"),
        (facts(checks=2, was_run=True), "dddnll"),
        (facts(checks=2, has_account=True, was_run=True), "ddddnl"),
        # Whoever was answered has a way in, and did the checks.
        (facts(checks=2, was_run=True, has_answers=True), "dddddn"),
        (facts(checks=2, has_answers=True, decided=DECISIONS - 1), "dddddn"),
        (facts(checks=2, has_answers=True, decided=DECISIONS), "dddddd"),
        # Not on AWS, or not yet: decisions come first, the rest can be done later.
        (facts(checks=0, without_aws=True), "dd---n"),
        (facts(checks=2, without_aws=True), "ddd--n"),
        (facts(checks=2, has_account=True, without_aws=True), "dddd-n"),
        (facts(checks=0, decided=DECISIONS), "dd---d"),
        # A catalog of two criteria, both decided.
        (facts(checks=0, decided=2, open_criterion=""), "dd---d"),
        # A component without a requirement has nothing decided.
        (facts(checks=0, open_criterion=""), "ddnlll"),
    ],
)
def test_steps_follow_from_what_is_there(given, says):
    assert marks(given) == says


def test_each_step_has_a_title_and_one_sentence_why():
    assert set(TITLES) == set(WHY) == set(Name)
    assert [why for why in WHY.values() if why.count(".") != 1 or not why.endswith(".")] == []


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        (facts(), Name.TEAM, "Edge"),
        (facts(teams=tuple("ABCDE")), Name.TEAM, "A, B, C and 2 more"),
        (facts(), Name.COMPONENT, ""),
        (facts(checks=1), Name.COMPONENT, "Router"),
        (facts(checks=0), Name.PARAMETERS, ""),
        (facts(checks=1), Name.PARAMETERS, "1 check applies"),
        (facts(checks=53), Name.PARAMETERS, "53 checks apply"),
        (facts(has_account=True, has_recording=True), Name.WAY_IN, "an account is chosen"),
        (facts(has_recording=True), Name.WAY_IN, "a recording was brought"),
        (facts(has_answers=True), Name.WAY_IN, "the credentials of this installation"),
        (facts(checks=1), Name.WAY_IN, ""),
        (facts(is_running=True), Name.CHECKS, "under way"),
        (facts(was_run=True), Name.CHECKS, "AWS was asked, and none of the checks could look"),
        (facts(was_run=True, has_answers=True), Name.CHECKS, "AWS has answered"),
        (facts(checks=1), Name.CHECKS, ""),
        (facts(checks=1), Name.DECISIONS, ""),
        (facts(checks=1, decided=2), Name.DECISIONS, "2 of 3 made"),
        (facts(checks=1, decided=3), Name.DECISIONS, ""),
    ],
)
def test_a_step_says_what_is_there_already(given, name, says):
    (step,) = [step for step in all_steps(given) if step.name == name]

    assert step.said == says
