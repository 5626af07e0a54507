"""What answers amount to, and how much of it may be shown."""

from __future__ import annotations

import pytest

from readiness.confidence.rules import Answers, Vote, as_json, from_json, result_of

TOPICS = [("t-0", "Topic 0"), ("t-1", "Topic 1")]


def answers(*given):
    return Answers(tuple(given.count(answer) for answer in range(1, 6)))


def result(*votes, is_named=False, members=7):
    said = [each if isinstance(each, Vote) else Vote(each, {}) for each in votes]
    return result_of(said, TOPICS, members=members, is_named=is_named)


@pytest.mark.parametrize(
    ("given", "mean", "spread"),
    [
        ((3, 3, 3), 3.0, 0.0),
        ((1, 5), 3.0, 2.83),
        ((2, 3, 4, 5), 3.5, 1.29),
        ((4,), 4.0, None),
    ],
)
def test_mean_and_spread(given, mean, spread):
    found = answers(*given)

    assert found.mean == mean
    assert found.spread == (None if spread is None else pytest.approx(spread, abs=0.005))


@pytest.mark.parametrize(
    ("given", "is_low"), [((2, 3, 3), True), ((3, 3, 3), False), ((1, 5, 3), False), ((1,), True)]
)
def test_low_is_a_mean_under_3(given, is_low):
    assert answers(*given).is_low is is_low


@pytest.mark.parametrize(
    ("given", "is_split"),
    [
        ((3, 4, 5), False),  # a variance of 1: half of what chance would have
        ((5, 5, 5, 5, 1), True),  # one who would not, among those who gladly would
        ((2, 4, 5), True),
        ((2, 2, 4, 4), False),
        ((1, 5), True),
        ((4, 4, 4, 4), False),
        ((5,), False),
        ((3, 3, 5), False),  # variances of 1.33 and 1.47; the bound is 1.4
        ((1, 1, 2, 3, 3, 4), True),
    ],
)
def test_split_is_an_agreement_of_three_tenths_or_less(given, is_split):
    assert answers(*given).is_split is is_split


@pytest.mark.parametrize("number", [0, 1, 2])
def test_of_fewer_than_three_voters_nothing_shows(number):
    votes = [Vote(5, {"t-0": 1, "t-1": 1}, "A sentence.")] * number

    found = result(*votes)

    assert found == result(*[Vote(1, {}, "")] * number)
    assert (found.voters, found.overall, found.topics, found.sentences) == (number, None, (), ())


def test_with_names_even_one_vote_shows():
    found = result(Vote(2, {"t-0": 1}, "Practise."), is_named=True)

    assert found.overall == answers(2)
    assert [each.answers for each in found.topics] == [answers(1), None]
    assert found.sentences == ("Practise.",)


def test_a_topic_that_fewer_than_three_answered_does_not_show():
    full, half = {"t-0": 4, "t-1": 1}, {"t-0": 2}

    found = result(Vote(3, full), Vote(3, full), Vote(5, half))

    assert found.overall == answers(3, 3, 5)
    assert [each.answers for each in found.topics] == [answers(4, 4, 2), None]


def test_sentences_stand_by_the_alphabet_whoever_voted_first():
    first, second, third = (Vote(n, {}, each) for n, each in enumerate(("b", "A", "b c"), start=1))

    assert result(first, second, third).sentences == ("A", "b", "b c")
    assert result(third, first, second) == result(first, second, third)


def test_who_voted_and_left_counts_among_the_members():
    assert (result(1, 2, 3, 4, members=3).members, result(1, 2, 3, members=7).members) == (4, 7)


@pytest.mark.parametrize(
    "found",
    [
        result(),
        result(1, 2),
        result(Vote(1, {"t-0": 4}, "Yes."), Vote(2, {"t-0": 4}), Vote(2, {"t-0": 1, "t-1": 2})),
        result(Vote(1, {"t-0": 4}, "Yes."), is_named=True),
    ],
)
def test_what_is_kept_of_a_result_is_all_of_it(found):
    assert from_json(as_json(found)) == found
