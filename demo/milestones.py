"""Two milestones of the asset router. Each freezes what the ledger holds when the replay comes to
its day, and no more: nobody had looked at AWS before the cut-over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from readiness.milestones.actions import (
    close_condition,
    freeze_report,
    give_verdict,
    sign,
)
from readiness.milestones.digest import Terms
from readiness.models import Component, Milestone, User, VerdictKind
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report

# In days before today, as decisions count them.
CUT_OVER = 89
REASON = (
    "The way back is rehearsed, and the blast radius is known and signed for. What is missing is "
    "missing in watching, not in serving: it may follow within the quarter."
)


def freeze_cut_over(component: Component, people: dict[str, User], now: datetime) -> None:
    """Freeze what was decided by then, and let it go on two conditions: one is closed by today."""
    moment, today = now - timedelta(days=CUT_OVER), timezone.localdate(now)
    milestone = _freeze(component, "Before cut-over", people["editor"], moment)
    verdict = give_verdict(
        milestone=milestone,
        kind=VerdictKind.CONDITIONS,
        reason=REASON,
        conditions=[
            Terms(
                "The rollback is rehearsed once more with real traffic, by the clock.",
                people["editor"].pk,
                today - timedelta(days=60),
            ),
            Terms(
                "An alarm of each edge region reaches whoever is on call.",
                people["approver"].pk,
                today - timedelta(days=9),
            ),
        ],
        by=people["approver"],
        now=moment + timedelta(hours=4),
    )
    sign(
        milestone=milestone,
        reason="Agreed, on the same conditions.",
        by=people["admin"],
        now=moment + timedelta(hours=6),
    )
    rehearsed = verdict.conditions.get(owner=people["editor"])
    close_condition(
        condition=rehearsed,
        evidence="Rehearsed with a tenth of the traffic: eleven minutes from the call to the last "
        "edge location on the former version.",
        by=people["editor"],
        now=now - timedelta(days=63),
    )


def freeze_review(component: Component, people: dict[str, User], now: datetime) -> None:
    """Freeze today, for an approver to judge."""
    _freeze(component, "Quarterly review", people["editor"], now)


def _freeze(component: Component, name: str, by: User, moment: datetime) -> Milestone:
    seen = report_digest(build_gap_report(component, moment))
    return freeze_report(component=component, name=name, seen=seen, by=by, now=moment)
