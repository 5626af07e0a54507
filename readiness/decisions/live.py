"""What the live checks say about the requirements of one component."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from readiness.aws.registry import BoundCheck, Check, applicable
from readiness.decisions.standing import (
    LiveVerdict,
    Look,
    Standing,
    Terms,
    changes_on,
    combine,
    standing,
    verdict_of,
)
from readiness.models import BindingKind, CheckState, Component

STATE_FIELDS = (
    "component_id",
    "check_id",
    "unknown_since",
    "known_since",
    "latest_id",
    "latest__status",
    "latest__reason",
    "latest__observed",
    "latest__checked_at",
    "latest__check_version",
    "latest__params_digest",
    "latest__run__recording_id",
    "known__status",
    "known__reason",
    "known__checked_at",
    "known__params_digest",
)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check on one requirement, as it stands."""

    bound: BoundCheck
    verdict: LiveVerdict
    muted: bool = False
    added: bool = False
    # Why the team muted or added it.
    binding_reason: str = ""
    # Of the newest look; None when nobody has looked yet.
    result_id: int | None = None
    check_version: int | None = None
    status: str | None = None
    reason: str = ""
    observed: dict[str, Any] | None = None
    checked_at: datetime | None = None
    # Judged from a recording that somebody brought, as of the moment it was made.
    from_recording: bool = False
    # Of the newest look that gave an answer.
    known_status: str | None = None
    known_reason: str = ""
    known_at: datetime | None = None
    known_since: datetime | None = None
    unknown_since: datetime | None = None

    @property
    def check(self) -> Check:
        return self.bound.check

    @property
    def mend_command(self) -> str:
        """A command line that would mend it, made from what was observed; for a person to copy."""
        return self.bound.mend_command(self.observed or {})

    @property
    def could_not_look(self) -> bool:
        return self.unknown_since is not None

    @property
    def said(self) -> str:
        """The sentence behind the verdict: of the newest answer, or why there is none."""
        if self.could_not_look and self.verdict in (LiveVerdict.PASS, LiveVerdict.FAIL):
            return self.known_reason
        return self.reason


class LiveState:
    """The checks of a component, each with its latest word; asked requirement by requirement."""

    def __init__(self, lines: dict[str, CheckLine], stale_after: timedelta) -> None:
        self._lines = lines
        self._stale_after = stale_after
        self._by_criterion: dict[str, list[CheckLine]] = defaultdict(list)
        for line in lines.values():
            for criterion in line.check.criteria:
                self._by_criterion[criterion].append(line)

    @property
    def all(self) -> list[CheckLine]:
        return list(self._lines.values())

    def lines(
        self, criterion: str, bindings: Mapping[str, Mapping[str, str]]
    ) -> tuple[CheckLine, ...]:
        """Return the checks on a requirement: those of its criterion, and those its team added.

        `bindings` are the requirement's `check_bindings`.
        """
        bound = self._by_criterion.get(criterion, [])
        if not bindings:
            return tuple(bound)
        own = {line.check.id: line for line in bound}
        for check_id, binding in bindings.items():
            why = binding["reason"]
            if binding["kind"] == BindingKind.MUTED and check_id in own:
                own[check_id] = replace(own[check_id], muted=True, binding_reason=why)
            elif binding["kind"] == BindingKind.ADDED and check_id in self._lines:
                own.setdefault(
                    check_id, replace(self._lines[check_id], added=True, binding_reason=why)
                )
        return tuple(own.values())

    def index(
        self,
        lines: Sequence[CheckLine],
        decision: Terms | None,
        today: date,
        *,
        fired: bool = False,
    ) -> StandingIndex:
        """Return what a requirement keeps of its standing: today's, and the next by time alone."""
        fading = {
            line.check.id: timezone.localdate(line.known_at + self._stale_after)
            for line in lines
            if line.could_not_look and line.verdict is LiveVerdict.PASS and line.known_at
        }
        says = verdict(lines)
        by_decision = changes_on(decision, today)
        days = [*fading.values(), *([by_decision] if by_decision else [])]
        then = min(days, default=None)
        if then is None:
            return StandingIndex(standing(decision, says, today, fired=fired), None, "")
        faded = [
            replace(line, verdict=LiveVerdict.UNKNOWN)
            if line.check.id in fading and fading[line.check.id] <= then
            else line
            for line in lines
        ]
        return StandingIndex(
            standing(decision, says, today, fired=fired),
            then,
            standing(decision, verdict(faded), then, fired=fired),
        )


class StandingIndex(NamedTuple):
    """The fields of a Requirement that lists read instead of computing."""

    standing: Standing
    standing_changes_on: date | None
    standing_then: Standing | str


def verdict(lines: Iterable[CheckLine]) -> LiveVerdict:
    """Return what the checks say together; a muted one goes on looking, but does not count."""
    return combine(line.verdict for line in lines if not line.muted)


def frozen(lines: Iterable[CheckLine]) -> dict[str, Any]:
    """Return what a decision keeps of the live state that it was made on."""
    lines = list(lines)
    return {
        "verdict": verdict(lines),
        "checks": [
            {
                "id": line.check.id,
                "version": line.check_version,
                "status": line.status,
                "reason": line.reason,
                "observed": line.observed,
                "checked_at": line.checked_at,
                "muted": line.muted,
                "known": line.known_status,
                "known_at": line.known_at,
            }
            for line in lines
        ],
    }


def params_digest(bound: BoundCheck) -> str:
    """Return the digest of what a check is asked with; another one makes older answers foreign."""
    return hashlib.sha256(bound.params.model_dump_json().encode()).hexdigest()


def live_state(component: Component, now: datetime) -> LiveState:
    """Read the latest word on each check that applies to a component. One query."""
    return live_states([component], now)[component.pk]


def live_states(components: Sequence[Component], now: datetime) -> dict[int, LiveState]:
    """Read the same for several components, by their ids. One query."""
    stale_after = timedelta(days=settings.VERDICT_STALE_DAYS)
    states = {
        (state["component_id"], state["check_id"]): state
        for state in CheckState.objects.filter(component__in=components).values(*STATE_FIELDS)
    }
    found = {}
    for component in components:
        lines = {
            bound.check.id: _line(
                bound, states.get((component.pk, bound.check.id)), now, stale_after
            )
            for bound in applicable(component.parameters)
        }
        found[component.pk] = LiveState(lines, stale_after)
    return found


def _line(
    bound: BoundCheck, state: dict[str, Any] | None, now: datetime, stale_after: timedelta
) -> CheckLine:
    digest = params_digest(bound)
    # An answer about other parameters is an answer about another thing.
    if state is None or state["latest__params_digest"] != digest:
        return CheckLine(bound=bound, verdict=verdict_of(None, now, stale_after))
    known = state["known__status"] if state["known__params_digest"] == digest else None
    look = Look(
        status=state["latest__status"],
        checked_at=state["latest__checked_at"],
        known_status=known,
        known_at=state["known__checked_at"] if known else None,
    )
    return CheckLine(
        bound=bound,
        verdict=verdict_of(look, now, stale_after),
        result_id=state["latest_id"],
        check_version=state["latest__check_version"],
        status=look.status,
        reason=state["latest__reason"],
        observed=state["latest__observed"],
        checked_at=look.checked_at,
        from_recording=state["latest__run__recording_id"] is not None,
        known_status=known,
        known_reason=state["known__reason"] if known else "",
        known_at=look.known_at,
        known_since=state["known_since"] if known else None,
        unknown_since=state["unknown_since"],
    )
