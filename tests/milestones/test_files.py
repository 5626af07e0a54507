"""The files of a milestone are those of the day it was frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.milestones.frozen import thaw
from readiness.models import ReportFile, ReportJob
from readiness.reports.actions import request_report
from readiness.reports.formats import FORMATS
from readiness.reports.gap_report import build_gap_report
from readiness.reports.jobs import report_task
from tests import factory
from tests.factory import NOW

LATER = NOW + timedelta(days=40)


@pytest.mark.parametrize("wanted", FORMATS.values(), ids=FORMATS)
def test_each_is_byte_for_byte_what_it_was(component, people, wanted):
    factory.make_decision(component, "c-0-0")
    factory.make_decision(component, "c-0-1", "wont_build")
    then = wanted.render(build_gap_report(component, NOW))
    milestone = factory.make_milestone(component, by=people["editor"])
    factory.make_decision(component, "c-0-2", "not_applicable")
    type(component).objects.update(name="Renamed")

    assert wanted.render(thaw(milestone.frozen)) == then


@pytest.fixture
def no_queue(monkeypatch):
    monkeypatch.setattr("readiness.jobs.enqueue", lambda job, now: None)


@pytest.mark.usefixtures("no_queue")
def test_a_job_renders_the_milestone_it_was_asked_for(component, milestone, people):
    factory.make_decision(component, "c-0-0")
    asked = {"component": component, "by": people["viewer"], "now": LATER}
    csv = FORMATS["csv"]

    of_then = request_report(**asked, wanted=csv, milestone=milestone)
    of_today = request_report(**asked, wanted=csv)
    again = request_report(**asked, wanted=csv, milestone=milestone)
    report_task(of_then.pk)
    report_task(of_today.pk)

    assert (of_then == again, of_then == of_today) == (True, False)
    then, today = ReportJob.objects.select_related("file").order_by("pk")
    assert bytes(then.file.content) == csv.render(thaw(milestone.frozen))
    assert b"c-0-0" in bytes(today.file.content) != bytes(then.file.content)
    assert request_report(**asked, wanted=csv, milestone=milestone).file == then.file
    assert ReportFile.objects.count() == 2
