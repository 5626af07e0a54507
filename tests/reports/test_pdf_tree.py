"""What the parser of XML reads is what the parser of HTML reads, and what it cannot it leaves."""

from __future__ import annotations

from itertools import zip_longest

import pytest
import tinyhtml5
from django.template.loader import render_to_string

from readiness.reports import pdf_tree
from readiness.reports.pdf_tree import tree_of
from readiness.reports.pdf_variant import variant_content
from readiness.reports.plain_text import without_control_characters
from tests.reports.gap_reports import hostile_report, large_report
from tests.reports.test_pdf import REPORT


def said(tree):
    """Each element, what it has and what it says; white space between is nobody's business."""
    return [
        (each.tag, each.attrib, (each.text or "").strip(), (each.tail or "").strip())
        for each in tree.find("body").iter()
    ]


@pytest.mark.parametrize(
    "report", [REPORT, large_report(6), hostile_report()], ids=["every standing", "long", "hostile"]
)
def test_is_the_tree_of_the_other_parser(report, monkeypatch):
    html = render_to_string("reports/pdf/report.html", variant_content(report, "full"))
    html = without_control_characters(html)
    other = tinyhtml5.parse(html, namespace_html_elements=False)
    monkeypatch.setattr(pdf_tree.tinyhtml5, "parse", None)  # nothing is left to it

    for one, two in zip_longest(said(tree_of(html)), said(other)):
        assert one == two


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html>\n<html><head></head><body><p>a<p>b</body></html>",
        "<!doctype html>\n<html><head></head><body><p title='<'>a &eacute;</p></body></html>",
    ],
)
def test_what_is_no_xml_is_read_all_the_same(html):
    assert said(tree_of(html)) == said(tinyhtml5.parse(html, namespace_html_elements=False))


def test_an_entity_is_never_expanded():
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>'

    assert "aaaa" not in "".join(tree_of(bomb).itertext())
