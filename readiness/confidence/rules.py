"""What the answers of a confidence round amount to, and how much of it may be shown. Pure.

A round of fewer than three voters shows nothing, unless it said beforehand that names stand beside
the votes: each of two voters could tell what the other said. The same holds for each topic, by
those who answered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, stdev, variance
from typing import Any

#: From the least to the most, as the form offers them.
ANSWERS = {
    1: "Not at all",
    2: "Hardly",
    3: "With help",
    4: "Mostly",
    5: "Yes, gladly",
}
QUESTION = "Would you be on call for this tonight?"
FEWEST = 3
# A mean below this is low: on the whole people would not.
LOW = 3.0
# If people answered at random, each of five answers as often: (5 * 5 - 1) / 12.
AT_RANDOM = 2.0
# Of 1; James, Demaree and Wolf call it r_wg.
NO_AGREEMENT = 0.3


@dataclass(frozen=True, slots=True)
class Answers:
    """How often each answer was given, the least first. At least once any."""

    counts: tuple[int, ...]

    @property
    def number(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        return fmean(self._each())

    @property
    def spread(self) -> float | None:
        """The standard deviation of the sample; None for a single answer."""
        return stdev(self._each()) if self.number > 1 else None

    @property
    def is_low(self) -> bool:
        return self.mean < LOW

    @property
    def is_split(self) -> bool:
        """True where people do not agree: their variance is at least seven tenths of what answers
        at random would have, that is an r_wg of 0.30 or less.

        Source: James, Demaree and Wolf, "Estimating within-group interrater reliability with and
        without response bias", Journal of Applied Psychology 69 (1984); "lack of agreement" is
        LeBreton and Senter's word for it, Organizational Research Methods 11 (2008), table 3.
        """
        if self.number < 2:
            return False
        return variance(self._each()) >= (1 - NO_AGREEMENT) * AT_RANDOM

    def _each(self) -> list[int]:
        pairs = zip(ANSWERS, self.counts, strict=True)
        return [answer for answer, times in pairs for _ in range(times)]


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person said; `by_topic` has the topics that were answered, by slug."""

    overall: int
    by_topic: Mapping[str, int]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TopicAnswers:
    slug: str
    name: str
    # None where too few answered.
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Result:
    """What may be shown of a closed round."""

    voters: int
    # Of the team, at the close.
    members: int
    # None where too few voted; then there are neither topics nor sentences.
    overall: Answers | None
    topics: tuple[TopicAnswers, ...] = ()
    # In an order that does not tell who said them.
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """What a gap report says of the newest closed round."""

    question: str
    closed_at: datetime
    voters: int
    members: int
    # None where too few voted.
    mean: float | None
    spread: float | None
    # Closed ones, this one included.
    rounds: int


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest closed round of a component, as lists show it."""

    question: str
    closed_at: datetime
    voters: int
    # None where too few voted; a spread also for a single vote of a round with names.
    mean: float | None
    spread: float | None


def result_of(
    votes: Sequence[Vote], topics: Iterable[tuple[str, str]], *, members: int, is_named: bool
) -> Result:
    """Return what may be shown of `votes`; `topics` are slug and name of those asked about."""
    fewest = 1 if is_named else FEWEST
    overall = _answers([vote.overall for vote in votes], fewest)
    members = max(members, len(votes))
    if overall is None:
        return Result(len(votes), members, None)
    return Result(
        voters=len(votes),
        members=members,
        overall=overall,
        topics=tuple(
            TopicAnswers(
                slug,
                name,
                _answers([v.by_topic[slug] for v in votes if slug in v.by_topic], fewest),
            )
            for slug, name in topics
        ),
        sentences=tuple(sorted((v.sentence for v in votes if v.sentence), key=_alphabetical)),
    )


def _answers(given: Sequence[int], fewest: int) -> Answers | None:
    if len(given) < fewest:
        return None
    return Answers(tuple(given.count(answer) for answer in ANSWERS))


def _alphabetical(text: str) -> tuple[str, str]:
    return text.casefold(), text


def as_json(result: Result) -> dict[str, Any]:
    """Return a result as its column keeps it; lists read `voters`, `mean` and `spread` alone."""
    overall = result.overall
    return {
        "voters": result.voters,
        "members": result.members,
        "mean": rounded(overall.mean) if overall else None,
        "spread": rounded(overall.spread) if overall else None,
        "overall": list(overall.counts) if overall else None,
        "topics": [
            {
                "slug": each.slug,
                "name": each.name,
                "counts": list(each.answers.counts) if each.answers else None,
            }
            for each in result.topics
        ],
        "sentences": list(result.sentences),
    }


def from_json(kept: Mapping[str, Any]) -> Result:
    """Return the result that as_json made `kept` of."""

    def answers(counts: Sequence[int] | None) -> Answers | None:
        return None if counts is None else Answers(tuple(counts))

    return Result(
        voters=kept["voters"],
        members=kept["members"],
        overall=answers(kept["overall"]),
        topics=tuple(
            TopicAnswers(each["slug"], each["name"], answers(each["counts"]))
            for each in kept["topics"]
        ),
        sentences=tuple(kept["sentences"]),
    )


def rounded(value: float | None) -> float | None:
    """Return a mean or a spread as it is kept and shown in files."""
    return None if value is None else round(value, 2)
