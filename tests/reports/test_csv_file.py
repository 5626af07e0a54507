from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from readiness.reports.csv_file import render_csv
from tests.reports import gap_reports
from tests.reports.gap_reports import HOSTILE, make_check, make_decision, make_line, make_report


def read(report):
    return list(csv.DictReader(StringIO(render_csv(report).decode("utf-8-sig"), newline="")))


def test_has_a_row_per_requirement_retired_ones_last():
    report = make_report(
        make_line(), make_line(make_decision()), retired=(make_line(make_decision()),)
    )

    assert [(row["Standing"], row["Outcome"], row["Retired"]) for row in read(report)] == [
        ("undecided", "", "no"),
        ("done", "It is done", "no"),
        ("done", "It is done", "yes"),
    ]


def test_is_as_rfc_4180_has_it_with_a_byte_order_mark():
    content = render_csv(make_report(make_line(make_decision(evidence='Said "yes",\nthen no.'))))

    assert content.startswith(b"\xef\xbb\xbfTopic,Criterion,Statement,")
    assert b'"Said ""yes"",\nthen no."' in content
    assert content.endswith(b"\r\n")


def test_days_and_moments_are_iso_8601():
    decision = make_decision("build", due_date=date(2027, 2, 1))
    (row,) = read(make_report(make_line(decision, make_check())))

    assert (row["Due"], row["Decided at"]) == ("2027-02-01", "2026-03-12T09:30:00+00:00")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_begins_as_a_formula(text):
    rows = read(make_report(make_line(make_decision(reasoning=text), statement=text)))

    cells = [cell for row in rows for cell in row.values()]
    assert [c for c in cells if c.strip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))] == []


@pytest.mark.parametrize("start", ["=", " =", "+", "-", "@", "\t=", "\n=", "\uff1d", "\uff0b"])
def test_text_that_begins_as_a_formula_is_held(start):
    (row,) = read(make_report(make_line(make_decision(reasoning=f"{start}1+1"))))

    assert row["Reasoning"] == f"'{start}1+1"


def test_hostile_texts_do_not_move_the_columns():
    report = gap_reports.hostile_report()

    rows = read(report)
    assert len(rows) == len(HOSTILE)
    assert {row["Weight"] for row in rows} == {"3"}
    assert all(None not in row and None not in row.values() for row in rows)
    assert "'=HYPERLINK" in rows[0]["Reasoning"]
