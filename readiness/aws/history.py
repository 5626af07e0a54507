"""What changed between two answers of a check, and how often it changes its mind. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from readiness.aws.errors import UNKNOWN

COULD_NOT_LOOK = "could_not_look"

#: A check flaps when it changed its word this often within this time: its verdict is news to
#: nobody then, and what is wrong may be the check or the thing it looks at.
FLAPPING_CHANGES = 4
FLAPPING_WITHIN = timedelta(days=7)


def word(status: str) -> str:
    """What a status says: pass, fail, not_applicable, or could_not_look for all the others."""
    return COULD_NOT_LOOK if status in UNKNOWN else status


def is_flapping(changed_at: Iterable[datetime], now: datetime) -> bool:
    """Whether a check that changed its word at these moments flaps at `now`.

    The first word of a check is no change: leave it out.
    """
    recent = [at for at in changed_at if now - FLAPPING_WITHIN < at <= now]
    return len(recent) >= FLAPPING_CHANGES


class _Nothing:
    """Stands for a fact that is not there; None is a fact of its own."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that is not as it was. `path` leads to it: ("regions", "eu-west-1", "group")."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        """Whether the fact was added, removed or changed."""
        if self.before is NOTHING:
            return "added"
        return "removed" if self.after is NOTHING else "changed"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What is not the same in two tables of observed facts, in the order of the facts.

    A row or a name that came or went is one difference; of a row that stayed, each cell is.
    """
    return list(_compared((), before, after))


def _compared(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if _same(before, after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _compared(
                (*path, str(key)), before.get(key, NOTHING), after.get(key, NOTHING)
            )
    elif _are_names(before) and _are_names(after) and set(before) != set(after):
        yield from (Difference(path, name, NOTHING) for name in before if name not in after)
        yield from (Difference(path, NOTHING, name) for name in after if name not in before)
    else:
        yield Difference(path, before, after)


def _same(before: Any, after: Any) -> bool:
    """As JSON: there True is not 1."""
    if before is NOTHING or after is NOTHING:
        return before is after
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _are_names(value: Any) -> bool:
    """A list of different texts, which is compared name by name."""
    return (
        isinstance(value, list)
        and all(isinstance(each, str) for each in value)
        and len(set(value)) == len(value)
    )
