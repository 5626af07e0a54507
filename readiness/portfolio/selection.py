"""Which components a person wants to see, and in which order; it lives in the address. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from readiness.models import Criticality


@dataclass(frozen=True, slots=True)
class Column:
    """What the table can be sorted by; the first click sorts the worst to the top."""

    key: str
    title: str
    falling: bool = False


COLUMNS = {
    each.key: each
    for each in (
        Column("name", "Component"),
        Column("team", "Team"),
        Column("settled", "Settled"),
        Column("attention", "Needs attention", falling=True),
        Column("undecided", "Weight undecided", falling=True),
        Column("confidence", "Confidence"),
        Column("spread", "Spread", falling=True),
        Column("budget", "Error budget used", falling=True),
        Column("drill", "Oldest stale drill", falling=True),
        Column("looked", "Last look at AWS"),
        Column("revisit", "Next revisit"),
    )
}
DEFAULT = "-attention"


class Listed(NamedTuple):
    """What a list of components knows of each of them before it reads any standing."""

    pk: int
    slug: str
    name: str
    kind: str
    criticality: str
    team_slug: str
    team: str
    availability_target: Decimal | None
    window_days: int
    looked_at: datetime | None

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)

    @property
    def criticality_words(self) -> str:
        return Criticality(self.criticality).label


@dataclass(frozen=True, slots=True)
class Selection:
    """Empty fields ask for nothing. Values nobody knows are dropped: an address may be old."""

    text: str = ""
    team: str = ""
    criticality: str = ""
    kind: str = ""
    attention: bool = False
    # A key of COLUMNS, with "-" before it from the largest to the smallest.
    sort: str = DEFAULT

    @classmethod
    def from_query(cls, query: QueryDict) -> Selection:
        asked = query.get("criticality", "")
        sort = query.get("sort", "")
        return cls(
            text=query.get("text", "").strip()[:100],
            team=query.get("team", ""),
            criticality=asked if asked in Criticality.values else "",
            kind=query.get("kind", ""),
            attention=query.get("attention") == "1",
            sort=sort if sort.removeprefix("-") in COLUMNS else DEFAULT,
        )

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def query(self) -> str:
        """The address' query that asks for the same again; empty for everything."""
        return urlencode(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as names with their values."""
        said = {
            "text": self.text,
            "team": self.team,
            "criticality": self.criticality,
            "kind": self.kind,
            "attention": "1" if self.attention else "",
            "sort": "" if self.sort == DEFAULT else self.sort,
        }
        return [(name, value) for name, value in said.items() if value]

    def by(self, key: str) -> Selection:
        """Return the same, sorted by a column; one that it is sorted by already the other way."""
        falling = COLUMNS[key].falling
        if key == self.column:
            falling = not self.is_falling
        return replace(self, sort=f"-{key}" if falling else key)

    def fits(self, each: Listed) -> bool:
        """True for what is asked for, as far as it is known without any standing."""
        return (
            (not self.team or each.team_slug == self.team)
            and (not self.criticality or each.criticality == self.criticality)
            and (not self.kind or each.kind == self.kind)
            and (not self.text or self._mentioned(each))
        )

    def _mentioned(self, each: Listed) -> bool:
        words = f"{each.name} {each.kind} {each.team}".casefold()
        return all(word in words for word in self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: what there is among the components that somebody may read."""

    teams: list[tuple[str, str]]
    kinds: list[str]

    @classmethod
    def among(cls, listed: Iterable[Listed]) -> Choices:
        found = [(each.team_slug, each.team, each.kind) for each in listed]
        teams = {(slug, team) for slug, team, _ in found}
        return cls(
            teams=sorted(teams, key=lambda pair: pair[1].casefold()),
            kinds=sorted({kind for *_, kind in found if kind}, key=str.casefold),
        )
