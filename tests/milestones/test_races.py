"""Two people at the same moment, on one milestone."""

from __future__ import annotations

from datetime import date

import pytest

from readiness.milestones.actions import (
    AlreadyClosed,
    NameTaken,
    VerdictGiven,
    close_condition,
    freeze_report,
    give_verdict,
    sign,
)
from readiness.milestones.digest import Terms
from readiness.milestones.queries import broken_milestones
from readiness.models import Milestone, MilestoneCondition, VerdictKind
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.decisions.test_races import MANY, at_once
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return [factory.make_user() for _ in range(MANY)]


@pytest.fixture
def milestone(people):
    return factory.make_milestone(factory.make_component(), by=people[0])


def raced(act, refusal):
    """Return what the one brought that was not told of another."""

    def run(n):
        try:
            return act(n)
        except refusal:
            return None

    (kept,) = [each for each in at_once(MANY, run) if each]
    return kept


def judged(milestone, by):
    terms = Terms(f"Asked by {by}.", by.pk, date(2026, 12, 1))
    kind = VerdictKind.CONDITIONS
    return give_verdict(
        milestone=milestone, kind=kind, reason="So.", conditions=[terms], by=by, now=NOW
    )


def test_of_many_who_freeze_under_one_name_one_is_kept(people):
    component = factory.make_component()
    seen = report_digest(build_gap_report(component, NOW))

    kept = raced(
        lambda n: freeze_report(component=component, name="A", seen=seen, by=people[n], now=NOW),
        NameTaken,
    )

    assert Milestone.objects.get() == kept


def test_of_many_verdicts_one_stands_with_its_own_conditions(milestone, people):
    kept = raced(lambda n: judged(milestone, people[n]), VerdictGiven)

    assert milestone.verdicts.get() == kept
    assert MilestoneCondition.objects.get().owner == kept.by
    assert list(broken_milestones()) == []


def test_of_many_second_signatures_and_closings_one_stands(milestone, people):
    verdict = judged(milestone, factory.make_user())
    condition = verdict.conditions.get()

    signed = raced(
        lambda n: sign(milestone=milestone, reason=f"{n}.", by=people[n], now=NOW), VerdictGiven
    )
    closed = raced(
        lambda n: close_condition(condition=condition, evidence=f"{n}.", by=people[n], now=NOW),
        AlreadyClosed,
    )

    assert milestone.verdicts.get(number=2) == signed
    assert MilestoneCondition.objects.get().closing == closed
    assert list(broken_milestones()) == []
