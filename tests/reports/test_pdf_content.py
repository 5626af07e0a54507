"""The sentences of the PDF, word for word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.reports.pdf_content import content, verdict_words
from tests.reports.gap_reports import (
    NOW,
    TODAY,
    make_check,
    make_confidence,
    make_decision,
    make_line,
    make_report,
)

UNDECIDED = make_line(None)
DONE = make_line(make_decision("done"))
LAPSED = make_line(make_decision("not_applicable", revisit_date=TODAY - timedelta(days=1)))


def refused(likelihood, impact, **said):
    return make_line(make_decision("wont_build", likelihood=likelihood, impact=impact, **said))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "There are no requirements yet, so nothing can be said about readiness."),
        ([DONE], "Nothing needs attention: the one requirement is decided, "
                 "and every decision stands."),
        ([DONE] * 3, "Nothing needs attention: all 3 requirements are decided, "
                     "and every decision stands."),
        ([LAPSED, UNDECIDED, DONE], "1 of 3 requirements needs attention; 1 is undecided."),
        ([LAPSED, LAPSED, DONE], "2 of 3 requirements need attention; none are undecided."),
        ([UNDECIDED], "None of 1 requirement needs attention; 1 is undecided."),
    ],
)  # fmt: skip
def test_verdict_says_what_needs_attention_and_what_is_undecided(lines, words):
    assert verdict_words(make_report(*lines).counts) == words


def test_summary_of_every_kind_of_decision_is_five_sentences():
    report = make_report(
        make_line(make_decision("done"), make_check("logs.retention", "pass")),
        DONE,
        make_line(make_decision("build", due_date=TODAY + timedelta(days=9))),
        make_line(make_decision("build", due_date=TODAY + timedelta(days=3))),
        refused(4, 4),
        refused(1, 1),
        make_line(make_decision("not_applicable")),
        make_line(make_decision("done"), make_check("s3.versioning", "throttled")),
        UNDECIDED,
    )

    assert content(report)["sentences"] == [
        "None of 9 requirements needs attention; 1 is undecided.",
        "3 are done: AWS confirms 1 of them, 2 stand on the team's word.",
        "2 are still to be built, the next by 23 November 2026.",
        "2 are refused at a risk that stands accepted, 1 of them a high or critical one; "
        "1 does not apply.",
        "AWS was last looked at on 20 November 2026 at 14:00 UTC; 1 of 2 checks could not look.",
    ]


def test_summary_says_when_nobody_looked_or_there_is_nothing_to_look_at():
    nothing = content(make_report(DONE))
    not_yet = content(make_report(make_line(None, make_check(status=None))))

    assert nothing["sentences"][-1] == (
        "No live check applies to this component, so nothing here rests on AWS itself."
    )
    assert not_yet["sentences"][-1] == "AWS has not been looked at yet."


def test_risks_come_the_largest_first_and_are_counted_in_the_matrix():
    report = make_report(refused(1, 2), refused(5, 5), refused(1, 2, risk="**Small.**"))

    said = content(report)

    assert [risk.score for risk in said["risks"]] == [25, 2, 2]
    assert said["risks"][0].level == "Critical: almost certain, severe"
    assert said["risks"][2].text == "Small."
    numbers = [[number for _, number in cells] for _, cells in said["matrix"]["rows"]]
    assert numbers[0] == [0, 0, 0, 0, 1]
    assert numbers[-1] == [0, 2, 0, 0, 0]


def test_what_falls_due_comes_the_next_first_and_leaves_out_what_is_past():
    days = (30, -1, 0, 7)
    lines = [make_line(make_decision("build", due_date=TODAY + timedelta(days=d))) for d in days]

    due = content(make_report(*lines, refused(2, 2)))["due"]

    assert [((item.day - TODAY).days, item.what) for item in due] == [
        (0, "Build"),
        (7, "Build"),
        (30, "Build"),
        (72, "Revisit"),
    ]


def test_live_check_says_how_old_its_facts_are():
    check = make_check(reason="It is so.", checked_at=NOW - timedelta(days=2))
    blind = make_check(
        "s3.versioning",
        "throttled",
        reason="Could not look: AWS was busy.",
        known_status="pass",
        known_at=NOW - timedelta(days=9),
        known_reason="It was so.",
    )

    (block,) = content(make_report(make_line(make_decision("done"), check, blind)))["topics"][0][
        "blocks"
    ]

    assert [look.said for look in block.looks] == [
        "It is so. Looked at on 18 November 2026 at 14:03 UTC, 2 days before this report.",
        "since 18 November 2026: AWS was busy. Last known: it passed on 11 November 2026. "
        "It was so.",
    ]


def test_checks_of_a_requirement_that_were_seen_at_one_time_say_so_once():
    then = NOW - timedelta(days=2)
    checks = [
        make_check(reason="One.", checked_at=then),
        make_check("s3.versioning", "throttled", checked_at=NOW),
        make_check(reason="Two.", checked_at=then),
        make_check(reason="Three.", checked_at=NOW),
    ]

    (block,) = content(make_report(make_line(None, *checks)))["topics"][0]["blocks"]

    assert [look.said for look in block.looks if look.css != "unknown"] == [
        "One. Looked at on 18 November 2026 at 14:03 UTC, 2 days before this report.",
        "Two.",
        "Three. Looked at on 20 November 2026 at 14:03 UTC.",
    ]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "3.4 of 5 on average, spread 1.1; 5 of 7 answered."),
        ({"voters": 1, "spread": None}, "3.4 of 5 on average; 1 of 7 answered."),
        (
            {"voters": 2, "mean": None, "spread": None},
            "2 of 7 answered, too few to show anything.",
        ),
    ],
)
def test_summary_ends_with_how_confident_people_are(said, words):
    report = make_report(make_line(), confidence=make_confidence(**said))

    last = content(report)["sentences"][-1]

    assert last.startswith("People were last asked on 18 November 2026 how confident they are: ")
    assert last.endswith(words)
