from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from readiness.reports.spreadsheet import MAX_TEXT, render_xlsx
from tests.reports import gap_reports
from tests.reports.gap_reports import HOSTILE, make_check, make_decision, make_line, make_report


def opened(report):
    return load_workbook(BytesIO(render_xlsx(report)))


def rows(sheet):
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def large():
    report = gap_reports.large_report(74)
    return report, opened(report)


def test_has_a_sheet_per_table_with_frozen_head_and_filter(large):
    _, book = large

    assert book.sheetnames == ["Summary", "Requirements", "Decisions", "Checks", "Risks"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")


def test_sheets_count_what_the_report_counts(large):
    report, book = large
    summary = {row["Subject"]: row for row in rows(book["Summary"])}

    assert len(rows(book["Requirements"])) == len(report.requirements) == 74
    assert len(rows(book["Decisions"])) == 74
    assert len(rows(book["Checks"])) == len(report.checks)
    assert summary["All requirements"]["Value"] == 74
    assert summary["All requirements"]["Weight"] == report.counts.total.weight
    for standing, tally in report.counts.by_standing.items():
        shown = [r for r in rows(book["Requirements"]) if r["Standing"] == standing.word]
        assert len(shown) == summary[standing.word.capitalize()]["Value"] == tally.number


def test_cells_have_the_type_of_what_they_hold():
    decision = make_decision("wont_build", likelihood=4, impact=5, revisit_date=date(2027, 1, 31))
    book = opened(make_report(make_line(decision, make_check(status="fail"), weight=5)))

    (decided,) = rows(book["Decisions"])
    (asked,) = rows(book["Checks"])
    (risk,) = rows(book["Risks"])
    (line,) = rows(book["Requirements"])
    assert decided["Revisit"] == datetime(2027, 1, 31)  # noqa: DTZ001 - as openpyxl reads a day
    assert isinstance(asked["Looked at"], datetime)
    assert (decided["Likelihood"], risk["Score"], line["Weight"]) == (4, 20, 5)
    assert (line["Translated"], line["Owner"]) == ("yes", None)


def test_retired_requirements_are_decisions_that_count_nowhere():
    retired = make_line(make_decision(), criterion="gone")
    book = opened(make_report(make_line(make_decision()), retired=(retired,)))

    assert [row["Retired"] for row in rows(book["Decisions"])] == ["no", "yes"]
    assert len(rows(book["Requirements"])) == 1


def test_no_text_becomes_a_formula_or_a_link():
    book = opened(gap_reports.hostile_report())

    for sheet in book:
        assert len(sheet._hyperlinks) == 0
        for row in sheet.iter_rows():
            assert [cell.value for cell in row if cell.data_type == "f"] == []
    decisions = {cell.value: cell for cell in book["Decisions"]["B"]}
    assert HOSTILE[0] in decisions
    assert decisions[HOSTILE[0]].quotePrefix
    assert decisions["-2+3"].quotePrefix


def test_text_longer_than_a_cell_is_cut_and_says_so():
    book = opened(make_report(make_line(make_decision(reasoning="\U0001f6a6" * MAX_TEXT))))

    (row,) = rows(book["Decisions"])
    assert len(row["Reasoning"].encode("utf-16-le")) // 2 <= MAX_TEXT
    assert row["Reasoning"].endswith("\U0001f6a6\N{HORIZONTAL ELLIPSIS}")
    assert len(row["Reasoning"]) > MAX_TEXT // 2 - 2


def test_moments_are_those_of_the_people_and_days_before_excels_are_text():
    decision = make_decision("wont_build", revisit_date=date(1812, 6, 24))

    with timezone.override("Asia/Tokyo"):
        (row,) = rows(opened(make_report(make_line(decision)))["Decisions"])

    assert row["Decided at"] == datetime(2026, 3, 12, 18, 30)  # noqa: DTZ001 - as openpyxl reads it
    assert row["Revisit"] == "1812-06-24"
