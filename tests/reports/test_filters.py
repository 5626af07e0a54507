from __future__ import annotations

import pytest
from django.http import QueryDict

from readiness.models import Component, Requirement, User
from readiness.reports.filters import ReportFilter, arranged
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.factory import NOW


@pytest.fixture
def report(component):
    founder = User.objects.get(username="founder")
    Requirement.objects.filter(criterion__slug="c-1-0").update(owner=founder)
    factory.make_decision(component, "c-0-0", "done", evidence="Look at the Runbook of ours.")
    factory.make_decision(component, "c-0-1", "build", reasoning="Runbook first.")
    factory.make_decision(component, "c-1-1", "wont_build")
    return build_gap_report(Component.objects.get(), NOW)


def shown(report, query):
    wanted = ReportFilter.from_query(QueryDict(query))
    return [line.criterion for topic in arranged(report, wanted) for line in topic.requirements]


@pytest.mark.parametrize(
    ("query", "criteria"),
    [
        ("", ["c-0-0", "c-0-1", "c-0-2", "c-1-0", "c-1-1", "c-1-2"]),
        ("standing=done", ["c-0-0"]),
        ("standing=done&standing=gap", ["c-0-0", "c-0-1"]),
        ("standing=attention", ["c-0-2", "c-1-0", "c-1-2"]),
        ("topic=t-1", ["c-1-0", "c-1-1", "c-1-2"]),
        ("weight=3", ["c-0-2", "c-1-2"]),
        ("text=RUNBOOK", ["c-0-0", "c-0-1"]),
        ("text=runbook+first", ["c-0-1"]),
        ("text=criterion+1.2", ["c-1-2"]),
        ("live=1", []),
        ("topic=t-0&weight=2&text=runbook", ["c-0-1"]),
        ("standing=nonsense&weight=x&owner=-1&sort=colour", None),
        ("sort=weight", ["c-0-2", "c-1-2", "c-0-1", "c-1-1", "c-1-0", "c-0-0"]),
        ("sort=standing", ["c-0-2", "c-1-0", "c-1-2", "c-0-1", "c-1-1", "c-0-0"]),
    ],
)
def test_filter_shows_what_was_asked_for(report, query, criteria):
    assert shown(report, query) == (shown(report, "") if criteria is None else criteria)


def test_filter_by_owner_finds_the_requirement_s_and_the_decision_s(report):
    founder = User.objects.get(username="founder")

    assert shown(report, f"owner={founder.pk}") == ["c-0-1", "c-1-0"]


@pytest.mark.parametrize(
    "query",
    ["standing=gap&standing=attention&topic=t-0&weight=2&live=1&text=a+b&sort=weight", "owner=7"],
)
def test_filter_survives_the_address(query):
    wanted = ReportFilter.from_query(QueryDict(query))

    assert ReportFilter.from_query(QueryDict(wanted.query)) == wanted
    assert bool(wanted)


def test_filter_that_asks_for_nothing_is_false():
    assert not ReportFilter.from_query(QueryDict("standing=&text=++&topic="))
