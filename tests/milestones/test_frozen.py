"""A frozen report says for ever what it said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from readiness.aws.registry import CHECKS
from readiness.decisions.live import CheckLine
from readiness.milestones.frozen import UnknownSchema, freeze, thaw
from readiness.reports.data import report_data
from readiness.reports.gap_report import GapReport, Proposal, RequirementLine
from tests.reports.gap_reports import (
    ADA,
    NOW,
    large_report,
    make_check,
    make_component,
    make_confidence,
    make_decision,
    make_line,
    make_report,
)

# Frozen by the first version that could. It must thaw for ever: never write it anew.
OLDEST = Path(__file__).parent / "frozen-1.json"


def everything() -> GapReport:
    """A report in which every field says something."""
    observed = {"regions": {"us-east-1": {"group": True, "days": None}, "eu-west-1": {}}, "n": 1.5}
    failing = make_check("logs.retention", "fail", observed=observed, known_since=NOW)
    blind = make_check(
        "s3.versioning", "not_authorised", muted=True, binding_reason="Elsewhere.", added=True
    )
    refusal = make_decision(
        "wont_build", mitigations="A canary.", residual_likelihood=1, residual_impact=2,
        inherited_from="Platform", platform="platform", platform_archived=True,
    )  # fmt: skip
    proposal = Proposal(7, "done", ADA, NOW)
    return make_report(
        make_line(make_decision("done"), failing, proposal=proposal, outdated=True),
        make_line(refusal, blind, fired=("An incident.", "A release."), suggested="build"),
        make_line(None, make_check("s3.versioning", None), translated=False),
        make_line(make_decision("build", due_date=date(2026, 12, 1), owner=None)),
        retired=(make_line(make_decision("not_applicable", reasoning="Zoë \u2028 'quoted'")),),
        confidence=make_confidence(),
        component=make_component(
            availability_target=Decimal("99.9500"),
            availability_window=timedelta(days=28, seconds=1, microseconds=5),
        ),
    )


def without_checks(report: GapReport) -> GapReport:
    """The report without the declarations of its checks, which a frozen one keeps in words only."""

    def bare(line: CheckLine) -> CheckLine:
        return replace(line, bound=None)

    def strip(line: RequirementLine) -> RequirementLine:
        return replace(line, checks=tuple(bare(c) for c in line.checks))

    topics = tuple(
        replace(topic, requirements=tuple(strip(line) for line in topic.requirements))
        for topic in report.topics
    )
    return replace(
        report,
        topics=topics,
        retired=tuple(strip(line) for line in report.retired),
        checks=tuple(bare(check) for check in report.checks),
    )


REPORTS = {
    "nothing": make_report,
    "no target": lambda: make_report(component=make_component(availability_target=None)),
    "everything": everything,
    "large": large_report,
}


@pytest.mark.parametrize("name", REPORTS)
def test_thawed_report_is_the_one_that_was_frozen(name):
    report = REPORTS[name]()

    again = thaw(freeze(report))

    assert without_checks(again) == without_checks(report)
    assert report_data(again) == report_data(report)
    assert freeze(again) == freeze(report)


def test_facts_keep_their_order():
    [observed] = [c.observed for c in thaw(freeze(everything())).checks if c.status == "fail"]

    assert list(observed["regions"]) == ["us-east-1", "eu-west-1"]


def test_check_that_is_gone_says_what_it_said(monkeypatch):
    report = everything()
    then, text = report.checks[0], freeze(report)
    monkeypatch.delitem(CHECKS, then.check.id)

    now = thaw(text).checks[0]

    for name in ("id", "version", "title", "severity", "passes", "why", "mend_console"):
        assert getattr(now.check, name) == getattr(then.check, name)
    assert now.mend_command == then.mend_command != ""
    assert now.bound.needs() == []


def test_text_of_a_newer_version_is_refused():
    text = json.dumps(json.loads(freeze(make_report())) | {"schema": 2})

    with pytest.raises(UnknownSchema, match="schema 2; this version reads 1"):
        thaw(text)


def test_oldest_frozen_report_thaws_with_all_it_said():
    oldest = json.loads(OLDEST.read_text(encoding="utf-8"))

    again = json.loads(freeze(thaw(json.dumps(oldest))))

    assert missing(oldest, again) == []


def missing(old, new, path=""):
    """What the new text lacks of the old one; fields that came since may say what they like."""
    if isinstance(old, dict):
        names = old.keys() & new.keys()
        lacks = [f"{path}.{name}" for name in old.keys() - new.keys()]
        return lacks + [
            m for name in names for m in missing(old[name], new[name], f"{path}.{name}")
        ]
    if isinstance(old, list) and len(old) == len(new):
        return [m for n, each in enumerate(old) for m in missing(each, new[n], f"{path}.{n}")]
    return [] if old == new else [path]
