"""PDF/A-3 as far as it can be checked here: no veraPDF is available, pypdf reads the parts."""

from __future__ import annotations

import pytest

from readiness.reports.data import render_json
from readiness.reports.formats import FORMATS, Edition
from tests.reports.gap_reports import make_decision, make_line, make_report
from tests.reports.test_pdf import read

REPORT = make_report(make_line(make_decision("done")), make_line(None))


@pytest.fixture(scope="module")
def archival():
    return read(REPORT, variant="executive", archival=True)


def test_says_that_it_is_and_in_which_colours(archival):
    root = archival.root_object

    metadata = root["/Metadata"].get_data()
    assert (b'pdfaid:part="3"' in metadata, b'pdfaid:conformance="A"' in metadata) == (True, True)
    (intent,) = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object()["/N"] == 3
    assert archival.trailer["/ID"]


def test_is_tagged_like_the_others(archival):
    root = archival.root_object

    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
    assert root["/StructTreeRoot"]["/K"]
    assert archival.metadata.title == "Asset router: gap report of 20 November 2026, in two pages"


def test_has_the_json_of_the_report_in_it(archival):
    name = "asset-router-2026-11-20.json"

    assert dict(archival.attachments) == {name: [render_json(REPORT)]}
    file = archival.root_object["/AF"][0].get_object()
    assert (file["/AFRelationship"], file["/UF"]) == ("/Source", name)
    embedded = file["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] == "/application/json"
    assert embedded["/Params"]["/ModDate"] == "D:20261120000000Z"


def test_is_the_same_again(archival):
    again = FORMATS["pdf"].render(REPORT, Edition("executive", archival=True))

    assert again == archival.stream.getvalue()


def test_others_have_nothing_attached_and_are_for_readers():
    plain = read(REPORT, variant="executive")

    assert plain.attachments == {}
    assert b"pdfuaid" in plain.root_object["/Metadata"].get_data()


def test_who_has_no_account_gets_neither_e_mail_addresses_nor_the_json():
    report = make_report(make_line(make_decision("done", evidence="Ask <ann@corp.example>.")))
    said = " ".join(page.extract_text() for page in read(report, public=True).pages)

    assert ("corp.example" in said, "(e-mail address left out)" in said) == (False, True)
    assert not FORMATS["pdf"].offers(report, Edition(archival=True, public=True))
