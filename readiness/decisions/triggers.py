"""What brings a refusal back before its date: conditions that are looked at whenever AWS, the
component, its criterion, its incidents or its drills say something new. Pure.

A trigger compares what the decision froze with what is so now; both sides are kept in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any

from readiness.canonical import canonical


class TriggerKind(StrEnum):
    VERDICT = "verdict"
    FACT = "fact"
    CRITERION = "criterion"
    COMPONENT = "component"
    INCIDENT = "incident"
    DRILL = "drill"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    TriggerKind.VERDICT: "a live check says something else",
    TriggerKind.FACT: "a fact crosses a bound",
    TriggerKind.CRITERION: "the text of the criterion changes",
    TriggerKind.COMPONENT: "target, criticality or parameters of the component change",
    TriggerKind.INCIDENT: "an incident touches it",
    TriggerKind.DRILL: "a drill on it fails or goes stale",
}
BOUNDS = (">", "<", "=")
# In what triggers_as_text writes of triggers of which one is on drills.
WATCHES_DRILLS = f'"kind":"{TriggerKind.DRILL}"'


@dataclass(frozen=True, slots=True)
class Trigger:
    """One condition. A bound is on a number among the observed facts of a check, named by the path
    to it, as "regions.eu-west-1.retention"; the size of a table or list counts as its number."""

    kind: TriggerKind
    check: str = ""
    path: str = ""
    bound: str = ""
    value: float | None = None

    @property
    def key(self) -> str:
        """What tells this trigger from the others of its decision."""
        if self.kind is not TriggerKind.FACT:
            return self.kind
        return f"{self.kind}: {self.as_line()}"[:300]

    def as_line(self) -> str:
        """Return a trigger on a fact as somebody types it."""
        return f"{self.check} {self.path} {self.bound} {_number(self.value)}"

    @property
    def words(self) -> str:
        """When it fires, as the end of a sentence."""
        if self.kind is TriggerKind.FACT:
            return f"{self.path} of {self.check} is {self.bound} {_number(self.value)}"
        return self.kind.words


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger that came true, in words, with both sides of what changed."""

    trigger: str
    at: str
    sentence: str
    before: str = ""
    after: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Situation:
    """What triggers look at: frozen by a decision, or as it is now."""

    # By check id, the latest word and the observed facts.
    verdicts: Mapping[str, str]
    facts: Mapping[str, Mapping[str, Any]]
    criterion_revision: int
    # Target, criticality and parameters, by their names for people.
    component: Mapping[str, str]
    # When incidents that touch the criterion were recorded, and what they are called.
    incidents: tuple[tuple[datetime, str], ...] = ()
    # When a drill that is to prove the criterion failed or went stale, and a sentence of it.
    drills: tuple[tuple[datetime, str], ...] = ()


def trigger_from_line(line: str, checks: Mapping[str, object]) -> Trigger:
    """Return the trigger on a fact that a line such as "logs.retention regions.x.days > 400" says.

    Raises ValueError with a sentence for whoever typed it.
    """
    words = line.split()
    if len(words) != 4:
        raise ValueError(f"Four words are needed in: {line}")
    check, path, bound, number = words
    if check not in checks:
        raise ValueError(f"There is no live check called {check}.")
    if bound not in BOUNDS:
        raise ValueError(f"Write > or < or = in: {line}")
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"{number} is no number.") from None
    if not isfinite(value):
        raise ValueError(f"{number} is no number.")
    return Trigger(TriggerKind.FACT, check, path[:200], bound, value)


def triggers_as_text(triggers: Iterable[Trigger]) -> str:
    """Return triggers as a decision keeps them; empty for none."""
    found = [asdict(trigger) for trigger in triggers]
    return canonical(found) if found else ""


@lru_cache(maxsize=256)
def triggers_from(text: str) -> tuple[Trigger, ...]:
    """Return triggers from what triggers_as_text wrote."""
    return tuple(
        Trigger(**(each | {"kind": TriggerKind(each["kind"])})) for each in json.loads(text or "[]")
    )


def fired(
    triggers: Iterable[Trigger],
    then: Situation,
    now: Situation,
    *,
    decided_at: datetime,
    at: datetime,
) -> Iterator[Fired]:
    """Yield what came true since a decision, each trigger once."""
    for trigger in triggers:
        found = _LOOK[trigger.kind](trigger, then, now, decided_at)
        if found:
            yield Fired(trigger.key, at.isoformat(), *found)


Found = tuple[str, str, str] | None


def _verdict(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    for check, word in now.verdicts.items():
        before = then.verdicts.get(check)
        # A look that failed says nothing; neither does a check that nobody had asked yet.
        if before in ("pass", "fail") and word in ("pass", "fail") and before != word:
            return f"The live check {check} says something else.", before, word
    return None


def _fact(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    number = number_at(now.facts.get(trigger.check, {}), trigger.path)
    if number is None or trigger.value is None or not _is(number, trigger.bound, trigger.value):
        return None
    before = number_at(then.facts.get(trigger.check, {}), trigger.path)
    if before is not None and _is(before, trigger.bound, trigger.value):
        return None  # it was so when it was decided: nothing was crossed
    said = f"{trigger.path} of {trigger.check} is {trigger.bound} {_number(trigger.value)} now."
    return f"{said[0].upper()}{said[1:]}", _number(before), _number(number)


def _criterion(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    before, after = then.criterion_revision, now.criterion_revision
    if after <= before:
        return None
    return "The criterion has a new text.", f"revision {before}", f"revision {after}"


def _component(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    changed = [
        name
        for name in now.component
        if then.component.get(name) not in (None, now.component[name])
    ]
    if not changed:
        return None
    return (
        f"The component changed: {', '.join(changed)}.",
        "; ".join(f"{name}: {then.component[name]}" for name in changed),
        "; ".join(f"{name}: {now.component[name]}" for name in changed),
    )


def _incident(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    since = [(at, title) for at, title in now.incidents if at > decided_at]
    if not since:
        return None
    at, title = min(since)
    return f"An incident touched it: {title}.", "", f"{at:%d %B %Y}"


def _drill(trigger: Trigger, then: Situation, now: Situation, decided_at: datetime) -> Found:
    since = [(at, sentence) for at, sentence in now.drills if at > decided_at]
    if not since:
        return None
    at, sentence = min(since)
    return sentence, "", f"{at:%d %B %Y}"


_LOOK = {
    TriggerKind.VERDICT: _verdict,
    TriggerKind.FACT: _fact,
    TriggerKind.CRITERION: _criterion,
    TriggerKind.COMPONENT: _component,
    TriggerKind.INCIDENT: _incident,
    TriggerKind.DRILL: _drill,
}


def number_at(observed: Mapping[str, Any], path: str) -> float | None:
    """Return the number at a path among observed facts; a table or list counts by its size."""
    value: Any = observed
    # Names may hold dots themselves: the longest that fits wins.
    rest = path
    while rest:
        if not isinstance(value, Mapping):
            return None
        name = max((key for key in value if _begins(rest, key)), key=len, default=None)
        if name is None:
            return None
        value, rest = value[name], rest[len(name) :].removeprefix(".")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(len(value)) if isinstance(value, Mapping | list) else None


def _begins(path: str, key: str) -> bool:
    return bool(key) and (path == key or path.startswith(f"{key}."))


def _is(number: float, bound: str, value: float) -> bool:
    return number > value if bound == ">" else number < value if bound == "<" else number == value


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"
