from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from readiness.decisions.risk import DEFAULT, Level, matrix_from, problems_of, risk_words

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("likelihood", "impact", "key"),
    [
        (1, 4, "low"),
        (1, 5, "moderate"),
        (3, 3, "moderate"),
        (2, 5, "high"),
        (4, 4, "high"),
        (4, 5, "critical"),
    ],
)
def test_default_level_follows_the_product(likelihood, impact, key):
    assert DEFAULT.level(likelihood, impact).key == key
    assert DEFAULT.level(impact, likelihood).key == key


def test_default_matrix_has_nothing_wrong():
    assert list(problems_of(DEFAULT)) == []
    assert [level.needs_approval for level in DEFAULT.levels] == [False, False, True, True]


def test_latest_revisit_counts_from_today():
    assert DEFAULT.latest_revisit(5, 5, TODAY) == date(2026, 12, 20)


@pytest.mark.parametrize(("likelihood", "impact"), [(0, 1), (6, 1), (1, 0), (1, 6), (-1, 3)])
def test_no_level_beyond_one_to_five(likelihood, impact):
    with pytest.raises(IndexError):
        DEFAULT.level(likelihood, impact)


def test_matrix_comes_back_from_its_text_as_it_was():
    assert matrix_from(DEFAULT.as_text()) == DEFAULT
    assert matrix_from("") == DEFAULT


def test_a_text_from_before_there_were_reminders_can_be_read():
    old = DEFAULT.as_text().replace(',"remind_days":[14,3]', "")

    assert "remind_days" not in old
    assert matrix_from(old) == DEFAULT


def test_words_are_those_of_the_matrix_that_a_decision_was_made_on():
    ours = replace(DEFAULT, likelihoods=("never", "a", "b", "c", "always"))

    assert risk_words(ours.as_text(), 5, 4) == "critical: always, major"
    assert risk_words("", 5, 4) == "critical: almost certain, major"
    assert risk_words("", None, 4) == ""


LOW, HIGH = DEFAULT.levels[0], DEFAULT.levels[2]
FALLING = (("high", "low", "low", "low", "low"), *DEFAULT.cells[1:])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"likelihoods": ("a", "b", "c", "d")}, "five likelihoods"),
        ({"impacts": ("a", "b", "c", "d", "")}, "five impacts"),
        ({"impacts": ("a", "a", "c", "d", "e")}, "five impacts"),
        ({"levels": (LOW,)}, "two to 5 levels"),
        ({"levels": (LOW, LOW, *DEFAULT.levels[1:])}, "each its own name"),
        ({"levels": (replace(LOW, days=5), *DEFAULT.levels[1:])}, "may not stand for longer"),
        ({"levels": (replace(LOW, days=9999), *DEFAULT.levels[1:])}, "1 to 3660 days"),
        ({"levels": (replace(LOW, remind_days=(0,)), *DEFAULT.levels[1:])}, "up to five numbers"),
        ({"levels": (replace(LOW, name="high"), *DEFAULT.levels[1:])}, "each its own name"),
        ({"cells": (("x",) * 5, *DEFAULT.cells[1:])}, "Each cell needs one of the levels"),
        ({"cells": FALLING}, "may not fall"),
    ],
)
def test_a_matrix_that_cannot_be_is_told_what_is_wrong(change, said):
    assert any(said in problem for problem in problems_of(replace(DEFAULT, **change)))


def test_a_matrix_may_have_levels_of_its_own():
    two = (Level("fine", "Fine", "calm", 700, False), Level("not", "Not fine", "hot", 10, True))
    cells = tuple(tuple("not" if i + j > 6 else "fine" for j in range(5)) for i in range(5))
    ours = replace(DEFAULT, levels=two, cells=cells)

    assert list(problems_of(ours)) == []
    assert ours.words(5, 5) == "not fine: almost certain, severe"
