"""What changed since a milestone, in words and as a section of the PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.reports.formats import VARIANTS, Since
from readiness.reports.pdf_changes import LENGTH, MOST_FACTS, changes
from readiness.reports.pdf_variant import variant_content
from tests.reports.gap_reports import TODAY, make_check, make_decision, make_line, make_report
from tests.reports.test_pdf import places, read, text_of

THEN = TODAY - timedelta(days=90)
DONE = make_decision("done", evidence="The runbook.")
LOG_GROUPS = {f"region_{n}": n for n in range(MOST_FACTS + 3)}
BEFORE = make_report(
    make_line(DONE, make_check("logs.retention", "pass"), criterion="a", statement="Logs stay."),
    make_line(None, criterion="b", statement="Somebody is called."),
    make_line(DONE, criterion="c", statement="It is as it was."),
    make_line(DONE, criterion="d", statement="It left the catalog."),
    today=THEN,
)
AFTER = make_report(
    make_line(DONE, make_check("logs.retention", "fail"), criterion="a", statement="Logs stay."),
    make_line(make_decision("build"), criterion="b", statement="Somebody is called."),
    make_line(DONE, criterion="c", statement="It is as it was."),
    make_line(None, criterion="e", statement="It came to the catalog."),
)
SINCE = Since("Before cut-over", BEFORE)


def test_worse_stands_first_and_each_says_what_it_was_and_is():
    found = changes(SINCE, AFTER)["moves"]

    assert [(change.way, change.statement) for change in found] == [
        ("Worse", "Logs stay."),
        ("New", "It came to the catalog."),
        ("Gone", "It left the catalog."),
        ("Better", "Somebody is called."),
    ]
    worse, new, gone, better = found
    assert worse.standings == "Was verified, is contradicted."
    assert new.standings == "Not in the catalog then; now undecided."
    assert (gone.standings, gone.criterion) == ("Was done; no longer in the catalog.", "")
    assert ("Decision", "now \u201cWe will build it\u201d") in better.said
    assert (
        worse.said
        == (
            (
                "Log groups keep logs for long enough",
                "was \u201cpasses\u201d, is \u201cfails\u201d",
            ),
        )
        or worse.said[0][1] == "was \u201cpasses\u201d, is \u201cfails\u201d"
    )


def test_long_texts_and_many_facts_are_cut_and_it_says_so():
    checks = [make_check("logs.retention", "pass", observed=seen) for seen in ({}, LOG_GROUPS)]
    decisions = [make_decision("done", evidence=text) for text in ("", "word " * 200)]
    before, after = (
        make_report(make_line(decision, check, criterion="a"))
        for decision, check in zip(decisions, checks, strict=True)
    )

    (change,) = changes(Since("Then", before), after)["moves"]

    assert change.more == len(LOG_GROUPS) - MOST_FACTS
    assert max(len(became) for _, became in change.said) < LENGTH + 20


def test_of_one_topic_are_its_own():
    topics = [replace(BEFORE.topics[0], slug=f"t-{n}", name=f"Topic {n}") for n in range(2)]
    before = replace(BEFORE, topics=tuple(topics))
    after = replace(AFTER, topics=(replace(AFTER.topics[0], slug="t-1"),))

    assert len(changes(Since("Then", before), after, "t-1")["moves"]) == 4
    with_it = variant_content(after, "topic:t-1", Since("Then", before))
    assert with_it["changes"]["moves"] == changes(Since("Then", before), after, "t-1")["moves"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_is_a_section_where_it_is_asked_for_and_only_there(variant):
    part = "reports/pdf/_changes.html"

    with_it = variant_content(AFTER, variant, SINCE)["parts"]
    assert with_it.count(part) == 1
    assert [each for each in with_it if each != part] == variant_content(AFTER, variant)["parts"]


def test_pdf_has_the_section_with_a_bookmark_and_links_to_what_it_speaks_of(caplog):
    pdf = read(AFTER, since=SINCE)

    titles = [title for title, _ in places(pdf)]
    at = titles.index("What changed since Before cut-over")
    assert titles[at - 1 : at + 2 : 2] == ["Needs attention", "Requirements by topic"]
    said = text_of(pdf)
    assert "1 worse, 1 better, 0 changed, 1 new, 1 gone, 1 as before. The worse stands" in said
    assert "Was verified, is contradicted." in said
    assert [each.message for each in caplog.records if each.name == "weasyprint"] == []


def test_nothing_changed_is_said():
    said = text_of(read(AFTER, variant="executive", since=Since("Then", AFTER)))

    assert "Nothing: every requirement stands as it stood on 20 November 2026." in said
