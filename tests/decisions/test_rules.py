from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.decisions.risk import DEFAULT
from readiness.decisions.rules import Content, problems, with_proposals

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
REFUSAL = {
    "outcome": "wont_build",
    "reasoning": "Too dear.",
    "risk": "It may hurt.",
    "likelihood": 2,
    "impact": 2,
    "revisit_date": TOMORROW,
}


@pytest.mark.parametrize(
    ("outcome", "missing"),
    [
        ("build", {"reasoning", "owner_id"}),
        ("done", {"evidence"}),
        ("wont_build", {"reasoning", "risk", "likelihood", "impact", "revisit_date"}),
        ("not_applicable", {"reasoning"}),
    ],
)
def test_problems_name_what_each_outcome_must_say(outcome, missing):
    assert set(problems(Content(outcome), TODAY)) == missing


def test_problems_do_not_take_blanks_for_words():
    assert set(problems(Content("done", evidence=" \n\t"), TODAY)) == {"evidence"}


def test_problems_of_an_unknown_outcome_is_the_outcome():
    assert set(problems(Content("maybe"), TODAY)) == {"outcome"}


@pytest.mark.parametrize("number", [0, 6, -1])
@pytest.mark.parametrize("name", ["likelihood", "impact"])
def test_problems_want_likelihood_and_impact_from_one_to_five(name, number):
    assert problems(Content(**(REFUSAL | {name: number})), TODAY) == {name: "A number from 1 to 5."}


def test_problems_refuse_days_that_have_passed():
    built = Content("build", "Why.", 1, due_date=TODAY - timedelta(days=1))
    refused = Content(**(REFUSAL | {"revisit_date": TODAY}))

    assert set(problems(built, TODAY)) == {"due_date"}
    assert set(problems(refused, TODAY)) == {"revisit_date"}


@pytest.mark.parametrize(
    ("likelihood", "impact", "days"), [(1, 1, 365), (2, 3, 180), (3, 4, 90), (5, 5, 30)]
)
def test_problems_allow_no_longer_term_than_policy(likelihood, impact, days):
    risk = {"likelihood": likelihood, "impact": impact}
    longest = Content(**(REFUSAL | risk | {"revisit_date": TODAY + timedelta(days=days)}))
    longer = Content(**(REFUSAL | risk | {"revisit_date": TODAY + timedelta(days=days + 1)}))

    assert problems(longest, TODAY) == {}
    assert f"{days} days at most" in problems(longer, TODAY)["revisit_date"]


def test_with_proposals_gives_a_refusal_the_longest_term_of_its_risk():
    content = with_proposals(Content(**(REFUSAL | {"revisit_date": None})), TODAY)

    assert content.revisit_date == date(2027, 11, 20)


def test_with_proposals_leaves_alone_what_a_person_said():
    assert with_proposals(Content(**REFUSAL), TODAY).revisit_date == TOMORROW
    assert with_proposals(Content("not_applicable", "No."), TODAY).revisit_date is None


def test_of_its_outcome_drops_what_the_outcome_does_not_ask_for():
    content = Content(**(REFUSAL | {"outcome": "done", "evidence": "Here."}))

    assert content.of_its_outcome() == Content("done", reasoning="Too dear.", evidence="Here.")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"residual_likelihood": 1}, "residual_likelihood"),
        ({"residual_impact": 1}, "residual_likelihood"),
        ({"residual_likelihood": 3, "residual_impact": 1}, "residual_likelihood"),
        ({"residual_likelihood": 1, "residual_impact": 1}, "mitigations"),
        ({"residual_likelihood": 9, "residual_impact": 1}, "residual_likelihood"),
    ],
)
def test_what_remains_must_be_less_and_say_why(said, field):
    assert list(problems(Content(**(REFUSAL | said)), TODAY)) == [field]


def test_policy_goes_by_what_remains():
    risk = {"likelihood": 5, "impact": 5, "revisit_date": None}
    mitigated = {"residual_likelihood": 1, "residual_impact": 5, "mitigations": "A fallback."}

    assert with_proposals(Content(**(REFUSAL | risk)), TODAY).revisit_date == date(2026, 12, 20)
    content = with_proposals(Content(**(REFUSAL | risk | mitigated)), TODAY)
    assert content.revisit_date == TODAY + timedelta(days=180)
    assert content.level(DEFAULT).key == "moderate"
    assert problems(content, TODAY) == {}
