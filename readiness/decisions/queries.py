"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from readiness.decisions.digest import decision_digest
from readiness.models import Decision, Requirement


def ledger(requirement: Requirement) -> QuerySet[Decision]:
    """Return the whole ledger of a requirement, newest first."""
    return requirement.decisions.select_related("decided_by", "owner").order_by("-number")


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    decision_id: int
    where: str
    problem: str


def broken_entries() -> Iterator[BrokenEntry]:
    """Walk the whole ledger, each requirement's oldest entry first; yield what does not hold."""
    previous: Decision | None = None
    entries = Decision.objects.select_related("requirement__criterion", "requirement__component")
    for entry in entries.order_by("requirement_id", "number").iterator(chunk_size=500):
        if previous and previous.requirement_id != entry.requirement_id:
            yield from _head(previous)
            previous = None
        yield from _entry(entry, previous)
        previous = entry
    if previous:
        yield from _head(previous)
    for requirement in Requirement.objects.filter(
        current_decision__isnull=False, decisions__isnull=True
    ).select_related("criterion", "component"):
        yield BrokenEntry(0, _where(requirement), "its decisions are missing")


def _entry(entry: Decision, previous: Decision | None) -> Iterator[BrokenEntry]:
    number, before, pk = (
        (previous.number, previous.digest, previous.pk) if previous else (0, "", None)
    )
    if entry.number != number + 1:
        yield _broken(entry, f"entry {number + 1} is missing before it")
    if entry.previous_digest != before or entry.supersedes_id != (
        previous.pk if previous else None
    ):
        yield _broken(entry, "it does not follow the entry before it")
    if entry.digest != decision_digest(entry):
        yield _broken(entry, "its content is not what its digest was made from")


def _head(last: Decision) -> Iterator[BrokenEntry]:
    if last.requirement.current_decision_id != last.pk:
        yield _broken(last, "it is the newest entry, but not the current decision")


def _broken(entry: Decision, problem: str) -> BrokenEntry:
    return BrokenEntry(entry.pk, f"{_where(entry.requirement)} number {entry.number}", problem)


def _where(requirement: Requirement) -> str:
    return f"{requirement.component.slug}/{requirement.criterion.slug}"
