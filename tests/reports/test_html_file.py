from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
import tinyhtml5

from readiness.decisions.standing import Standing
from readiness.reports import html_file
from readiness.reports.html_file import render_html
from tests.reports import gap_reports
from tests.reports.gap_reports import HOSTILE, make_decision, make_line, make_report

LARGEST = 300_000


class Read(HTMLParser):
    """Every element, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def elements(report):
    return Read(render_html(report).decode()).elements


def test_of_as_many_requirements_as_the_catalog_has_is_small():
    assert len(render_html(gap_reports.large_report(74, live=36))) < LARGEST


def test_of_four_times_as_many_with_ordinary_reasonings_is_small_too():
    # Those of the demo have 120 characters.
    report = gap_reports.large_report(300, reasoning=(100, 300))

    assert len(render_html(report)) < LARGEST


LISTS = "- One\n- Two\n\n  with\n\n      <p>code </p>\n\n> Said\n\n1. a\n\n```\n</p>\n\n</li>\n```"


@pytest.mark.parametrize(
    "report",
    [
        gap_reports.large_report(74, live=36),
        gap_reports.hostile_report(),
        make_report(make_line(make_decision(reasoning=LISTS))),
    ],
    ids=["large", "hostile", "lists"],
)
def test_what_is_left_out_of_the_markup_is_implied(report, monkeypatch):
    lean = render_html(report).decode()
    monkeypatch.setattr(html_file, "_IMPLIED", re.compile("(?!)"))

    full = render_html(report).decode()
    assert len(lean) < len(full)
    assert read(lean) == read(full)


def test_much_space_in_a_text_takes_no_time():
    # Minutes, where every space of it is tried as the first one.
    said = f"A{' ' * 100_000}gap."

    html = render_html(make_report(make_line(make_decision(reasoning=said)))).decode()

    assert said in html


def read(html):
    """What a browser makes of it: every element with its words, but for space around them."""
    root = tinyhtml5.parse(html, namespace_html_elements=False)
    words = ((each.tag, each.attrib, each.text, each.tail) for each in root.iter())
    return [(tag, dict(a), *(" ".join((s or "").split()) for s in said)) for tag, a, *said in words]


def test_needs_nothing_and_reaches_nothing():
    found = elements(gap_reports.large_report(74))

    assert {tag for tag, _ in found} & {
        "script",
        "link",
        "img",
        "iframe",
        "form",
        "object",
    } == set()
    sources = {name for _, attrs in found for name in attrs} & {"src", "srcset", "style", "action"}
    assert sources == set()
    hrefs = [attrs["href"] for tag, attrs in found if "href" in attrs]
    assert [href for href in hrefs if not href.startswith("#")] == []


def test_policy_lets_in_this_stylesheet_alone():
    html = render_html(make_report()).decode()
    css = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]

    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html
    assert "url(" not in css
    assert "@import" not in css


def test_has_light_and_dark_and_paper_is_light():
    html = render_html(make_report()).decode()

    assert "@media screen and (prefers-color-scheme: dark)" in html
    assert "@media print" in html
    used, defined = (set(re.findall(p, html)) for p in (r"var\((--[\w-]+)\)", r"(--[\w-]+):"))
    assert used == defined


def test_links_that_were_typed_tell_nobody_where_they_came_from():
    text = "See [it](https://wiki.example/a)."
    found = elements(make_report(make_line(make_decision(evidence=text))))

    (link,) = [a for tag, a in found if tag == "a" and not a["href"].startswith("#")]
    assert link == {"href": "https://wiki.example/a", "rel": "noopener noreferrer nofollow"}


def test_hostile_text_stays_text():
    found = elements(gap_reports.hostile_report())
    addresses = [a["href"] for tag, a in found if tag == "a" and not a["href"].startswith("#")]

    assert {tag for tag, _ in found} & {"script", "img"} == set()
    assert [name for _, attrs in found for name in attrs if name.startswith("on")] == []
    assert [a for a in addresses if not a.startswith(("http://", "https://"))] == []
    assert len([tag for tag, _ in found if tag == "article"]) == len(HOSTILE)
    assert "7 * 7" in render_html(gap_reports.hostile_report()).decode()


def test_control_characters_are_spaces():
    html = render_html(make_report(make_line(make_decision(reasoning="a\x1b[2J\x9bb")))).decode()

    assert "a [2J b" in html


def test_links_within_lead_somewhere_and_ids_are_unique():
    found = elements(gap_reports.large_report(74))
    ids = [attrs["id"] for _, attrs in found if "id" in attrs]

    assert len(ids) == len(set(ids))
    wanted = {a["href"][1:] for _, a in found if a.get("href", "").startswith("#")}
    assert wanted - set(ids) == set()


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_is_explained(standing):
    assert f"<dt>{standing.word}</dt>" in render_html(make_report()).decode()
