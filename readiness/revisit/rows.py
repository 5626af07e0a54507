"""One line of the queue: why it waits, since when, and whose it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from readiness.decisions.risk import Level, matrix_from
from readiness.decisions.rules import content_of
from readiness.decisions.standing import Standing
from readiness.models import Decision, Outcome, Requirement, User
from readiness.reports.words import OUTCOME_WORDS, day


class Group(StrEnum):
    """Why something waits, in the order of the queue."""

    LAPSED = "lapsed"
    SOON = "soon"
    CONTRADICTED = "contradicted"
    OVERTAKEN = "overtaken"
    ARRIVED = "arrived"
    OVERDUE = "overdue"
    PROPOSED = "proposed"

    @property
    def word(self) -> str:
        return _WORDS.get(self, self.value)

    @property
    def by_date(self) -> bool:
        """True where another date answers the question; elsewhere AWS would only ask it again."""
        return self in (Group.LAPSED, Group.SOON, Group.OVERDUE)


_WORDS = {Group.SOON: "due soon", Group.PROPOSED: "to be approved"}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One requirement that waits, with what its line says."""

    requirement: Requirement
    group: Group
    standing: Standing
    today: date
    may_write: bool

    @property
    def decision(self) -> Decision | None:
        """The decision that the row is about: the proposal, or what stands."""
        if self.group is Group.PROPOSED:
            return self.requirement.proposed_decision
        return self.requirement.source.current_decision

    @property
    def owner(self) -> User | None:
        decision = self.decision
        return self.requirement.owner or (
            decision.owner or decision.decided_by if decision else None
        )

    @property
    def level(self) -> Level | None:
        """The risk level that policy goes by, of a refusal."""
        decision = self.decision
        return content_of(decision).level(matrix_from(decision.matrix)) if decision else None

    @property
    def statement(self) -> str:
        return self.requirement.statement or self.requirement.criterion.title

    @property
    def says(self) -> str:
        """Why it waits, in a sentence made of dates and of triggers that fired."""
        decision = self.decision
        if decision is None:
            return ""
        decided = day(decision.decided_at)
        match self.group:
            case Group.PROPOSED:
                words = OUTCOME_WORDS[Outcome(decision.outcome)]
                return f"{decision.decided_by.name} proposes: {words}."
            case Group.CONTRADICTED:
                return f"Marked done on {decided}; a live check says otherwise."
            case Group.OVERTAKEN:
                return f"Refused on {decided}, but the live checks find it."
            case Group.ARRIVED:
                return "To be built, and the live checks find it."
            case Group.OVERDUE:
                return f"Was to be built by {day(decision.due_date)}."
            case Group.SOON:
                return self._soon(decision)
            case Group.LAPSED:
                return self._lapsed(decision, decided)

    def _lapsed(self, decision: Decision, decided: str) -> str:
        refused = decision.outcome == Outcome.WONT_BUILD
        if fired := self.requirement.fired:
            since = " ".join(each["sentence"] for each in fired)
            return f"{'Refused' if refused else 'Set aside'} on {decided}, and since then: {since}"
        until = day(decision.revisit_date)
        return f"Refused until {until}." if refused else f"Set aside until {until}."

    def _soon(self, decision: Decision) -> str:
        end = _end(decision)
        days = (end - self.today).days if end else 0
        left = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        what = "To be built" if decision.outcome == Outcome.BUILD else "To be looked at again"
        return f"{what} by {day(end)}, {left}."

    @property
    def since(self) -> date | None:
        """The day from which on it waits; None where only its live checks know."""
        decision = self.decision
        if decision is None:
            return None
        if self.group is Group.PROPOSED:
            return timezone.localdate(decision.decided_at)
        if self.group is Group.LAPSED and self.requirement.fired:
            first = min(each["at"] for each in self.requirement.fired)
            return timezone.localdate(datetime.fromisoformat(first))
        if self.group in (Group.LAPSED, Group.OVERDUE) and (end := _end(decision)):
            return end + timedelta(days=1)
        return None

    @property
    def until(self) -> date | None:
        """The day by which it is to be looked at, while that is not over."""
        return _end(self.decision) if self.decision and self.group is Group.SOON else None


def _end(decision: Decision) -> date | None:
    return decision.due_date if decision.outcome == Outcome.BUILD else decision.revisit_date
