from __future__ import annotations

from datetime import date

import pytest

from readiness.milestones.actions import give_verdict
from readiness.milestones.digest import Terms
from readiness.models import VerdictKind
from tests import factory
from tests.decisions.conftest import unprotected  # noqa: F401 - a fixture of both
from tests.factory import NOW


@pytest.fixture
def milestone(component, people):
    return factory.make_milestone(component, by=people["editor"])


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
