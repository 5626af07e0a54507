from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, transaction

from readiness.decisions.actions import DecisionConflict, refresh_standings
from readiness.decisions.approvals import (
    OwnProposal,
    ProposalGone,
    ReasonMissing,
    approve,
    send_back,
    stale_because,
    withdraw,
)
from readiness.decisions.queries import broken_entries
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Approval, Decision, Incident, Requirement, TriggerFiring
from tests import factory
from tests.factory import NOW

HIGH = {"likelihood": 4, "impact": 3}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def proposal(component):
    return factory.make_decision(component, "c-0-0", "wont_build", approved=False, **HIGH)


@pytest.fixture
def approver(proposal):
    return factory.make_user("ada")


def requirement():
    return Requirement.objects.select_related("criterion", "component").get(criterion__slug="c-0-0")


def stands():
    found = requirement()
    return (found.standing, found.current_decision, found.proposed_decision)


def test_a_high_risk_is_a_proposal_and_what_stood_before_stands(component, proposal):
    assert proposal.needs_approval
    assert stands() == ("undecided", None, proposal)
    assert proposal.matrix
    assert not factory.make_decision(component, "c-0-1", "wont_build").needs_approval


def test_an_approval_puts_it_in_force(proposal, approver):
    approval = approve(decision=proposal, by=approver, now=LATER, reason=" Fine. ")

    assert stands() == ("accepted", proposal, None)
    assert (approval.kind, approval.reason, approval.by) == ("approved", "Fine.", approver)
    assert stale_because(approval, requirement(), "no_check") == []
    assert list(broken_entries()) == []


def test_nobody_approves_what_they_proposed(proposal):
    with pytest.raises(OwnProposal):
        approve(decision=proposal, by=proposal.decided_by, now=LATER)
    assert stands() == ("undecided", None, proposal)


def test_a_proposal_is_sent_back_with_a_reason(proposal, approver):
    with pytest.raises(ReasonMissing):
        send_back(decision=proposal, by=approver, now=LATER, reason="  ")
    send_back(decision=proposal, by=approver, now=LATER, reason="Too much.")

    assert stands() == ("undecided", None, None)
    assert requirement().head_decision == proposal
    assert list(broken_entries()) == []


def test_only_its_author_withdraws_a_proposal(proposal, approver):
    with pytest.raises(ProposalGone):
        withdraw(decision=proposal, by=approver, now=LATER)
    withdraw(decision=proposal, by=proposal.decided_by, now=LATER)

    assert stands() == ("undecided", None, None)
    assert Approval.objects.get().kind == "withdrawn"


@pytest.mark.parametrize("first", ["approve", "send_back", "withdraw"])
def test_what_ended_cannot_be_ended_again(proposal, approver, first):
    ends = {
        "approve": lambda: approve(decision=proposal, by=approver, now=LATER),
        "send_back": lambda: send_back(decision=proposal, by=approver, now=LATER, reason="R"),
        "withdraw": lambda: withdraw(decision=proposal, by=proposal.decided_by, now=LATER),
    }
    ends[first]()

    for end in ends.values():
        with pytest.raises(ProposalGone):
            end()
    assert Approval.objects.count() == 1


def test_a_decision_after_a_proposal_supersedes_it(component, proposal, approver):
    after = factory.make_decision(component, "c-0-0", "done")

    assert (after.number, after.supersedes) == (2, proposal)
    assert stands() == ("done", after, None)
    with pytest.raises(ProposalGone):
        approve(decision=proposal, by=approver, now=LATER)
    assert list(broken_entries()) == []


def test_whoever_did_not_see_the_proposal_is_told(component, proposal):
    requirement_of = Requirement.objects.get(criterion__slug="c-0-0")
    assert requirement_of.current_decision is None
    with pytest.raises(DecisionConflict) as lost:
        factory.decide(
            component=component,
            criterion="c-0-0",
            content=factory.Content(outcome="done", evidence="Here."),
            supersedes_id=None,
            by=proposal.decided_by,
            now=LATER,
        )
    assert lost.value.current == proposal


def test_an_approval_is_stale_when_what_was_approved_changed(proposal, approver):
    approval = approve(decision=proposal, by=approver, now=LATER)
    found = requirement()
    assert stale_because(approval, found, "unknown") == []
    found.statement = "Something else."
    found.criterion.revision += 1

    assert stale_because(approval, found, "fail") == [
        "the statement was rewritten",
        "the criterion has a new text",
        "the live checks say something else",
    ]


def test_the_ledger_notices_a_changed_and_a_missing_approval(proposal, approver, unprotected):
    approve(decision=proposal, by=approver, now=LATER)
    Approval.objects.update(reason="Another one.")
    assert [each.problem for each in broken_entries()] == [
        "its approval is not what its digest was made from"
    ]
    Approval.objects.all().delete()
    assert [each.problem for each in broken_entries()] == [
        "it stands without the approval that it needs"
    ]


def test_the_database_refuses_to_change_approvals_and_firings(proposal, approver):
    approve(decision=proposal, by=approver, now=LATER)
    TriggerFiring.objects.create(decision=proposal, trigger="x", at=NOW, sentence="It is.")

    for rows in (Approval.objects, TriggerFiring.objects, Decision.objects):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            rows.update(id=77)
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            rows.all()._raw_delete(rows.db)


class TestTriggers:
    def refuse(self, component, *triggers):
        return factory.make_decision(component, "c-0-0", "wont_build", triggers=triggers)

    def test_a_fired_trigger_makes_a_refusal_lapse_until_it_is_decided_again(self, component):
        refusal = self.refuse(component, Trigger(TriggerKind.INCIDENT))
        incident = Incident.objects.create(
            component=component, title="Outage", started_at=NOW, recorded_at=LATER,
            recorded_by=refusal.decided_by,
        )  # fmt: skip
        incident.criteria.add(requirement().criterion)

        refresh_standings(component=component, now=LATER)
        refresh_standings(component=component, now=LATER + timedelta(days=1))

        firing = TriggerFiring.objects.get()
        assert (firing.sentence, firing.at) == ("An incident touched it: Outage.", LATER)
        assert requirement().standing == "lapsed"
        incident.criteria.clear()
        refresh_standings(component=component, now=LATER)
        assert requirement().standing == "lapsed"

        factory.make_decision(component, "c-0-0", "wont_build", now=LATER)
        assert (requirement().standing, requirement().fired) == ("accepted", [])

    def test_a_refusal_without_triggers_does_not_come_back(self, component):
        self.refuse(component)
        component.criticality = "supporting"
        component.save()

        refresh_standings(component=component, now=LATER)

        assert requirement().standing == "accepted"

    def test_a_component_that_changed_brings_it_back(self, component):
        self.refuse(component, Trigger(TriggerKind.COMPONENT))
        component.criticality = "supporting"
        component.save()

        refresh_standings(component=component, now=LATER)

        assert requirement().standing == "lapsed"
        assert requirement().fired[0]["before"] == "criticality: Important"
