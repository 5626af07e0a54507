"""Proposals: approved or sent back by somebody else, or withdrawn by whoever made them."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from readiness.canonical import canonical
from readiness.decisions.actions import refresh_standings
from readiness.decisions.digest import approval_digest
from readiness.decisions.inheritance import note_override, refresh_inheritors
from readiness.decisions.live import frozen, live_state
from readiness.decisions.standing import LiveVerdict
from readiness.models import Approval, ApprovalKind, Decision, Requirement, User


class ProposalGone(Exception):
    """The proposal was approved, sent back, withdrawn or superseded in the meantime."""


class OwnProposal(Exception):
    """Nobody approves what they proposed themselves."""


class ReasonMissing(Exception):
    """Whoever sends a proposal back says why."""


@transaction.atomic
def approve(*, decision: Decision, by: User, now: datetime, reason: str = "") -> Approval:
    """Make a proposal the decision that stands, on the facts as they are at `now`.

    Raises ProposalGone or OwnProposal; nothing is written then.
    """
    requirement = _proposal(decision)
    if decision.decided_by_id == by.pk:
        raise OwnProposal("Somebody else must approve this: you proposed it.")
    approval = _write(decision, ApprovalKind.APPROVED, reason, by, now, _frozen(requirement, now))
    Requirement.objects.filter(pk=requirement.pk).update(
        current_decision=decision, proposed_decision=None, fired=[], inherits=None
    )
    note_override(requirement, decision, by=by, at=now)
    refresh_standings(component=requirement.component, now=now)
    refresh_inheritors([requirement.pk], now=now)
    return approval


@transaction.atomic
def send_back(*, decision: Decision, by: User, now: datetime, reason: str) -> Approval:
    """Refuse a proposal, saying why; what stood before it stands on.

    Raises ProposalGone or ReasonMissing.
    """
    requirement = _proposal(decision)
    if not reason.strip():
        raise ReasonMissing("Say why, so that it can be proposed better.")
    approval = _write(decision, ApprovalKind.SENT_BACK, reason, by, now)
    Requirement.objects.filter(pk=requirement.pk).update(proposed_decision=None)
    return approval


@transaction.atomic
def withdraw(*, decision: Decision, by: User, now: datetime, reason: str = "") -> Approval:
    """Take back a proposal of one\'s own. Raises ProposalGone, also for somebody else\'s."""
    requirement = _proposal(decision)
    if decision.decided_by_id != by.pk:
        raise ProposalGone("Only who proposed it can withdraw it.")
    approval = _write(decision, ApprovalKind.WITHDRAWN, reason, by, now)
    Requirement.objects.filter(pk=requirement.pk).update(proposed_decision=None)
    return approval


def stale_because(approval: Approval, requirement: Requirement, verdict: str) -> list[str]:
    """Return what is not any more as it was approved, a few words each; pure."""
    kept = json.loads(approval.frozen)
    # A look that failed says nothing about what was approved.
    says = verdict if verdict in (LiveVerdict.PASS, LiveVerdict.FAIL) else kept.get("verdict")
    now = _situation(requirement) | {"verdict": says}
    words = {
        "statement": "the statement was rewritten",
        "criterion_revision": "the criterion has a new text",
        "verdict": "the live checks say something else",
    }
    return [said for name, said in words.items() if kept.get(name) != now[name]]


def _proposal(decision: Decision) -> Requirement:
    requirement = (
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("criterion", "component__team")
        .get(pk=decision.requirement_id)
    )
    if requirement.proposed_decision_id != decision.pk:
        raise ProposalGone("Somebody was faster: this is no proposal any more.")
    return requirement


def _situation(requirement: Requirement) -> dict[str, object]:
    return {
        "statement": requirement.statement or requirement.criterion.title,
        "criterion_revision": requirement.criterion.revision,
    }


def _frozen(requirement: Requirement, now: datetime) -> str:
    live = live_state(requirement.component, now)
    lines = live.lines(requirement.criterion.slug, requirement.check_bindings)
    return canonical(_situation(requirement) | frozen(lines))


def _write(
    decision: Decision, kind: ApprovalKind, reason: str, by: User, now: datetime, kept: str = ""
) -> Approval:
    approval = Approval(
        decision=decision, kind=kind, reason=reason.strip(), frozen=kept, by=by, at=now
    )
    approval.digest = approval_digest(approval)
    approval.save(force_insert=True)
    return approval
