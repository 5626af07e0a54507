"""How much risk a refusal takes, and how long it may stand before somebody must look again.

An organisation names its own levels; a decision keeps the matrix that it was made on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from readiness.canonical import canonical

RANKS = range(1, 6)
# How a level may look, from the calmest to the most urgent; the names are those of static/app.css.
TONES = ("calm", "mild", "warm", "hot", "burning")
# Days before a revisit date, where a matrix does not say otherwise.
REMIND_DAYS = (14, 3)


@dataclass(frozen=True, slots=True)
class Level:
    key: str
    name: str
    tone: str
    # The longest a refusal may stand, in days.
    days: int
    needs_approval: bool
    # How many days before that somebody is reminded, the earliest first.
    remind_days: tuple[int, ...] = REMIND_DAYS


@dataclass(frozen=True, slots=True)
class Matrix:
    """Likelihood and impact, 1 to 5 each, to a level."""

    likelihoods: tuple[str, ...]
    impacts: tuple[str, ...]
    # From the smallest risk to the largest.
    levels: tuple[Level, ...]
    # A row per likelihood, a column per impact, each the key of a level.
    cells: tuple[tuple[str, ...], ...]

    def level(self, likelihood: int, impact: int) -> Level:
        """Return the level of a risk. Raises IndexError for a number that is not 1 to 5."""
        if likelihood not in RANKS or impact not in RANKS:
            raise IndexError(f"{likelihood} and {impact} are not both 1 to 5")
        key = self.cells[likelihood - 1][impact - 1]
        return next(level for level in self.levels if level.key == key)

    def latest_revisit(self, likelihood: int, impact: int, today: date) -> date:
        """Return the last day a refusal of this risk, decided on `today`, may stand."""
        return today + timedelta(days=self.level(likelihood, impact).days)

    def words(self, likelihood: int, impact: int) -> str:
        """Return a risk in words: "high: likely, major"."""
        level = self.level(likelihood, impact).name.lower()
        return f"{level}: {self.likelihoods[likelihood - 1]}, {self.impacts[impact - 1]}"

    def as_text(self) -> str:
        return canonical(asdict(self))


def risk_words(matrix: str, likelihood: int | None, impact: int | None) -> str:
    """Return the risk of a decision in the words of the matrix that it was made on; empty when it
    was not rated."""
    if likelihood is None or impact is None:
        return ""
    return matrix_from(matrix).words(likelihood, impact)


@lru_cache(maxsize=64)
def matrix_from(text: str) -> Matrix:
    """Return a matrix from what as_text wrote; the default one from an empty text."""
    if not text:
        return DEFAULT
    given = json.loads(text)
    return Matrix(
        likelihoods=tuple(given["likelihoods"]),
        impacts=tuple(given["impacts"]),
        levels=tuple(_level(level) for level in given["levels"]),
        cells=tuple(tuple(row) for row in given["cells"]),
    )


def _level(given: dict[str, Any]) -> Level:
    # Texts from before there were reminders say nothing of them.
    return Level(**(given | {"remind_days": tuple(given.get("remind_days", REMIND_DAYS))}))


def problems_of(matrix: Matrix) -> Iterator[str]:
    """Yield what is wrong with a matrix that somebody edited, a sentence each."""
    for given, what in ((matrix.likelihoods, "likelihoods"), (matrix.impacts, "impacts")):
        if len(given) != 5 or not all(given) or len(set(given)) != 5:
            yield f"Give the five {what} names of their own."
    keys = [level.key for level in matrix.levels]
    names = {level.name.strip().casefold() for level in matrix.levels} - {""}
    if not 2 <= len(keys) <= len(TONES) or not len(set(keys)) == len(names) == len(keys):
        yield f"Give two to {len(TONES)} levels, each its own name."
    if [level.days for level in matrix.levels] != sorted(
        (level.days for level in matrix.levels), reverse=True
    ):
        yield "A larger risk may not stand for longer than a smaller one."
    if any(not 1 <= level.days <= 3660 for level in matrix.levels):
        yield "A refusal stands for 1 to 3660 days."
    if any(not _reminds(level) for level in matrix.levels):
        yield "Reminders are up to five numbers of days, 1 to 365 each."
    if any(key not in keys for row in matrix.cells for key in row):
        yield "Each cell needs one of the levels."
    elif not _grows(matrix, keys):
        yield "The level may not fall where likelihood or impact grows."


def _reminds(level: Level) -> bool:
    return len(level.remind_days) <= 5 and all(1 <= days <= 365 for days in level.remind_days)


def _grows(matrix: Matrix, keys: list[str]) -> bool:
    ranks = [[keys.index(key) for key in row] for row in matrix.cells]
    columns = [list(column) for column in zip(*ranks, strict=True)]
    return all(line == sorted(line) for line in (*ranks, *columns))


def _default_key(likelihood: int, impact: int) -> str:
    score = likelihood * impact
    if score >= 20:
        return "critical"
    if score >= 10:
        return "high"
    return "moderate" if score >= 5 else "low"


DEFAULT = Matrix(
    likelihoods=("rare", "unlikely", "possible", "likely", "almost certain"),
    impacts=("negligible", "minor", "moderate", "major", "severe"),
    levels=(
        Level("low", "Low", "calm", 365, needs_approval=False),
        Level("moderate", "Moderate", "mild", 180, needs_approval=False),
        Level("high", "High", "warm", 90, needs_approval=True),
        Level("critical", "Critical", "hot", 30, needs_approval=True),
    ),
    cells=tuple(tuple(_default_key(row, column) for column in RANKS) for row in RANKS),
)
