"""Whatever people do in whatever order, the ledger keeps it; whatever is altered in it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from readiness.decisions.actions import DecisionConflict, decide, refresh_standings
from readiness.decisions.approvals import (
    OwnProposal,
    ProposalGone,
    approve,
    send_back,
    withdraw,
)
from readiness.decisions.digest import NEWEST_RULE, OF_APPROVAL, RULES
from readiness.decisions.queries import broken_entries
from readiness.decisions.rules import Content
from readiness.decisions.sharing import NothingToInherit, NotInherited, inherit, stop_inheriting
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Approval, Decision, Requirement, User
from tests import factory
from tests.factory import NOW

CRITERION = "c-0-0"
OUTCOMES = ("build", "done", "not_applicable", "wont_build", "wont_build, high risk")
people = st.integers(0, 2)
places = st.integers(0, 1)


def content(outcome: str, by: User, words: str) -> Content:
    """What somebody says in `words`; all else is what the outcome asks for."""
    if outcome in ("build", "not_applicable"):
        return Content(outcome, reasoning=words, owner_id=by.pk)
    if outcome == "done":
        return Content(outcome, evidence=words, reasoning=words)
    how = 4 if outcome.endswith("high risk") else 2
    return Content(
        "wont_build", reasoning=words, risk="It may hurt.", likelihood=how, impact=how,
        revisit_date=date(2027, 1, 31), triggers=(Trigger(TriggerKind.INCIDENT),),
    )  # fmt: skip


def rows_of(model: type[Decision] | type[Approval]) -> list[tuple[Any, ...]]:
    """Return everything that the database keeps of a table, in the order of writing."""
    return list(model.objects.order_by("pk").values_list())


class Ledger(RuleBasedStateMachine):
    """Three people, a platform and a component that stands on it, one criterion."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.people = [factory.make_user() for _ in range(3)]
        self.places = [factory.make_component(slug=slug) for slug in ("logging", "router")]
        self.places[0].is_platform = True
        self.places[0].save()
        self.places[1].platforms.add(self.places[0])
        self.now = NOW
        self.step = 0
        self.entries: list[tuple[Any, ...]] = []
        self.ends: list[tuple[Any, ...]] = []
        # What was accepted, as it was said: what the ledger must hold, once and in this order.
        self.said: list[tuple[int, int, str]] = []
        self.ended: list[tuple[int, str, int]] = []

    def requirement(self, place: int) -> Requirement:
        return Requirement.objects.get(component=self.places[place], criterion__slug=CRITERION)

    def common(self, place: int, who: int) -> dict[str, Any]:
        return {
            "component": self.places[place],
            "criterion": CRITERION,
            "by": self.people[who],
            "now": self.now,
        }

    @rule(place=places, who=people, outcome=st.sampled_from(OUTCOMES), late=st.booleans())
    def decide(self, place: int, who: int, outcome: str, late: bool) -> None:
        """`late` has seen the entry before the newest one."""
        head = self.requirement(place).head_decision
        seen = head.supersedes_id if head and late else head and head.pk
        self.step += 1
        words = f"Step {self.step}."
        by = self.people[who]
        try:
            decide(
                content=content(outcome, by, words), supersedes_id=seen, **self.common(place, who)
            )
        except DecisionConflict:
            assert late
        else:
            self.said.append((self.requirement(place).pk, by.pk, words))

    @rule(place=places, who=people, how=st.sampled_from([approve, send_back, withdraw]))
    def end(self, place: int, who: int, how: Any) -> None:
        """Somebody ends the proposal, or what was one: the newest entry."""
        decision = self.requirement(place).head_decision
        if decision is None:
            return
        try:
            end = how(decision=decision, by=self.people[who], now=self.now, reason="Because.")
        except (ProposalGone, OwnProposal):
            return
        self.ended.append((decision.pk, end.kind, self.people[who].pk))

    @rule(who=people)
    def follow(self, who: int) -> None:
        seen = self.requirement(1).head_decision_id
        try:
            inherit(platform=self.places[0], seen=seen, **self.common(1, who))
        except NothingToInherit:
            assert self.requirement(0).current_decision is None

    @rule(who=people)
    def stop(self, who: int) -> None:
        try:
            stop_inheriting(**self.common(1, who))
        except NotInherited:
            assert self.requirement(1).inherits is None

    @rule(days=st.sampled_from([1, 100]), incident=st.booleans(), place=places)
    def time_passes(self, days: int, incident: bool, place: int) -> None:
        """Decisions come back by their date or by an incident, and proposals grow old."""
        if incident:
            factory.make_incident(self.places[place], CRITERION, now=self.now)
        # Never beyond the date of a refusal that may still be made.
        self.now = min(self.now + timedelta(days=days), NOW + timedelta(days=20))
        for each in self.places:
            refresh_standings(component=each, now=self.now + timedelta(days=days))

    @invariant()
    def nothing_before_is_other_than_it_was(self) -> None:
        entries, ends = rows_of(Decision), rows_of(Approval)
        assert entries[: len(self.entries)] == self.entries
        assert ends[: len(self.ends)] == self.ends
        self.entries, self.ends = entries, ends

    @invariant()
    def what_was_accepted_is_there_once_and_in_order(self) -> None:
        entries = Decision.objects.order_by("pk")
        assert list(entries.values_list("requirement", "decided_by", "reasoning")) == self.said
        ends = Approval.objects.order_by("pk")
        assert list(ends.values_list("decision", "kind", "by")) == self.ended

    @invariant()
    def the_digests_chain(self) -> None:
        for place in range(2):
            previous, number = "", 0
            for entry in self.requirement(place).decisions.order_by("number"):
                assert (entry.previous_digest, entry.number) == (previous, number + 1)
                previous, number = entry.digest, entry.number
        assert list(broken_entries()) == []


@pytest.mark.django_db
def test_no_sequence_of_actions_loses_reorders_or_alters_an_entry():
    factory.make_catalog(topics=1, criteria=1)
    factory.make_user("founder")
    run_state_machine_as_test(
        Ledger, settings=settings(max_examples=20, stateful_step_count=15, deadline=None)
    )


@dataclass(frozen=True)
class Place:
    """A field of an entry, by its place in what `whole_ledger` wrote."""

    model: type[Decision] | type[Approval]
    entry: int
    name: str


ENTRIES, ENDS = 6, 2
OF_DECISION = sorted({*RULES[NEWEST_RULE], "digest", "supersedes_id"})
PLACES = [
    *(Place(Decision, entry, name) for entry in range(ENTRIES) for name in OF_DECISION),
    *(Place(Approval, end, name) for end in range(ENDS) for name in (*OF_APPROVAL, "digest")),
]


@pytest.fixture
def whole_ledger(component, unprotected):
    """Every outcome, and a proposal of each end, one after the other; and another requirement."""
    founder, other = User.objects.earliest("pk"), factory.make_user("other")
    factory.make_decision(component, "c-0-1", "done")
    full = {
        "mitigations": "Alarms.", "residual_likelihood": 4, "residual_impact": 3,
        "cost_avoided": "A week.", "benefit_forgone": "Sleep.", "alternatives": "None.",
        "change_our_mind": "Another outage.", "triggers": (Trigger(TriggerKind.INCIDENT),),
        "likelihood": 4, "impact": 4, "approved": False,
    }  # fmt: skip
    factory.make_decision(
        component, CRITERION, "build", due_date=date(2027, 1, 31), effort="M",
        benefit="Sleep.", ticket_url="https://tickets.example.org/1",
    )  # fmt: skip
    proposal = factory.make_decision(component, CRITERION, "wont_build", **full)
    send_back(decision=proposal, by=other, now=NOW, reason="Say what it costs.")
    factory.make_decision(component, CRITERION, "done", by=other, reasoning="It is there.")
    factory.make_decision(component, CRITERION, "not_applicable", revisit_date=date(2027, 1, 31))
    proposal = factory.make_decision(component, CRITERION, "wont_build", by=founder, **full)
    approve(decision=proposal, by=other, now=NOW, reason="Fine.")
    assert (Decision.objects.count(), Approval.objects.count()) == (ENTRIES, ENDS)


def altered(value: Any, name: str, at: int, bit: int) -> Any:
    """Return a value that differs in one byte of what is kept, or in one unit."""
    if name == "supersedes_id":
        return Decision.objects.latest("pk").pk  # nothing else follows it
    match value:
        case bool():
            return not value
        case str():
            # An ASCII letter for another, so that every database takes it.
            at %= len(value) or 1
            return value[:at] + chr(ord(value[at : at + 1] or "A") ^ (1 << bit)) + value[at + 1 :]
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case int():
            # Numbers are used once, and so is the first entry of a requirement.
            return value + {"number": 100, "requirement_id": 4}.get(name, 1)
    return {
        "owner_id": User.objects.earliest("pk").pk,
        "due_date": NOW.date(),
        "revisit_date": NOW.date(),
    }.get(name, 1)


# Every example looks at every place: a few are many, and there is nothing to shrink.
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(at=st.integers(0, 5000), bit=st.integers(0, 3))
@pytest.mark.django_db
def test_any_single_byte_that_changed_is_found(whole_ledger, at, bit):
    """Each field of each entry, at a place in it that the run chooses."""
    for place in PLACES:
        with transaction.atomic():
            row = place.model.objects.order_by("pk")[place.entry]
            value = altered(getattr(row, place.name), place.name, at, bit)
            place.model.objects.filter(pk=row.pk).update(**{place.name: value})
            assert list(broken_entries()) != [], place
            transaction.set_rollback(True)
    assert list(broken_entries()) == []
