from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt

from readiness.reports.markdown_file import render_md
from tests.reports import gap_reports
from tests.reports.gap_reports import HOSTILE, make_check, make_decision, make_line, make_report

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def headings(text):
    tokens = PARSER.parse(text)
    return [
        (token.tag, tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


def test_says_what_the_report_says():
    line = make_line(make_decision("wont_build", likelihood=5, impact=5), make_check(status="pass"))

    text = render_md(make_report(line)).decode()

    assert "# Asset router: gap report of 20 November 2026" in text
    assert "| needs attention | 1 | 3 |" in text
    assert f"| overtaken | `{line.criterion}` | {line.statement} | 3 | Refused on" in text
    assert "> Too dear." in text
    assert "- `logs.retention`: passes. It says pass." in text


def test_headings_and_tables_hold_whatever_people_write():
    report = gap_reports.hostile_report()

    text = render_md(report).decode()

    found = headings(text)
    assert len([tag for tag, _ in found if tag == "h4"]) == len(HOSTILE)
    assert [tag for tag, _ in found if tag != "h4"] == ["h1", "h2", "h2", "h2", "h3", "h2"]
    html = PARSER.render(text)
    assert "<script" not in html
    assert "<img" not in html
    attention = text.split("## Needs attention")[1].split("\n## ")[0]
    rows = [line for line in attention.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {6}


def test_tables_are_read_as_tables():
    line = make_line(make_decision(), make_check(status="fail", reason="a | b"))

    html = PARSER.render(render_md(make_report(line)).decode())

    assert html.count("<table>") == 2
    assert "a | b</td>" in html


def test_what_could_not_be_looked_at_has_its_reason():
    line = make_line(make_decision(), make_check(status="not_authorised", reason="No."))

    assert "| `logs.retention` | 18 November 2026 | No. |" in render_md(make_report(line)).decode()


def test_what_stands_on_one_line_is_what_was_typed():
    typed = "[a](https://b.example) *c* `d` | <e>"
    decision = make_decision(ticket_url=f"https://{typed}")
    report = make_report(make_line(decision))
    report = replace(report, topics=(replace(report.topics[0], name=typed),))

    text = render_md(report).decode()

    lines = [token.children for token in PARSER.parse(text) if token.type == "inline"]
    shown = ["".join(each.content for each in line if each.type == "text") for line in lines]
    assert {typed, f"Ticket: https://{typed}"} <= {*shown}
