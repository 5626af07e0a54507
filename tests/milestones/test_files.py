"""The files of a milestone are those of the day it was frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.milestones.frozen import thaw
from readiness.models import ReportFile, ReportJob
from readiness.reports.actions import NoSuchEdition, request_report
from readiness.reports.formats import FORMATS, PDF, Edition, Since
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


@pytest.mark.parametrize(
    ("edition", "compared"),
    [
        (Edition("executive", "letter"), False),
        (Edition("decisions"), True),
        (Edition("topic:t-0", archival=True), False),
    ],
)
def test_each_edition_of_the_pdf_is_what_it_was(component, people, edition, compared):
    first = factory.make_milestone(component, by=people["editor"], name="First")
    factory.make_decision(component, "c-0-0")
    since = Since("First", thaw(first.frozen)) if compared else None
    then = PDF.render(build_gap_report(component, NOW), edition, since)
    milestone = factory.make_milestone(component, by=people["editor"])
    factory.make_decision(component, "c-0-2", "not_applicable")
    type(component).objects.update(name="Renamed")

    assert PDF.render(thaw(milestone.frozen), edition, since) == then


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


@pytest.mark.usefixtures("no_queue")
def test_a_job_renders_the_edition_and_tells_what_changed(component, people):
    first = factory.make_milestone(component, by=people["editor"], name="First")
    factory.make_decision(component, "c-0-0")
    second = factory.make_milestone(component, by=people["editor"], name="Second")
    edition = Edition("executive", "letter", archival=True)
    asked = {"component": component, "by": people["viewer"], "now": LATER, "edition": edition}

    compared = request_report(**asked, milestone=second, since=first)
    alone = request_report(**asked, milestone=second)
    assert request_report(**asked, milestone=second, since=first) == compared != alone
    report_task(compared.pk)

    file = ReportFile.objects.get()
    since = Since("First", thaw(first.frozen))
    assert bytes(file.content) == PDF.render(thaw(second.frozen), edition, since)
    assert file.filename == "asset-router-2026-11-20-executive-archival.pdf"
    assert request_report(**asked, milestone=second, since=first).file == file
    with pytest.raises(NoSuchEdition):
        request_report(**asked, milestone=second, since=second)
