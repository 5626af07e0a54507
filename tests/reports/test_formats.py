"""What every format of a gap report has in common; each has a file of its own besides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.reports.data import report_data
from readiness.reports.formats import FORMATS
from tests.reports import gap_reports

OTHERS = [each for each in FORMATS.values() if each.slug != "pdf"]


def test_the_pdf_comes_first_and_names_are_told_apart():
    assert next(iter(FORMATS)) == "pdf"
    assert len({each.extension for each in FORMATS.values()}) == len(FORMATS)
    assert [slug for slug, each in FORMATS.items() if slug != each.slug] == []


@pytest.mark.parametrize("each", OTHERS, ids=lambda each: each.slug)
@pytest.mark.parametrize("requirements", [0, 1, 74, 300])
def test_renders_reports_of_any_size_to_the_same_bytes(each, requirements):
    report = gap_reports.large_report(requirements) if requirements else gap_reports.make_report()

    content = each.render(report)

    assert content == each.render(replace(report))
    assert b"asset-router" in content or b"Asset router" in content or each.slug in ("xlsx", "csv")


@pytest.mark.parametrize("slug", ["csv", "json", "md", "html"])
def test_text_of_any_script_arrives_whole(slug):
    said = "Grüße, \u65e5\u672c\u8a9e und \U0001f6a6"
    report = gap_reports.make_report(gap_reports.make_line(statement=said))

    assert said in FORMATS[slug].render(report).decode("utf-8-sig")


def test_what_formats_show_of_a_proposal_is_in_the_digest():
    """Files are kept by the digest: two that read differently must not share one."""
    line = gap_reports.make_line()
    proposal = gap_reports.make_proposal()
    reports = [
        gap_reports.make_report(line),
        gap_reports.make_report(replace(line, proposal=proposal)),
        gap_reports.make_report(replace(line, proposal=replace(proposal, outcome="done"))),
    ]

    assert len({report_data(report)["digest"] for report in reports}) == 3
