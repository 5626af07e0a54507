"""What the demo shows once its checks have looked at the simulated account."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.utils import timezone

from demo.data import load_demo
from demo.simulated_aws.seed import seed_asset_router
from demo.simulated_aws.server import SimulatedAWS
from readiness.aws.runner import run_now
from readiness.decisions.queries import broken_entries
from readiness.decisions.standing import Standing
from readiness.milestones.compare import compare
from readiness.milestones.frozen import thaw
from readiness.milestones.queries import broken_milestones
from readiness.models import Approval, Component
from readiness.reports.gap_report import build_gap_report
from tests.made_once import made_once


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker, load_and_look) as report:
        yield report


def load_and_look():
    now = timezone.now()
    with SimulatedAWS() as aws, override_settings(AWS_ENDPOINT_URL=aws.endpoint_url):
        load_demo(seed_asset_router(aws.endpoint_url), now=now)
        component = Component.objects.get(slug="asset-router")
        run_now(component=component, now=now)
    return build_gap_report(component, now)


@pytest.fixture
def report(loaded, db):
    return loaded


def test_every_standing_shows_at_once_and_the_ledger_holds(report):
    assert {line.standing for line in report.requirements} == set(Standing)
    assert list(broken_entries()) == []


def test_a_proposal_waits_another_was_sent_back_and_the_rest_was_approved(report):
    ended = Approval.objects.filter(decision__requirement__component__slug="asset-router")

    assert [line.criterion for line in report.proposed] == ["dependencies-pinned"]
    assert sorted(ended.values_list("kind", flat=True)) == ["approved", "sent_back"]
    assert not any(approval.by == approval.decision.decided_by for approval in ended)


def test_a_refusal_says_what_remains_and_what_brings_it_back(report):
    probe = next(line for line in report.requirements if line.criterion == "external-probe")

    assert probe.decision
    assert (probe.decision.residual_likelihood, probe.decision.residual_impact) == (2, 4)
    assert probe.decision.mitigations
    assert '"incident"' in probe.decision.triggers
    assert '"verdict"' in probe.decision.triggers


def test_what_was_frozen_before_the_cut_over_is_less_than_today(report):
    review, cut_over = Component.objects.get(slug="asset-router").milestones.all()
    then = thaw(cut_over.frozen)
    moved = dict(compare(then, report).counts)

    assert then.looked_at is None
    assert max(line.decision.decided_at for line in then.requirements if line.decision) < (
        cut_over.made_at
    )
    assert moved["worse"] > 0 < moved["better"]
    assert [verdict.kind for verdict in cut_over.verdicts.all()] == ["conditions"] * 2
    assert not review.verdicts.exists()
    assert list(broken_milestones()) == []
