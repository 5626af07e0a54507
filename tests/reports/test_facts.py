from __future__ import annotations

from readiness.reports.facts import tables


def test_tables_show_rows_and_plain_facts():
    html = tables({"newest": 7, "regions": {"eu-west-1": {"group": True, "days": None}}})

    assert html == (
        '<table class="facts-table"><tbody><tr><th scope="row">newest</th><td>7</td></tr></tbody>'
        '</table><table class="facts-table"><thead><tr><th scope="col">regions</th>'
        '<th scope="col">group</th><th scope="col">days</th></tr></thead>'
        '<tbody><tr><th scope="row">eu-west-1</th><td>yes</td><td>-</td></tr></tbody></table>'
    )


def test_tables_escape_whatever_aws_answered():
    html = tables({"<b>": "<script>", "x": [{"<i>": ["<u>", {"a": "<s>"}]}]})

    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;u&gt;, a: &lt;s&gt;" in html


def test_tables_of_nothing_is_nothing():
    assert tables({}) == ""
