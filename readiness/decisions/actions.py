"""Writes to the ledger, and to the index of standings that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from readiness.canonical import canonical
from readiness.decisions import rules
from readiness.decisions.digest import NEWEST_RULE, decision_digest
from readiness.decisions.inheritance import (
    INDEX,
    Stands,
    note_override,
    refresh_inheritors,
    what_stands,
)
from readiness.decisions.live import CheckLine, StandingIndex, frozen, live_state
from readiness.decisions.queries import current_matrix
from readiness.decisions.risk import Matrix
from readiness.decisions.situation import (
    News,
    component_facts,
    drills_of,
    fired_triggers,
    incidents_of,
)
from readiness.decisions.standing import LiveVerdict, Standing
from readiness.decisions.triggers import WATCHES_DRILLS, triggers_as_text
from readiness.drills.queries import oldest_stale_drill
from readiness.models import Component, Decision, Outcome, Requirement, TriggerFiring, User


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
    matrix: Matrix | None = None,
) -> Decision:
    """Append a decision to the ledger of the requirement for `criterion` (its slug), and move its
    standing.

    `supersedes_id` is the newest entry of the ledger that `by` had before their eyes, None for
    none. The decision freezes the statement, the criterion's revision, the risk matrix and what
    the live checks say. A refusal whose risk policy wants approved is a proposal: what stood
    before it stands until somebody else approves it. `matrix` is the organisation's, read if the
    caller has not.

    Raises Requirement.DoesNotExist, DecisionInvalid, or DecisionConflict when `supersedes_id` is
    no longer the newest; nothing is written then.
    """
    today = timezone.localdate(now)
    matrix = matrix or current_matrix()
    if content.outcome in Outcome.values:
        content = content.of_its_outcome()
    if wrong := rules.problems(content, today, matrix):
        raise DecisionInvalid(wrong)
    # Locked until the end, so that the second of two sees the first one's decision. What it joins
    # would be as old as the start of the wait: the decision is read afterwards.
    requirement = (
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("criterion")
        .get(component=component, criterion__slug=criterion)
    )
    before = requirement.head_decision
    if requirement.head_decision_id != supersedes_id:
        raise DecisionConflict(before)
    live = live_state(component, now)
    lines = live.lines(criterion, requirement.check_bindings)
    decision = Decision(
        requirement=requirement,
        number=before.number + 1 if before else 1,
        supersedes=before,
        statement=requirement.statement or requirement.criterion.title,
        criterion_revision=requirement.criterion.revision,
        facts=canonical(frozen(lines) | {"component": component_facts(component)}),
        decided_by=by,
        decided_at=now,
        previous_digest=before.digest if before else "",
        digest_rule=NEWEST_RULE,
        **_rated(content, matrix),
    )
    decision.digest = decision_digest(decision)
    decision.save(force_insert=True)
    _follow(requirement, decision, live.index(lines, decision, today))
    return decision


def _follow(requirement: Requirement, decision: Decision, index: StandingIndex) -> None:
    """Let a new entry of the ledger stand, or wait for its approval."""
    values: dict[str, Any] = {"head_decision": decision, "proposed_decision": decision}
    if not decision.needs_approval:
        values |= {"current_decision": decision, "proposed_decision": None, "fired": []}
        values |= {"inherits": None, **index._asdict()}
    # Not save(): the ledger is the history of these, the edit history need not repeat it.
    Requirement.objects.filter(pk=requirement.pk).update(**values)
    if not decision.needs_approval:
        note_override(requirement, decision, by=decision.decided_by, at=decision.decided_at)
        refresh_inheritors([requirement.pk], now=decision.decided_at)


def _rated(content: rules.Content, matrix: Matrix) -> dict[str, Any]:
    """Return the fields of a decision that content and the policy of the matrix give it."""
    level = content.level(matrix)
    return content.as_dict() | {
        "triggers": triggers_as_text(content.triggers),
        "matrix": matrix.as_text() if level else "",
        "needs_approval": bool(level and level.needs_approval),
    }


@transaction.atomic
def refresh_standings(*, component: Component, now: datetime) -> list[Move]:
    """Bring the index of a component's standings up to date; returns what moved in it.

    Call it in the transaction of whatever changed: check results, parameters, bindings.
    """
    today = timezone.localdate(now)
    # The lock first, then the look: a decision that is being made waits for us, or we for it.
    requirements = list(
        component.requirements.select_for_update(of=("self",), no_key=True)
        .select_related("criterion")
        .order_by("pk")
    )
    stands = what_stands(requirements)
    live = live_state(component, now)
    watched = _Watched(component, now, (decision for decision, _ in stands.values()))
    moved, moves, fired = [], [], []
    for requirement in requirements:
        lines = live.lines(requirement.criterion.slug, requirement.check_bindings)
        decision = stands[requirement.pk].decision
        if fires := watched.look(requirement, stands[requirement.pk], lines):
            fired.append(requirement.pk)
        index = live.index(lines, decision, today, fired=bool(requirement.fired))
        if fires or index != tuple(getattr(requirement, name) for name in index._fields):
            moves.append(_move(requirement, index, lines))
            for name, value in index._asdict().items():
                setattr(requirement, name, value)
            moved.append(requirement)
    Requirement.objects.bulk_update(moved, INDEX)
    watched.keep()
    if fired:
        refresh_inheritors(fired, now=now)
    return moves


def brought_back(component: Component, now: datetime) -> list[Requirement]:
    """Bring the index up to date; returns the requirements whose decisions came back by what was
    written at `now`."""
    refresh_standings(component=component, now=now)
    firings = TriggerFiring.objects.filter(at=now, decision__current_for__component=component)
    return list(
        Requirement.objects.filter(current_decision__in=firings.values("decision"))
        .select_related("criterion", "component")
        .order_by("pk")
    )


class _Watched:
    """The triggers of a component's decisions, looked at once for all."""

    def __init__(
        self, component: Component, now: datetime, decisions: Iterable[Decision | None]
    ) -> None:
        triggers = [decision.triggers for decision in decisions if decision]
        watches_drills = any(WATCHES_DRILLS in each for each in triggers)
        any_triggers = any(triggers)
        self._now = now
        self._facts = component_facts(component)
        self._incidents: News = incidents_of(component) if any_triggers else {}
        self._drills: News = drills_of(component, now) if watches_drills else {}
        self._firings: list[TriggerFiring] = []

    def look(self, requirement: Requirement, stands: Stands, lines: Sequence[CheckLine]) -> bool:
        """Note on the requirement which triggers of its decision have fired; True if that is not
        what it said before."""
        decision, fired = stands
        if requirement.inherits_id:
            # What was inherited is looked at where it was decided: its facts are of that component.
            changed = bool(requirement.fired != fired)
            requirement.fired = fired
            return changed
        if decision is None or not decision.triggers:
            return False
        known = {each["trigger"] for each in requirement.fired}
        found = fired_triggers(
            decision,
            criterion=requirement.criterion.slug,
            criterion_revision=requirement.criterion.revision,
            component=self._facts,
            lines=lines,
            incidents=self._incidents,
            drills=self._drills,
            at=self._now,
        )
        new = [each for each in found if each.trigger not in known]
        requirement.fired = [*requirement.fired, *(each.as_json() for each in new)]
        self._firings += [
            TriggerFiring(
                decision=decision,
                trigger=each.trigger,
                at=self._now,
                sentence=each.sentence,
                before=each.before,
                after=each.after,
            )
            for each in new
        ]
        return bool(new)

    def keep(self) -> None:
        TriggerFiring.objects.bulk_create(self._firings, ignore_conflicts=True)


def _move(requirement: Requirement, index: StandingIndex, lines: Iterable[CheckLine]) -> Move:
    failing = (x.check.id for x in lines if x.verdict is LiveVerdict.FAIL and not x.muted)
    return Move(
        requirement.criterion.slug, requirement.standing, index.standing, frozenset(failing)
    )


def refresh_due_standings() -> None:
    """Bring the index up to date where a date has passed, of a decision or of a drill that one
    watches; a schedule calls it each hour."""
    now = timezone.now()
    today = timezone.localdate(now)
    watching = Component.objects.filter(
        requirements__current_decision__triggers__contains=WATCHES_DRILLS, requirements__fired=[]
    )
    stale = oldest_stale_drill(watching.values("pk"), today)
    due = Component.objects.filter(
        Q(requirements__standing_changes_on__lte=today) | Q(pk__in=stale)
    ).distinct()
    for component in due:
        refresh_standings(component=component, now=now)
