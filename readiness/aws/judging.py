"""One verdict out of many places: region by region, bucket by bucket, record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from readiness.aws.errors import CouldNotLook, Status, SubjectMissing
from readiness.aws.registry import Observed, Verdict

SHOWN = 6  # names in a sentence before "and 7 more"

#: Which reason of several to report: first what only a person can mend, last what time may mend.
WORST_FIRST = (
    Status.NOT_AUTHORISED,
    Status.UNSUPPORTED,
    Status.NOT_FOUND,
    Status.ERROR,
    Status.THROTTLED,
    Status.TIMEOUT,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one place says. `good` is None where there is nothing to judge."""

    good: bool | None
    facts: dict[str, Any]
    wrong: str = ""  # for a person, of a part that is not good


@dataclass
class Tally:
    """The places sorted by what they say, each by its name."""

    good: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    nothing: list[str] = field(default_factory=list)
    unknown: dict[str, CouldNotLook] = field(default_factory=dict)
    table: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return len(self.table)

    def wrongs(self) -> str:
        """What is wrong, grouped: "actions off in eu-west-1 and us-east-1"."""
        return _grouped(self.wrong)

    def verdict(
        self,
        observed: Observed,
        *,
        passed: str,
        failed: str,
        also_unknown: Mapping[str, CouldNotLook] | None = None,
    ) -> Verdict:
        """A known fail is a fail; else anything unknown is unknown; else a pass.

        `passed` and `failed` are sentences without their full stop. Where `observed` has the table
        of these places, it also keeps which of them are wrong, or have nothing to judge.
        Nothing here turns "nothing to judge" into a verdict of its own: the check knows whether
        that is not_applicable.
        """
        observed = {**observed, **self._places(observed)}
        unknown = {**(also_unknown or {}), **self.unknown}
        blind = _grouped({name: error.reason.rstrip(".") for name, error in unknown.items()})
        if self.wrong:
            also = f"; could not look: {blind}" if unknown else ""
            return Verdict(Status.FAIL, f"{failed}{also}.", observed)
        if unknown:
            statuses = {error.status for error in unknown.values()}
            status = next(status for status in WORST_FIRST if status in statuses)
            return Verdict(status, f"Could not look: {blind}.", observed)
        return Verdict(Status.PASS, f"{passed}.", observed)

    def _places(self, observed: Observed) -> Observed:
        """{"wrong_in": {"regions": ["eu-west-1"]}}: what a page needs to mark rows of a table."""
        name = next((name for name, value in observed.items() if value is self.table), None)
        found = {"wrong_in": self.wrong, "nothing_in": self.nothing}
        return {
            key: {name: capped([*places], 60)} for key, places in found.items() if name and places
        }


def look_at(names: Iterable[str], look: Callable[[str], Part]) -> Tally:
    """Ask `look` about each name. It may raise SubjectMissing (wrong) or CouldNotLook (unknown)."""
    tally = Tally()
    for name in names:
        try:
            part = look(name)
        except SubjectMissing as error:
            part = Part(False, {"exists": False}, wrong=error.reason.rstrip("."))
        except CouldNotLook as error:
            tally.unknown[name] = error
            tally.table[name] = {"could_not_look": error.status.value}
            continue
        tally.table[name] = part.facts
        if part.good is None:
            tally.nothing.append(name)
        elif part.good:
            tally.good.append(name)
        else:
            tally.wrong[name] = part.wrong
    return tally


def to_mend(observed: Observed, table: str, every: Iterable[str]) -> list[str]:
    """The places of a table that a verdict calls wrong and that exist; if it calls none, every."""
    rows, wrong = observed.get(table, {}), observed.get("wrong_in", {}).get(table, [])
    known = list(every)
    there = [name for name in known if rows.get(name, {}).get("exists") is not False]
    return [name for name in there if name in wrong] or known


def listing(names: Iterable[str], shown: int = SHOWN) -> str:
    """ "a", "a and b", "a, b and c", "a, b and 7 more"."""
    known = list(names)
    if len(known) > shown:
        known = [*known[: shown - 1], f"{len(known) - shown + 1} more"]
    if len(known) < 2:
        return "".join(known)
    return f"{', '.join(known[:-1])} and {known[-1]}"


def count(number: int, noun: str, nouns: str = "") -> str:
    """ "1 region", "2 regions"."""
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def capped(names: Sequence[str], most: int = 20) -> list[str]:
    """For `observed`, which is stored: the first names, and how many more there were."""
    if len(names) <= most:
        return list(names)
    return [*names[:most], f"and {len(names) - most} more"]


def _grouped(said: Mapping[str, str]) -> str:
    """Names that say the same thing are named together."""
    groups: dict[str, list[str]] = {}
    for name, what in said.items():
        groups.setdefault(what, []).append(name)
    return "; ".join(f"{what} ({listing(names)})" for what, names in groups.items())
