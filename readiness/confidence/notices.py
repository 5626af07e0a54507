"""What people are told of a round, a sentence or two each. Pure."""

from __future__ import annotations

from readiness.confidence.rules import from_json
from readiness.models import ConfidenceRound
from readiness.reports.words import moment


def opened_text(opened: ConfidenceRound) -> str:
    """Return what is said of an open round: nothing of its votes, not even how many."""
    names = "Names stand beside the answers afterwards." if opened.is_named else "It is blind."
    by, until = opened.opened_by.name, moment(opened.closes_at)
    return f"{by} asks until {until}: {opened.question} {names}"


def closed_text(closed: ConfidenceRound) -> str:
    """Return what is said of a closed round: what everybody may see."""
    result = from_json(closed.result or {})
    answered = f"{result.voters} of {result.members} answered"
    if result.overall is None:
        return f"{closed.question} {answered}, too few to show anything."
    return f"{closed.question} {answered}, {result.overall.mean:.1f} of 5 on average."
