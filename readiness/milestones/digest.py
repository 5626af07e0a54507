"""What makes a changed milestone show, by the rule of decisions/digest.py: SHA-256 of canonical
JSON. What follows something covers its digest, so nothing can be taken out of the middle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from readiness.canonical import digest
from readiness.models import ConditionClosing, Milestone, MilestoneVerdict

OF_MILESTONE = (
    "component_id",
    "name",
    "frozen",
    "report_digest",
    "counts",
    "catalog_revision",
    "version",
    "made_by_id",
    "made_at",
)
OF_VERDICT = ("number", "kind", "reason", "by_id", "at")
OF_CLOSING = ("condition_id", "evidence", "by_id", "at")


class Terms(NamedTuple):
    """A condition as the digest of its verdict covers it."""

    text: str
    owner_id: int
    due_date: date


def milestone_digest(milestone: Milestone) -> str:
    """Return the SHA-256 of a milestone as 64 hex digits."""
    return digest({name: getattr(milestone, name) for name in OF_MILESTONE})


def verdict_digest(verdict: MilestoneVerdict, conditions: Iterable[Terms], previous: str) -> str:
    """Return the SHA-256 of a verdict, with its conditions by due date, and with what it is about.

    `previous` is the digest of the verdict before, empty for the first.
    """
    content: dict[str, Any] = {name: getattr(verdict, name) for name in OF_VERDICT}
    content["conditions"] = sorted(conditions, key=lambda terms: (terms.due_date, terms.text))
    content |= {"milestone_digest": verdict.milestone.digest, "previous_digest": previous}
    return digest(content)


def closing_digest(closing: ConditionClosing) -> str:
    """Return the SHA-256 of how a condition was closed, and of the verdict that made it."""
    content: dict[str, Any] = {name: getattr(closing, name) for name in OF_CLOSING}
    return digest(content | {"verdict_digest": closing.condition.verdict.digest})
