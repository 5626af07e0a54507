"""What people see of a proposal, and what they do about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.decisions.actions import refresh_standings
from readiness.decisions.approvals import approve, send_back
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Approval, Incident, Requirement
from tests import factory
from tests.factory import NOW

BASE = "/components/asset-router/"
ROW = f"{BASE}requirements/c-0-0/"
HTMX = {"HX-Request": "true", "HX-Target": "row--c-0-0"}
HIGH = {"likelihood": 4, "impact": 3}


@pytest.fixture
def proposal(component, people):
    factory.make_decision(component, "c-0-0", "done", by=people["editor"], evidence="As before.")
    return factory.make_decision(
        component, "c-0-0", "wont_build", by=people["editor"], approved=False,
        reasoning="Too dear by far.", **HIGH,
    )  # fmt: skip


def html_of(client, path=ROW):
    return client.get(path, headers=HTMX).content.decode()


def end(client, how, proposal, **more):
    return client.post(f"{ROW}proposal/{how}/", {"proposal": proposal.pk} | more, headers=HTMX)


def stands():
    return Requirement.objects.get(criterion__slug="c-0-0").standing


class TestTheOpenRow:
    def test_shows_the_proposal_and_what_stands_until_then(self, login, proposal):
        html = html_of(login("approver"))

        assert "Proposed, not in force yet" in html
        assert ("Too dear by far." in html, "As before." in html) == (True, True)
        assert f"{ROW}proposal/approve/" in html
        assert f"{ROW}proposal/send-back/" in html
        assert f"{ROW}proposal/withdraw/" not in html

    @pytest.mark.parametrize(
        ("who", "offered"), [("viewer", []), ("editor", ["withdraw"]), ("stranger", None)]
    )
    def test_offers_only_what_somebody_may_do(self, login, proposal, who, offered):
        response = login(who).get(ROW, headers=HTMX)

        if offered is None:
            assert response.status_code == 404
            return
        html = response.content.decode()
        ways = ("approve", "send-back", "withdraw")
        assert [way for way in ways if f"proposal/{way}/" in html] == offered

    def test_an_approver_may_not_approve_what_they_proposed(self, login, component, people):
        factory.make_decision(
            component, "c-0-0", "wont_build", by=people["approver"], approved=False, **HIGH
        )

        html = html_of(login("approver"))

        assert "proposal/approve/" not in html
        assert "somebody else must approve it" in html

    def test_says_what_became_of_each_entry(self, editor, proposal, people):
        send_back(decision=proposal, by=people["approver"], now=NOW, reason="Say what it costs.")

        html = html_of(editor)

        assert "<b>The proposal of Editor was sent back</b> by Approver" in html
        assert "<b>Sent back</b> by Approver" in html
        assert html.count("Say what it costs.") == 2
        assert "Ledger: 2 entries" in html
        assert "Too dear by far.</textarea>" in html  # the next one starts from it

    def test_says_when_an_approval_is_stale(self, editor, proposal, people):
        approve(decision=proposal, by=people["approver"], now=NOW)
        assert "approval is stale" not in html_of(editor)

        Requirement.objects.filter(criterion__slug="c-0-0").update(statement="Something else.")

        assert "The approval is stale:</b> the statement was rewritten." in html_of(editor)

    def test_shows_both_sides_of_what_brought_a_refusal_back(self, editor, component, people):
        factory.make_decision(
            component, "c-0-0", "wont_build", triggers=(Trigger(TriggerKind.COMPONENT),)
        )
        component.criticality = "supporting"
        component.save()
        refresh_standings(component=component, now=NOW)

        html = html_of(editor)

        assert "The component changed: criticality." in html
        assert "<dd>criticality: Important</dd>" in html
        assert "<dd>criticality: Supporting</dd>" in html

    @pytest.mark.parametrize("rows", [1, 3, 75])
    def test_takes_few_queries_however_long_the_report(
        self, login, component, proposal, rows, django_assert_max_num_queries
    ):
        factory.add_criteria(component, rows)
        client = login("approver")

        with django_assert_max_num_queries(16):
            html_of(client)


class TestEndingAProposal:
    def test_approves(self, login, proposal, people):
        response = end(login("approver"), "approve", proposal)

        assert "Approved." in response["HX-Trigger"]
        assert (stands(), Approval.objects.get().by) == ("accepted", people["approver"])

    def test_works_without_htmx(self, login, proposal):
        response = login("approver").post(f"{ROW}proposal/approve/", {"proposal": proposal.pk})

        assert (response.status_code, response["Location"]) == (302, ROW)

    def test_sends_back_with_a_reason(self, login, proposal):
        assert end(login("approver"), "send-back", proposal, reason="No.").status_code == 200
        assert (stands(), Approval.objects.get().reason) == ("done", "No.")

    def test_asks_for_the_reason_beside_the_field(self, login, proposal):
        response = end(login("approver"), "send-back", proposal, reason="  ")

        html = response.content.decode()
        assert response.status_code == 422
        assert "Say why, so that it can be proposed better." in html
        assert 'aria-invalid="true"' in html
        assert not Approval.objects.exists()

    def test_is_withdrawn_by_its_author(self, editor, proposal):
        end(editor, "withdraw", proposal)

        assert Approval.objects.get().kind == "withdrawn"

    def test_is_withdrawn_by_nobody_else(self, login, proposal):
        response = end(login("admin"), "withdraw", proposal)

        assert response.status_code == 409
        assert "Only who proposed it can withdraw it." in response.content.decode()

    def test_its_author_is_refused(self, login, component, people):
        own = factory.make_decision(
            component, "c-0-0", "wont_build", by=people["approver"], approved=False, **HIGH
        )

        response = end(login("approver"), "approve", own)

        assert response.status_code == 403
        assert "you proposed it" in response.content.decode()

    @pytest.mark.parametrize("how", ["approve", "send-back"])
    def test_that_somebody_ended_before_is_409_and_says_so(self, login, proposal, people, how):
        send_back(decision=proposal, by=people["admin"], now=NOW, reason="Mine was first.")

        response = end(login("approver"), how, proposal, reason="Too late.")

        html = response.content.decode()
        assert response.status_code == 409
        assert "Somebody was faster" in html
        assert "Mine was first." in html
        assert stands() == "done"

    def test_of_another_requirement_is_not_ended_here(self, login, component, proposal):
        there = factory.make_decision(component, "c-0-1", "wont_build", approved=False, **HIGH)

        assert end(login("approver"), "approve", there).status_code == 409
        assert not Approval.objects.exists()


class TestTheReport:
    def test_marks_and_counts_proposals(self, editor, component, proposal):
        html = editor.get(BASE).content.decode()

        assert html.count('<span class="tag proposed">proposed</span>') == 1
        assert '<a href="/components/asset-router/?standing=proposed">1 proposal</a> waits' in html

    def test_shows_proposals_alone(self, editor, component, proposal):
        html = editor.get(f"{BASE}?standing=proposed").content.decode()

        assert html.count('<li class="row"') == 1
        assert '<option value="proposed" selected>' in html
        assert f"{ROW}?standing=proposed" in html

    def test_says_to_whoever_proposes_that_it_waits(self, editor, component):
        sent = {"outcome": "wont_build", "supersedes": "", "reasoning": "Dear.", "risk": "Hurts.",
                "cell": "4-4", "revisit_date": ""}  # fmt: skip

        response = editor.post(f"{ROW}decide/", sent, headers=HTMX)

        assert "Proposed. It stands once somebody else has approved it." in response["HX-Trigger"]
        assert stands() == "undecided"


def test_an_incident_brings_a_refusal_back_in_the_row(editor, component, people):
    refusal = factory.make_decision(
        component, "c-0-0", "wont_build", triggers=(Trigger(TriggerKind.INCIDENT),)
    )
    later = NOW + timedelta(hours=1)
    incident = Incident.objects.create(
        component=component, title="Outage", started_at=NOW, recorded_at=later,
        recorded_by=refusal.decided_by,
    )  # fmt: skip
    incident.criteria.add(refusal.requirement.criterion)
    refresh_standings(component=component, now=later)

    html = html_of(editor)

    assert "An incident touched it: Outage." in html
    assert "<dd>nothing of the kind</dd>" in html
