"""The PDF read back: what an auditor, a screen reader and an attacker would find in it."""

from __future__ import annotations

import io
import re
import resource
import socket
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from readiness.decisions.standing import Standing
from readiness.reports.data import report_digest
from readiness.reports.formats import VARIANTS
from readiness.reports.gap_report import Person
from readiness.reports.pdf import NOTHING, _OurFonts, _with_room, render_pdf
from tests.reports.gap_reports import (
    ADA,
    NOW,
    TODAY,
    large_report,
    make_check,
    make_component,
    make_decision,
    make_line,
    make_report,
)

pytestmark = pytest.mark.one_database

EVERY_STANDING = (
    make_line(None, statement="Somebody decides this some day."),
    make_line(make_decision("build", effort="M"), statement="It will be built."),
    make_line(make_decision("build", due_date=NOW.date().replace(day=1))),
    make_line(make_decision("build"), make_check("logs.retention", "pass")),
    make_line(make_decision("done")),
    make_line(make_decision("done"), make_check("s3.versioning", "not_authorised")),
    make_line(make_decision("done"), make_check("logs.retention", "pass")),
    make_line(make_decision("done"), make_check("route53.weighted-both-sides", "fail")),
    make_line(make_decision("wont_build")),
    make_line(make_decision("wont_build", revisit_date=NOW.date().replace(day=1))),
    make_line(make_decision("wont_build"), make_check("logs.retention", "pass")),
    make_line(make_decision("not_applicable")),
)
REPORT = make_report(*EVERY_STANDING, topics=3)


def read(report, **asked):
    return PdfReader(io.BytesIO(render_pdf(report, **asked)))


def text_of(reader):
    """All words in their order; where lines and pages end is the layout's business."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(scope="module")
def pdf():
    return read(REPORT)


def elements(reader):
    """Every element of the structure tree, as a screen reader walks it."""
    waiting = [reader.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if "/S" in element:
            yield element
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        waiting += [kid for kid in kids if hasattr(kid.get_object(), "get")]


def bookmarks(outline):
    return [bookmarks(item) if isinstance(item, list) else item.title for item in outline]


def places(reader):
    """The sections with the pages on which they begin."""
    sections = [item for item in reader.outline if not isinstance(item, list)]
    return [(item.title, reader.get_destination_page_number(item) + 1) for item in sections]


def test_report_of_this_module_has_every_standing():
    assert {line.standing for line in REPORT.requirements} == set(Standing)


# --- The document ---------------------------------------------------------------------------------


def test_document_is_tagged_and_says_what_it_is(pdf):
    root = pdf.root_object

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert pdf.metadata.title == "Asset router: gap report of 20 November 2026"
    assert pdf.metadata.author == "Edge team"
    assert report_digest(REPORT) in pdf.metadata["/Keywords"]


def test_headings_are_the_bookmarks_and_the_elements(pdf):
    assert bookmarks(pdf.outline) == [
        "Summary",
        "Contents",
        "Needs attention",
        "Requirements by topic",
        ["1 Topic 0", "2 Topic 1", "3 Topic 2"],
        "Accepted risks",
        "Not applicable",
        "What could not be looked at",
        "Ledger",
        "What the standings mean",
    ]
    levels = [element["/S"] for element in elements(pdf)]
    assert levels.count("/H1") == 1
    assert levels.count("/H2") == 9
    assert levels.count("/H4") == len(REPORT.requirements)


def test_charts_say_in_words_what_they_show(pdf):
    said = [element.get("/Alt", "") for element in elements(pdf) if element["/S"] == "/Figure"]

    assert len(said) == 3 + len(REPORT.topics)
    assert said.count(
        "By number: 1 verified, 2 done, 1 gap, 1 accepted, 5 needs attention, "
        "1 not applicable, 1 undecided"
    ) == 2  # fmt: skip
    assert all(said)


def test_every_font_is_in_the_file(pdf):
    fonts = [
        each.get_object()
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()
        for each in font.get_object()["/DescendantFonts"].get_object()
    ]
    names = {font["/BaseFont"].split("+")[1] for font in fonts}

    assert names >= {"Inter", "Inter-Semi-Bold", "JetBrains-Mono"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_each_page_says_which_it_is_and_of_what(pdf):
    digest = report_digest(REPORT)
    cover, *pages = [page.extract_text() for page in pdf.pages]

    assert digest in cover
    for number, text in enumerate(pages, start=2):
        assert f"page {number} of {len(pdf.pages)}" in text
        assert f"digest {digest[:8]}" in text


def test_contents_name_the_pages_on_which_things_are(pdf):
    found = places(pdf)
    said = " ".join(pdf.pages[2].extract_text().split())
    listed = [f"page {page} {title}" for title, page in found if title != "Contents"]

    assert found[:3] == [("Summary", 2), ("Contents", 3), ("Needs attention", 4)]
    assert [each for each in listed if each not in said] == []


def test_same_report_gives_the_same_bytes_and_another_does_not(pdf):
    again = render_pdf(REPORT)

    assert again == pdf.stream.getvalue()
    assert again != render_pdf(replace(REPORT, component=make_component(team="Another team")))


# --- What it says ---------------------------------------------------------------------------------


def test_requirement_shows_all_that_was_decided_and_on_what_facts():
    decision = make_decision(
        "wont_build",
        reasoning="The side is **small**, see [the plan](https://example.com/plan).",
        risk="A side may fail.",
        cost_avoided="Two weeks.",
        benefit_forgone="A quiet night.",
        alternatives="A cheaper one.",
        change_our_mind="A second failure.",
        ticket_url="https://tickets.example.com/7",
        owner=ADA,
        statement="What it read before.",
    )
    check = make_check(reason="Found in 2 of 3.", observed={"group": True})
    line = make_line(decision, check, statement="What it reads now.", owner=ADA)

    said = text_of(read(make_report(line)))

    for words in (
        "What it reads now.",
        "We will not build it. Decided on 12 March 2026 by Grace Hopper, "
        "to be revisited by 31 January 2027. Ada Lovelace sees to it.",
        "The side is small, see the plan (https://example.com/plan).",
        "Risk, high: likely, moderate. A side may fail.",
        "Cost avoided. Two weeks.",
        "Benefit forgone. A quiet night.",
        "Alternatives considered. A cheaper one.",
        "What would change our mind. A second failure.",
        "Ticket. https://tickets.example.com/7",
        "Decided when it read: \u201cWhat it read before.\u201d",
        "passes Found in 2 of 3. Looked at on 20 November 2026 at 14:00 UTC. group: yes",
        decision.digest,
    ):
        assert words in said


def test_headings_of_a_reasoning_are_none_of_the_report():
    line = make_line(make_decision("done", reasoning="# Loud\n\n1. one\n   1. inner"))

    pdf = read(make_report(line))

    assert "Loud" not in str(bookmarks(pdf.outline))
    assert [e["/S"] for e in elements(pdf)].count("/H1") == 1
    # The inner list counts anew.
    assert text_of(pdf).split().count("1.") == 2


def test_no_page_ends_with_the_head_of_a_requirement():
    pdf = read(large_report(30, reasoning=(400, 900), live=0, seed=2))

    said = [page.extract_text().rpartition("\npage ")[0] for page in pdf.pages]
    last_lines = [text.rpartition("\n")[2] for text in said[1:]]
    assert all(last_lines)
    assert [line for line in last_lines if "weight" in line] == []


def test_no_line_ends_after_its_first_word_where_the_next_one_is_a_link():
    paragraphs = [
        f"We {'say so and ' * 6}{'i' * n} [here](https://example.com/{n})" for n in range(40)
    ]
    line = make_line(make_decision("done", reasoning="\n\n".join(paragraphs)))

    said = "\n".join(page.extract_text() for page in read(make_report(line)).pages)

    assert said.count("\nWe say so") == len(paragraphs)


def test_summary_keeps_to_its_page_however_long_the_texts_are():
    pdf = read(large_report(30, reasoning=(600, 1200), live=20))

    assert places(pdf)[:3] == [("Summary", 2), ("Contents", 3), ("Needs attention", 4)]


# --- Variants and papers --------------------------------------------------------------------------


def size_of(reader):
    """The sizes of the pages in millimetres."""
    return {
        (round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4))
        for page in reader.pages
    }


def test_letter_has_the_pages_of_a4(pdf):
    letter = read(REPORT, paper="letter")

    assert size_of(pdf) == {(210, 297)}
    assert size_of(letter) == {(216, 279)}
    assert places(letter) == places(pdf)


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        make_report(checks=()),
        large_report(60, reasoning=(600, 1200), live=20),
        replace(
            large_report(40),
            component=make_component(
                name="A name of words " * 6, description="W" * 900, risk_context="so it goes " * 99
            ),
        ),
    ],
    ids=["every standing", "nothing", "long texts", "long facts"],
)
def test_executive_has_two_pages(report, paper):
    pdf = read(report, variant="executive", paper=paper)

    assert len(pdf.pages) == 2
    assert places(pdf) == [("Needs attention", 1), ("Summary", 2)]
    assert report_digest(report) in pdf.pages[0].extract_text()


def test_executive_has_the_most_urgent_and_the_largest_risks_and_says_how_much_it_leaves_out():
    lines = [make_line(make_decision("build", due_date=TODAY - timedelta(1))) for _ in range(9)]
    risk = make_decision("wont_build", risk="The side may fail.")

    pdf = read(make_report(*lines, make_line(risk)), variant="executive")

    first, second = (" ".join(page.extract_text().split()) for page in pdf.pages)
    assert [line.statement in first for line in lines] == [True] * 6 + [False] * 3
    assert "And 3 more, in the full report." in first
    assert "The side may fail." in second


def test_decisions_only_leaves_out_what_nobody_decided():
    decided, undecided = make_line(make_decision("done")), make_line(None)
    untouched = make_line(None)

    pdf = read(make_report(decided, undecided, untouched, topics=2), variant="decisions")

    said = text_of(pdf)
    assert bookmarks(pdf.outline) == [
        "Contents",
        "Decisions by topic",
        ["1 Topic 0"],
        "Ledger",
        "What the standings mean",
    ]
    assert decided.statement in said
    assert decided.decision.digest in said
    assert undecided.statement not in said


def test_decisions_only_without_any():
    said = text_of(read(make_report(make_line(None)), variant="decisions"))

    assert "Nothing has been decided yet, so the ledger is empty." in said


def test_a_topic_is_whole_and_alone_and_counted_for_itself():
    pdf = read(REPORT, variant="topic:topic-1")

    lines = REPORT.topics[1].requirements
    said = text_of(pdf)
    assert bookmarks(pdf.outline) == ["One topic", ["1 Topic 1"]]
    assert [e["/S"] for e in elements(pdf)].count("/H4") == len(lines)
    assert all(line.statement in said for line in lines)
    assert f"of {len(lines)} requirements" in pdf.pages[0].extract_text()
    assert report_digest(REPORT) in said
    assert pdf.metadata.title == "Asset router: gap report of 20 November 2026, Topic 1"


@pytest.mark.parametrize("variant", [*VARIANTS, "topic:topic-2"])
def test_no_variant_links_to_what_it_has_not_and_each_is_the_same_again(variant, caplog):
    content = render_pdf(REPORT, variant=variant)

    assert [r.message for r in caplog.records if "anchor" in r.message.lower()] == []
    assert content == render_pdf(REPORT, variant=variant)


@pytest.mark.parametrize(
    "asked",
    [{"variant": "topic:nope"}, {"variant": "brief"}, {"variant": "topic:"}, {"paper": "a5"}],
)
def test_what_there_is_not_is_refused(asked):
    with pytest.raises(ValueError, match="no (variant|topic|paper)"):
        render_pdf(REPORT, **asked)


# --- What it must not do --------------------------------------------------------------------------


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def hostile(address, file):
    return (
        f'</p></td></article></section><img src="{address}a"><img src="{file}">'
        f'<link rel="attachment" href="{file}"><link rel="stylesheet" href="{address}b">'
        f'<style>@import "{address}c"; body {{ background: url({address}d) }}</style>'
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{file}"/><use href="{address}e#x"/>'
        f'</svg><object data="{file}"></object><embed src="{file}"><base href="{address}">'
        f'<a rel="attachment" href="{file}">x</a><iframe src="{address}f"></iframe>'
        f"<script>fetch('{address}g')</script> &lt;img src={address}h&gt; "
        f"{{% include '{file}' %}} {{{{ digest }}}} ![i]({address}i) ![j]({file}) [k]({file}) "
        f"[l](javascript:alert) <{file}> [m]: {file} url({address}n) seen"
    )


def filled(value, text, *, but=()):
    """The same value with the text in each of its texts."""
    names = [f.name for f in fields(value) if f.type == "str" and f.name not in but]
    return replace(value, **dict.fromkeys(names, text))


# Loaders and forms let nothing else into them.
SLUGS = ("slug", "criterion", "topic", "catalog_slug")


def hostile_report(text):
    person = Person(7, text, text)
    lines = []
    for outcome in ("build", "done", "wont_build", "not_applicable"):
        decision = filled(make_decision(outcome), text, but=("outcome", "matrix", "triggers"))
        decision = replace(decision, owner=person, decided_by=person)
        checks = [
            make_check(
                "logs.retention", "fail", reason=text, observed={text: [text, {text: text}]}
            ),
            make_check("s3.versioning", "throttled", reason=text, known_status="pass"),
        ]
        line = make_line(decision, *checks, owner=person)
        lines.append(filled(line, text, but=SLUGS))
    report = make_report(*lines)
    topics = tuple(filled(topic, text, but=SLUGS) for topic in report.topics)
    component = filled(make_component(), text, but=SLUGS)
    return replace(report, component=component, topics=topics, retired=topics[0].requirements[:1])


def test_hostile_text_is_shown_and_reaches_neither_network_nor_disk(listener, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("the bird has sung")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    content = render_pdf(hostile_report(hostile(address, canary.as_uri())))

    with pytest.raises(BlockingIOError):
        listener.accept()
    pdf = PdfReader(io.BytesIO(content))
    said = text_of(pdf)
    assert "</article></section><img src=" in said
    assert "the bird has sung" not in said
    assert b"bird" not in content
    assert pdf.attachments == {}
    assert not {"/Sound", "/Movie", "/FileAttachment", "/Screen"} & set(annotations(pdf))
    assert {uri.partition(":")[0] for uri in annotations(pdf)["/Link"]} <= {"http", "https", ""}


def annotations(reader):
    """The addresses of annotations by their kind; of a link into the document it is empty."""
    found = {}
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            of = annotation.get_object()
            found.setdefault(of["/Subtype"], set()).add(of.get("/A", {}).get("/URI", ""))
    return found


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "https://127.0.0.1:9/", "ftp://127.0.0.1:9/", "file:///etc/hostname"],
)
def test_documents_can_fetch_nothing(address):
    with pytest.raises(ValueError, match="disallowed protocol"):
        NOTHING.fetch(address)
    with pytest.raises(KeyError):
        _OurFonts().fetch(address)


@pytest.mark.parametrize("name", ["../jobs", "Inter-Regular.ttf", "/etc/hostname", ""])
def test_stylesheet_gets_our_fonts_and_no_other_file(name):
    assert _OurFonts().fetch("font:Inter-Regular").read()[:4] == b"\0\1\0\0"
    with pytest.raises(KeyError):
        _OurFonts().fetch(f"font:{name}")


# --- What it must not waste -----------------------------------------------------------------------


def test_no_glyph_needs_a_correction_of_its_place(pdf):
    """In sizes that are not whole numbers of Pango's units each one would have one."""
    shown = b"".join(page.get_contents().get_data() for page in pdf.pages)

    assert b"] TJ" in shown
    assert b">0<" not in shown


def pages_of_memory(call):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    call(200)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_calls_far_down_ask_the_system_for_no_memory():
    def leaf():
        pass

    leaf.__code__ = leaf.__code__.replace(co_stacksize=500)

    def deep(levels):
        for _ in range(100):
            leaf()
        if levels:
            deep(levels - 1)

    if pages_of_memory(deep) < 1000:
        pytest.skip("this Python's stack has no edge where each call asks, as that of 3.14")
    assert pages_of_memory(_with_room(deep)) < 300


# --- What it must bear ----------------------------------------------------------------------------


def test_report_without_requirements_has_no_empty_pages():
    pdf = read(make_report(checks=()))

    assert len(pdf.pages) == 5
    said = text_of(pdf)
    assert said.count("There are no requirements yet, so nothing can be said about readiness.") == 2
    assert "No requirement was set aside." in said


def test_report_of_one_requirement():
    pdf = read(make_report(make_line(make_decision("done"))))

    assert len(pdf.pages) == 6
    assert "Nothing needs attention: the one requirement is decided" in text_of(pdf)


def test_report_of_hundreds_with_long_reasonings_has_them_all():
    report = large_report(300, reasoning=(4000, 4000), live=2)

    pdf = read(report)

    ledger = dict(places(pdf))["Ledger"]
    said = " ".join(page.extract_text() for page in pdf.pages[ledger - 1 :])
    assert 250 < len(pdf.pages) < 450
    assert all(line.decision.digest in said for line in report.requirements)
    assert [e["/S"] for e in elements(pdf)].count("/H4") == 300


def golden_text(report, variant):
    """What a PDF says, a page after the other; digests and numbers change with the tests' order."""
    pages = [" ".join(page.extract_text().split()) for page in read(report, variant=variant).pages]
    said = re.sub(r"\b[0-9a-f]{8,64}\b", "DIGEST", "\n\n".join(pages))
    return re.sub(r"\b(Statement|Criterion|Title) \d+", r"\1 N", said) + "\n"


@pytest.mark.parametrize("variant", ["executive", "topic:topic-0"])
def test_says_word_for_word_what_it_should(variant):
    """Written anew where a sentence is meant to change: what failed shows the difference."""
    golden = Path(__file__).parent / "golden" / f"{variant.replace(':', '-')}.txt"

    assert golden_text(REPORT, variant) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "שלום עולם, זהו מבחן. العربية نص تجريبي",
        "中文测试文本日本語テキスト한국어 텍스트 " * 3,
        "🚀 👩‍👩‍👧 ✅ e\u0301 \ufdfd",
        "\u202ereversed\u202c \x00 \x0b \x1b \u2028 \ufffe \ufeff \u200b",
        "W" * 300,
        "<&>\"'&amp;&#0;&#x1F680;]]>--><!--",
        "*" * 100 + "[" * 100 + "|" * 50,
    ],
    ids=["right to left", "CJK", "emoji", "control", "no spaces", "markup", "markdown"],
)
def test_any_text_anywhere_is_borne(text):
    report = hostile_report(text)

    pdf = read(report)

    assert places(pdf)[-1][0] == "What the standings mean"
    assert pdf.metadata.title.endswith("gap report of 20 November 2026")
