"""The PDF of an operations sheet read back."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from readiness.operations.paper import (
    MOST_PAGES,
    Named,
    PrintedOption,
    PrintedSheet,
    by_host,
    estimated_pages,
    printed,
)
from readiness.operations.pdf import render_sheet
from readiness.operations.places import Seen, places_of
from readiness.operations.sheet import Contact, ErrorState, Link, Option, OptionKind

pytestmark = pytest.mark.one_database

WORDS = (
    "Set the weight of the failing side to zero and leave the other as it is, then watch the "
    "requests of each bucket for as long as resolvers remember the answer. "
)
PLACES = places_of(
    {
        "distribution_id": "E1A2B3C4D5E6F7",
        "function_name": "asset-router",
        "edge_regions": ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "sa-east-1"],
        "buckets": {"us-east-1": "files-us", "eu-west-1": "files-eu"},
        "hosted_zone_id": "Z0123456789ABCDEF",
        "record_name": "origin.example.com",
    },
    Seen(),
)


def option(number=1, text=WORDS):
    return PrintedOption(
        Option(
            kind=OptionKind.DRAIN,
            title=f"Option number {number}",
            how=f"1. {text}\n2. **Then** wait.",
            effect=text,
            minutes=5,
            who="Whoever is on call",
            scenario="drain-a-region",
        ),
        "Rehearsed 7 August 2026, fresh",
    )


def state(number=1, text=WORDS):
    return ErrorState(symptom=f"State number {number}", where=text, cause=text, action=text)


def sheet(options=6, states=8, text=WORDS, **values):
    return PrintedSheet(
        component=Named("asset-router", "Asset router", "Edge team"),
        today=date(2026, 11, 20),
        standing="Version 3 by Emil Novak, 12 November 2026",
        address="https://readiness.example.com/components/asset-router/operations/",
        options=tuple(option(n, text) for n in range(1, options + 1)),
        contacts=(Contact(who="Edge team", how="+49 30 1234", when="First"),),
        places=PLACES.everywhere,
        regions=PLACES.ran,
        links=(Link(title="Splunk", url="https://logs.example.com/" + "a" * 200, note="Errors"),),
        error_states=tuple(state(n, text) for n in range(1, states + 1)),
        **values,
    )


def read(value, **asked):
    return PdfReader(io.BytesIO(render_sheet(value, **asked)))


def text_of(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def joined(reader):
    """The same without spaces: a long word goes over the end of a line."""
    return text_of(reader).replace(" ", "")


@pytest.fixture(scope="module")
def pdf():
    return read(sheet())


def test_a_realistic_sheet_has_at_most_four_pages_and_all_of_it(pdf):
    text = text_of(pdf)

    assert len(pdf.pages) <= MOST_PAGES
    for number in range(1, 7):
        assert f"Option number {number}" in text
    for number in range(1, 9):
        assert f"State number {number}" in text
    assert "Left to the browser" not in text


def test_it_says_whose_and_of_when_it_is_and_where_the_newest_is(pdf):
    text = text_of(pdf)

    assert "Asset router: operations sheet" in text
    assert "Version 3 by Emil Novak, 12 November 2026. Printed 20 November 2026" in text
    assert "https://readiness.example.com/components/asset-router/operations/" in joined(pdf)
    assert f"page 1 of {len(pdf.pages)}" in text
    assert pdf.metadata.title == "Asset router: operations sheet of 20 November 2026"


def test_long_links_are_printed_as_words_with_their_host_and_can_be_followed(pdf):
    text = text_of(pdf)
    targets = {
        note.get_object()["/A"]["/URI"]
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    }

    assert "Splunk at logs.example.com; Errors" in text
    assert "aaaa" not in text
    assert "queryDetail" not in text
    assert "atus-east-1.console.aws.amazon.com" in joined(pdf)
    assert {place.url for place in PLACES.everywhere} <= targets
    assert {place.url for region in PLACES.ran for place in region.links} <= targets


def test_it_is_tagged_for_screen_readers(pdf):
    root = pdf.root_object

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in root["/Metadata"].get_data().replace(b'="', b">")
    assert [item.title for item in pdf.outline if not isinstance(item, list)] == [
        "Options for action",
        "On call and escalation",
        "Where to look",
        "Known error states",
    ]


def test_the_same_sheet_gives_the_same_bytes():
    assert render_sheet(sheet(1, 1)) == render_sheet(sheet(1, 1))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_what_four_pages_do_not_hold_is_left_to_the_browser_and_said(paper):
    reader = read(sheet(options=10, states=40), paper=paper)
    text = text_of(reader)

    shown = [n for n in range(1, 41) if re.search(rf"State number {n}\b", text)]
    assert len(reader.pages) == MOST_PAGES
    assert shown == list(range(1, len(shown) + 1))
    assert 0 < len(shown) < 40
    assert f"Left to the browser: {40 - len(shown)} of 40 error states." in text
    assert "Option number 10" in text
    # One more would not have fitted: the last page is full.
    assert len(reader.pages[-1].extract_text()) > 1000


def test_options_are_what_is_left_out_last():
    reader = read(sheet(options=40, states=3))
    text = text_of(reader)

    assert len(reader.pages) <= MOST_PAGES
    assert "3 of 3 error states" in text
    assert "1 of 1 contact" in text
    assert re.search(r"\d+ of 40 options", text)
    assert "Option number 1 " in text


def test_both_papers_have_the_same_pages():
    long = sheet(options=8, states=14)
    pages = [[page.extract_text() for page in read(long, paper=p).pages] for p in ("a4", "letter")]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("asked", [{"paper": "a3"}, {"variant": "executive"}])
def test_there_is_no_other_edition(asked):
    with pytest.raises(ValueError, match="There is no"):
        render_sheet(sheet(1, 1), **asked)


@pytest.mark.parametrize(
    ("options", "states", "text"),
    [
        (30, 50, "Short."),
        (8, 16, WORDS),
        (3, 30, WORDS),
        (20, 2, WORDS),
        (4, 6, WORDS * 3),
        (2, 3, "x" * 900),
        (9, 20, "- one\n- two\n- three\n"),
    ],
)
def test_the_page_promises_no_fewer_pages_than_there_are(options, states, text):
    """And it does not cry wolf: what fits on two is not called longer than four."""
    value = sheet(options, states, text)
    left_out = "Left to the browser" in text_of(read(value))

    if left_out:
        assert estimated_pages(value) > MOST_PAGES
    if estimated_pages(value) > MOST_PAGES and not left_out:
        assert len(read(value).pages) > 2


def test_estimate_of_nothing_is_one_page():
    empty = replace(sheet(0, 0), places=(), regions=(), links=(), contacts=())

    assert estimated_pages(empty) == 1
    assert len(read(empty).pages) == 1


def test_digest_covers_every_row():
    value = sheet(2, 2)
    others = [
        replace(value, today=date(2026, 11, 21)),
        replace(value, options=value.options[:1]),
        replace(value, error_states=(state(1), state(2, "Other."))),
        replace(value, regions=value.regions[1:]),
        replace(value, standing="Version 4"),
    ]

    assert len({each.digest for each in (value, *others)}) == 6
    assert value.digest == sheet(2, 2).digest


def test_links_are_gathered_by_host_in_their_order():
    (home, eu) = sorted(by_host(PLACES.everywhere), key=lambda each: -len(each.places))

    assert (home.host, eu.host) == (
        "us-east-1.console.aws.amazon.com",
        "eu-west-1.console.aws.amazon.com",
    )
    assert [place.label for place in eu.places] == ["Bucket files-eu in eu-west-1"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "See [the runbook](https://wiki.example.com/x?a=1&b=2).",
            '<p>See <a href="https://wiki.example.com/x?a=1&amp;b=2"'
            ' rel="noopener noreferrer nofollow">the runbook</a> (wiki.example.com).</p>',
        ),
        (
            "<https://wiki.example.com/>",
            '<p><a href="https://wiki.example.com/" rel="noopener noreferrer nofollow">'
            "https://wiki.example.com/</a></p>",
        ),
        ("## Steps", "<p><b>Steps</b></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ],
)
def test_markdown_on_paper(text, html):
    assert str(printed(text)).strip() == html
