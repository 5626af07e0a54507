"""docs/gate.md names a component of the demo for each outcome of the gate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone

from demo.data import load_demo
from demo.simulated_aws.seed import seed_asset_router
from demo.simulated_aws.server import SimulatedAWS
from readiness.aws.runner import run_now
from readiness.models import Component
from readiness.reports.formats import FORMATS
from readiness.reports.gap_report import build_gap_report
from readiness.reports.gate import judge
from readiness.reports.gate_policy import DEFAULT

pytestmark = pytest.mark.one_database

DOCS = Path(__file__).resolve().parents[2] / "docs/gate.md"
OUTCOMES = dict(re.findall(r"^\| `([a-z-]+)` \| `([a-z_]+)` \|", DOCS.read_text(), re.M))


@pytest.fixture
def reports(db, settings):
    now = timezone.now()
    with SimulatedAWS() as aws:
        settings.AWS_ENDPOINT_URL = aws.endpoint_url
        load_demo(seed_asset_router(aws.endpoint_url), now=now)
        found = Component.objects.filter(slug__in=OUTCOMES)
        for component in found:
            run_now(component=component, now=now)
    return {component.slug: build_gap_report(component, now) for component in found}


def test_each_outcome_has_the_component_that_the_documents_name(reports):
    judged = {slug: judge(report, DEFAULT, timezone.now()) for slug, report in reports.items()}

    assert {slug: each.outcome.value for slug, each in judged.items()} == OUTCOMES
    assert sorted(OUTCOMES.values()) == ["could_not_tell", "not_ready", "ready"]
    assert "could_not_look" in {reason.rule for reason in judged["partner-drop"].reasons}
    assert reports["release-archive"].counts.of("verified").number > 0


def test_the_largest_report_is_a_small_html_file(reports):
    report = reports["asset-router"]

    assert len(report.requirements) == 74
    assert len(FORMATS["html"].render(report)) < 300_000
