"""The sentences of a gap report: why a requirement stands where it stands. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from readiness.confidence.rules import Confidence
from readiness.decisions.risk import risk_words
from readiness.decisions.standing import LiveVerdict, Standing
from readiness.drills.rules import Age
from readiness.models.catalog import Outcome
from readiness.reports.gap_report import DrillLine, RequirementLine

OUTCOME_WORDS = {
    Outcome.BUILD: "We will build it",
    Outcome.DONE: "It is done",
    Outcome.WONT_BUILD: "We will not build it",
    Outcome.NOT_APPLICABLE: "Does not apply here",
}


# The optional texts of a decision, in the order in which they are read.
BESIDES = {
    "benefit": "Benefit",
    "cost_avoided": "Cost avoided",
    "benefit_forgone": "Benefit forgone",
    "alternatives": "Alternatives considered",
    "change_our_mind": "What would change our mind",
}


def risk(content: Any) -> str:
    """Return the risk of a decision, or of a suggestion, in words: "high: likely, major"; empty
    when it was not rated."""
    return risk_words(getattr(content, "matrix", ""), content.likelihood, content.impact)


def remaining_risk(decision: Any) -> str:
    """Return in words what remains of a risk after the mitigations; empty when nobody rated it."""
    return risk_words(decision.matrix, decision.residual_likelihood, decision.residual_impact)


def day(value: date | datetime | None) -> str:
    """Return "12 March 2026"; empty for None. A time is the day it was where the users are."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """Return "12 March 2026, 14:03 CET", where the users are; empty for None."""
    return "" if value is None else f"{day(value)}, {timezone.localtime(value):%H:%M %Z}"


def brief(text: str, length: int = 150) -> str:
    """Return the beginning of a text on one line, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[:length].rsplit(" ", 1)[0].rstrip(" ,;:.") + "\N{HORIZONTAL ELLIPSIS}"


def reason(line: RequirementLine) -> str:
    """Return in one sentence or two why the requirement stands where it stands."""
    decision = line.decision
    if decision is None:
        return ""
    decided = day(decision.decided_at)
    match line.standing:
        case Standing.CONTRADICTED:
            return f"Marked done on {decided}, but: {_said(line, LiveVerdict.FAIL)}"
        case Standing.OVERTAKEN:
            return f"Refused on {decided}, but it exists now: {_said(line, LiveVerdict.PASS)}"
        case Standing.ARRIVED:
            return f"To be built, and it seems to be there: {_said(line, LiveVerdict.PASS)}"
        case Standing.LAPSED if line.fired:
            return f"Refused on {decided}, and since then: {' '.join(line.fired)}"
        case Standing.LAPSED if decision.outcome == Outcome.WONT_BUILD:
            return f"Refused on {decided}, until {day(decision.revisit_date)}."
        case Standing.LAPSED:
            return f"Set aside as not applicable until {day(decision.revisit_date)}."
        case Standing.OVERDUE:
            return f"Was to be built by {day(decision.due_date)}."
        case _:
            return term(line)


def term(line: RequirementLine) -> str:
    """Return the decision in a few words, with the day by or until which it holds."""
    decision = line.decision
    if decision is None:
        return ""
    decided, due = day(decision.decided_at), day(decision.due_date)
    until = day(decision.revisit_date)
    match Outcome(decision.outcome):
        case Outcome.BUILD:
            return f"Build by {due}." if due else "To be built."
        case Outcome.DONE:
            return f"Done, {decided}."
        case Outcome.WONT_BUILD:
            return f"Refused until {until}."
        case Outcome.NOT_APPLICABLE:
            return f"Set aside until {until}." if until else f"Set aside, {decided}."


def confident(said: Confidence) -> str:
    """Return what people said when they were last asked: "3.4 of 5 on average, spread 1.1"."""
    answered = f"{said.voters} of {said.members} answered"
    when = f"People were last asked on {day(said.closed_at)} how confident they are"
    if said.mean is None:
        return f"{when}: {answered}, too few to show anything."
    spread = "" if said.spread is None else f", spread {said.spread:.1f}"
    return f"{when}: {said.mean:.1f} of 5 on average{spread}; {answered}."


def rehearsed(drill: DrillLine) -> str:
    """Return what was rehearsed: "Practised: Roll back, passed on 12 March 2026, fresh."."""
    age = "" if drill.age is Age.FAILED else f", {drill.age}"
    return f"Practised: {drill.title}, {drill.outcome} on {day(drill.ended_on)}{age}."


def _said(line: RequirementLine, verdict: LiveVerdict) -> str:
    return " ".join(
        check.said for check in line.checks if check.verdict is verdict and not check.muted
    )
