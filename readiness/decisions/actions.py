"""Writes to the ledger, and to the index of standings that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from readiness.canonical import canonical
from readiness.decisions import rules
from readiness.decisions.digest import decision_digest
from readiness.decisions.live import CheckLine, StandingIndex, frozen, live_state
from readiness.decisions.standing import LiveVerdict, Standing
from readiness.models import Component, Decision, Outcome, Requirement, User


class DecisionConflict(Exception):
    """Somebody else decided in the meantime; `current` is what stands now."""

    def __init__(self, current: Decision | None) -> None:
        super().__init__("Somebody else decided this in the meantime.")
        self.current = current


class DecisionInvalid(Exception):
    """The content does not say what its outcome must say; `problems` maps field to message."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = problems


class Move(NamedTuple):
    """A requirement whose standing, or when it changes by itself, is not what it was."""

    criterion: str
    before: str
    after: Standing
    # The checks that fail it now.
    failing: frozenset[str]


@transaction.atomic
def decide(
    *,
    component: Component,
    criterion: str,
    content: rules.Content,
    supersedes_id: int | None,
    by: User,
    now: datetime,
) -> Decision:
    """Append a decision to the ledger of the requirement for `criterion` (its slug), and move its
    standing.

    `supersedes_id` is the decision that `by` had before their eyes, None for none. The decision
    freezes the statement, the criterion's revision and what the live checks say.

    Raises Requirement.DoesNotExist, DecisionInvalid, or DecisionConflict when `supersedes_id` is
    no longer the current one; nothing is written then.
    """
    today = timezone.localdate(now)
    if content.outcome in Outcome.values:
        content = content.of_its_outcome()
    if wrong := rules.problems(content, today):
        raise DecisionInvalid(wrong)
    # Locked until the end, so that the second of two sees the first one's decision. What it joins
    # would be as old as the start of the wait: the decision is read afterwards.
    requirement = (
        Requirement.objects.select_for_update(of=("self",))
        .select_related("criterion")
        .get(component=component, criterion__slug=criterion)
    )
    if requirement.current_decision_id != supersedes_id:
        raise DecisionConflict(requirement.current_decision)
    before = requirement.current_decision
    live = live_state(component, now)
    lines = live.lines(criterion, requirement.check_bindings)
    decision = Decision(
        requirement=requirement,
        number=before.number + 1 if before else 1,
        supersedes=before,
        statement=requirement.statement or requirement.criterion.title,
        criterion_revision=requirement.criterion.revision,
        facts=canonical(frozen(lines)),
        decided_by=by,
        decided_at=now,
        previous_digest=before.digest if before else "",
        **content.as_dict(),
    )
    decision.digest = decision_digest(decision)
    decision.save(force_insert=True)
    requirement.current_decision = decision
    # Not save(): the ledger is the history of these, the edit history need not repeat it.
    Requirement.objects.filter(pk=requirement.pk).update(
        current_decision=decision, **live.index(lines, decision, today)._asdict()
    )
    return decision


@transaction.atomic
def refresh_standings(*, component: Component, now: datetime) -> list[Move]:
    """Bring the index of a component's standings up to date; returns what moved in it.

    Call it in the transaction of whatever changed: check results, parameters, bindings.
    """
    today = timezone.localdate(now)
    # The lock first, then the look: a decision that is being made waits for us, or we for it.
    requirements = list(
        component.requirements.select_for_update(of=("self",))
        .select_related("criterion")
        .order_by("pk")
    )
    decisions = Decision.objects.in_bulk([r.current_decision_id for r in requirements])
    live = live_state(component, now)
    moved, moves = [], []
    for requirement in requirements:
        lines = live.lines(requirement.criterion.slug, requirement.check_bindings)
        index = live.index(lines, decisions.get(requirement.current_decision_id), today)
        if index != tuple(getattr(requirement, name) for name in index._fields):
            moves.append(_move(requirement, index, lines))
            for name, value in index._asdict().items():
                setattr(requirement, name, value)
            moved.append(requirement)
    Requirement.objects.bulk_update(moved, StandingIndex._fields)
    return moves


def _move(requirement: Requirement, index: StandingIndex, lines: Iterable[CheckLine]) -> Move:
    failing = (x.check.id for x in lines if x.verdict is LiveVerdict.FAIL and not x.muted)
    return Move(
        requirement.criterion.slug, requirement.standing, index.standing, frozenset(failing)
    )


def refresh_due_standings() -> None:
    """Bring the index up to date where a date has passed; a schedule calls it each hour."""
    now = timezone.now()
    due = Component.objects.filter(
        requirements__standing_changes_on__lte=timezone.localdate(now)
    ).distinct()
    for component in due:
        refresh_standings(component=component, now=now)
