from __future__ import annotations

from readiness.reports.facts import path_words, tables, value_words


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


def test_rows_lead_to_where_links_say():
    html = tables(
        {"n": 7, "regions": {"eu-west-1": {"a": 1}, "<i>": {"a": 2}}},
        links=lambda table, row: f'https://x/?{table}="{row}"' if row != "<i>" else None,
    )

    assert (
        '<a href="https://x/?regions=&quot;eu-west-1&quot;" rel="noreferrer">eu-west-1</a>' in html
    )
    assert '<th scope="row">&lt;i&gt;</th>' in html


def test_words_of_a_place_and_of_a_value():
    assert path_words(("regions", "eu-west-1", "in_order")) == "regions, eu-west-1, in order"
    assert [value_words(v) for v in (True, None, [], {"days_kept": 3})] == [
        "yes",
        "-",
        "none",
        "days kept: 3",
    ]


def test_tables_of_nothing_is_nothing():
    assert tables({}) == ""
