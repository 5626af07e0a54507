"""What is weak in a record: said, but not so that it helps whoever reads it in a year. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from readiness.models.catalog import Outcome

# A reason in fewer words than this is no sentence.
WORDS = 8
# The same reason on so many requirements was copied, not thought.
COPIES = 3
YEAR = timedelta(days=365)
LINK = re.compile(r"\b(?:https?://|mailto:)\S+|\[[^\[\]]+\]\(\S+\)", re.IGNORECASE)


class Rule(StrEnum):
    """In the order of the page."""

    EVIDENCE = "evidence"
    SHORT = "short"
    COPIED = "copied"
    OLD = "old"
    UNTRANSLATED = "untranslated"
    OWNER = "owner"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Rule.EVIDENCE: "Done, without evidence that can be opened",
    Rule.SHORT: "Refused in less than a sentence",
    Rule.COPIED: "The same reason on several requirements",
    Rule.OLD: "Decided more than a year ago",
    Rule.UNTRANSLATED: "Decided without saying what it means here",
    Rule.OWNER: "Owned by somebody who left",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A requirement with the decision that stands, as the rules look at it."""

    criterion: str
    component: str
    component_name: str
    statement: str
    translated: bool
    outcome: str
    reasoning: str
    evidence: str
    # Links and files that were added to the requirement, and not withdrawn.
    attached: int
    decided_on: date
    owner: str
    # Active, and a member of the component's team; True while nobody owns it.
    owner_is_there: bool


@dataclass(frozen=True, slots=True)
class Finding:
    entry: Entry
    rule: Rule
    says: str


def findings(entries: Sequence[Entry], today: date) -> dict[Rule, list[Finding]]:
    """Return what is weak, by rule in their order; rules that found nothing are left out."""
    found: dict[Rule, list[Finding]] = {rule: [] for rule in Rule}
    copies = _copies(entries)
    for entry in entries:
        for rule, says in (*_of(entry, today), *_copied(entry, copies)):
            found[rule].append(Finding(entry, rule, says))
    return {rule: each for rule, each in found.items() if each}


def _of(entry: Entry, today: date) -> Iterator[tuple[Rule, str]]:
    if entry.outcome == Outcome.DONE and not entry.attached and not LINK.search(entry.evidence):
        yield Rule.EVIDENCE, "No link in the evidence, and no file."
    words = len(entry.reasoning.split())
    if entry.outcome == Outcome.WONT_BUILD and words < WORDS:
        yield Rule.SHORT, f"{words} {'word' if words == 1 else 'words'}."
    if today - entry.decided_on > YEAR:
        days = (today - entry.decided_on).days
        yield Rule.OLD, f"Decided {days} days ago: whatever it rested on is as old."
    if not entry.translated and entry.outcome != Outcome.NOT_APPLICABLE:
        yield Rule.UNTRANSLATED, "It still has the catalog's own words."
    if not entry.owner_is_there:
        yield Rule.OWNER, f"{entry.owner} is no active member of the team."


def normalised(text: str) -> str:
    """Return a text without what copies differ in by chance: case, spaces, punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _copies(entries: Iterable[Entry]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for entry in entries:
        if said := normalised(entry.reasoning):
            counted[said] += 1
    return {said: number for said, number in counted.items() if number >= COPIES}


def _copied(entry: Entry, copies: dict[str, int]) -> Iterator[tuple[Rule, str]]:
    if number := copies.get(normalised(entry.reasoning)):
        yield Rule.COPIED, f"{number} requirements say exactly this."
