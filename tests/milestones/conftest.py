from __future__ import annotations

from datetime import date

import pytest

from readiness.milestones.actions import freeze_report, give_verdict
from readiness.milestones.digest import Terms
from readiness.models import Component, Milestone, User, VerdictKind
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report
from tests.decisions.conftest import unprotected  # noqa: F401 - a fixture of both
from tests.factory import NOW


def frozen(component: Component, by: User, name: str = "Before cut-over", now=NOW) -> Milestone:
    seen = report_digest(build_gap_report(component, now))
    return freeze_report(component=component, name=name, seen=seen, by=by, now=now)


@pytest.fixture
def milestone(component, people):
    return frozen(component, people["editor"])


@pytest.fixture
def conditional(milestone, people):
    """A go of the approver with two conditions."""
    return give_verdict(
        milestone=milestone,
        kind=VerdictKind.CONDITIONS,
        reason="Nearly there.",
        conditions=[
            Terms("Rehearse the failover.", people["editor"].pk, date(2026, 12, 1)),
            Terms("Alarm in each region.", people["admin"].pk, date(2026, 11, 25)),
        ],
        by=people["approver"],
        now=NOW,
    )
