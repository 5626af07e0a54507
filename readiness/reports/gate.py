"""May this go live? A gap report judged by a policy. Pure.

Three answers: ready, not ready, could not tell. What could not be looked at is neither fine nor
failed, so it never makes a component ready, and alone never makes it not ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from readiness.decisions.standing import Standing
from readiness.models.catalog import Outcome
from readiness.reports import words
from readiness.reports.gap_report import GapReport, RequirementLine
from readiness.reports.gate_policy import Policy, Tolerance


class GateOutcome(StrEnum):
    READY = "ready"
    NOT_READY = "not_ready"
    COULD_NOT_TELL = "could_not_tell"

    @property
    def exit_code(self) -> int:
        return list(GateOutcome).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is in the way, or that nobody could see; `outcome` is which of the two."""

    outcome: GateOutcome
    # The key of the policy that asks for it.
    rule: str
    # Slug of the criterion and standing of the requirement; empty where it is of the whole.
    requirement: str
    standing: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    outcome: GateOutcome
    # What is in the way first; empty when it is ready.
    reasons: tuple[Reason, ...]

    def as_data(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "reasons": [asdict(reason) for reason in self.reasons]}


def judge(
    report: GapReport, policy: Policy, now: datetime, *, last_go: datetime | None = None
) -> Judgement:
    """Return whether the component of a report may go live by a policy, and if not, why.

    `last_go` is when the newest milestone was frozen, if approvers said go to it.
    """
    reasons = (
        *(each for line in report.requirements for each in _in_the_way(line, policy)),
        *_milestone(policy, now, last_go),
        *_nothing_known(report),
        *_last_look(report, policy, now),
        *(each for line in report.requirements for each in _unseen(line, policy)),
    )
    found = {reason.outcome for reason in reasons}
    for outcome in (GateOutcome.NOT_READY, GateOutcome.COULD_NOT_TELL):
        if outcome in found:
            return Judgement(outcome, reasons)
    return Judgement(GateOutcome.READY, ())


def _in_the_way(line: RequirementLine, policy: Policy) -> Iterator[Reason]:
    if _bars(line.standing, line, policy):
        why = words.reason(line) or "Nobody has decided yet."
        yield _of(line, GateOutcome.NOT_READY, f"not_ready.{line.standing}", why)


def _bars(standing: Standing, line: RequirementLine, policy: Policy) -> bool:
    least = policy.not_ready.get(standing)
    return least is not None and line.weight >= least


def _milestone(policy: Policy, now: datetime, last_go: datetime | None) -> Iterator[Reason]:
    days = policy.milestone_within_days
    if days is None or (last_go and now - last_go <= timedelta(days=days)):
        return
    sentence = "No milestone stands to which somebody said go."
    if last_go:
        sentence = f"The milestone with a go is of {words.day(last_go)}, more than {days} days ago."
    yield Reason(GateOutcome.NOT_READY, "milestone_within_days", "", "", sentence)


def _nothing_known(report: GapReport) -> Iterator[Reason]:
    if not report.requirements:
        sentence = "There are no requirements yet, so nothing can be said about readiness."
        yield _of_all("requirements", sentence)


def _last_look(report: GapReport, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Yield that nothing of AWS was seen, or not lately. A look that could not see is none."""
    moments = (c.known_at if c.could_not_look else c.checked_at for c in report.checks)
    seen = max((moment for moment in moments if moment), default=None)
    hours = policy.last_look_within_hours
    if seen is None:
        if policy.nothing_seen is Tolerance.COULD_NOT_TELL:
            why = (
                "No live check has seen anything yet" if report.checks else "No live check applies"
            )
            yield _of_all("nothing_seen", f"{why}, so nothing here rests on AWS itself.")
    elif hours is not None and now - seen > timedelta(hours=hours):
        sentence = f"AWS was last seen on {words.moment(seen)}, more than {hours} h ago."
        yield _of_all("last_look_within_hours", sentence)


# What an answer of AWS could turn a decision into (docs/standings.md). One that is not applicable
# stands whatever AWS says.
_MIGHT_BE = {
    Outcome.DONE: Standing.CONTRADICTED,
    Outcome.BUILD: Standing.ARRIVED,
    Outcome.WONT_BUILD: Standing.OVERTAKEN,
}


def _unseen(line: RequirementLine, policy: Policy) -> Iterator[Reason]:
    """Yield what could not be looked at, where its answer might be in the way."""
    if policy.could_not_look is Tolerance.TOLERATE or line.decision is None:
        return
    might_be = _MIGHT_BE.get(Outcome(line.decision.outcome))
    if might_be is None or line.standing is might_be or not _bars(might_be, line, policy):
        return
    for check in line.checks:
        if check.muted or not (check.could_not_look or check.status is None):
            continue
        said = check.reason or "Nobody has looked yet."
        sentence = f"Might be {might_be.word}. {check.check.title}: {said}"
        yield _of(line, GateOutcome.COULD_NOT_TELL, "could_not_look", sentence)


def _of(line: RequirementLine, outcome: GateOutcome, rule: str, sentence: str) -> Reason:
    return Reason(outcome, rule, line.criterion, line.standing.value, sentence)


def _of_all(rule: str, sentence: str) -> Reason:
    return Reason(GateOutcome.COULD_NOT_TELL, rule, "", "", sentence)
