"""Deciding again from the queue: the same once more, for another while."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from readiness.decisions.actions import DecisionConflict, decide
from readiness.decisions.risk import Matrix
from readiness.decisions.rules import Content, content_of, with_proposals
from readiness.models import Component, Decision, Outcome, Requirement, User

ONE_DAY = timedelta(days=1)


class NothingToKeep(Exception):
    """Nothing has been decided here: not at all yet, or by a platform."""


@transaction.atomic
def keep_decision(
    *,
    component: Component,
    criterion: str,
    why: str,
    until: date | None,
    seen: tuple[int | None, int | None],
    matrix: Matrix,
    by: User,
    now: datetime,
) -> Decision:
    """Decide again what stands for `criterion` (its slug): the same content with the sentence
    `why`, and `until` as its new due or revisit date.

    `seen` are the decision in force and the newest entry of the ledger that `by` had before their
    eyes. Raises NothingToKeep, and what decide raises; nothing is written then.
    """
    requirement = (
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("current_decision__decided_by", "current_decision__owner")
        .get(component=component, criterion__slug=criterion)
    )
    stands = requirement.current_decision
    if stands is None or requirement.inherits_id:
        raise NothingToKeep
    if (requirement.current_decision_id, requirement.head_decision_id) != seen:
        raise DecisionConflict(stands)
    return decide(
        component=component,
        criterion=criterion,
        content=kept(content_of(stands), why, until),
        supersedes_id=requirement.head_decision_id,
        by=by,
        now=now,
        matrix=matrix,
    )


def kept(content: Content, why: str, until: date | None) -> Content:
    """Return the same content for another while, with the reason in its own paragraph; pure."""
    reasoning = f"{content.reasoning}\n\nKept: {why}".lstrip()
    if content.outcome == Outcome.BUILD:
        return replace(content, reasoning=reasoning, due_date=until)
    return replace(content, reasoning=reasoning, revisit_date=until).of_its_outcome()


def proposed_end(content: Content, decided: date, today: date, matrix: Matrix) -> date | None:
    """Return until when it would be kept: what policy allows a refusal, else as long as it was
    given before; None where it had no end. Pure."""
    if content.outcome == Outcome.WONT_BUILD:
        return with_proposals(replace(content, revisit_date=None), today, matrix).revisit_date
    end = content.due_date if content.outcome == Outcome.BUILD else content.revisit_date
    return None if end is None else today + max(end - decided, ONE_DAY)
