"""An operations sheet as it goes on paper, and how much paper that is. Pure.

Four pages are what somebody takes along. What does not fit is left to the browser, row by row from
the end of `PrintedSheet.rows`, and the paper says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from math import ceil
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pydantic import TypeAdapter

from readiness.aws.console import Place
from readiness.canonical import digest
from readiness.markdown import render_markdown
from readiness.operations.places import RegionPlaces
from readiness.operations.sheet import Contact, ErrorState, Link, Option

MOST_PAGES = 4

#: From what is printed first of all to what is left out first of all, as people call a row of it.
KEPT = {
    "options": "option",
    "contacts": "contact",
    "places": "link",
    "regions": "region",
    "links": "own link",
    "error_states": "error state",
}


class Named(NamedTuple):
    """A component, as far as a file needs to know it."""

    slug: str
    name: str
    team: str


class PrintedOption(NamedTuple):
    option: Option
    # When it was last rehearsed, in words.
    rehearsed: str


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """All that stands on the paper; the same value gives the same file."""

    component: Named
    today: date
    # Which version it is and whose, or that nobody has confirmed it.
    standing: str
    # Where the page is.
    address: str
    # In which regions the function ran, and how that is known.
    ran: str = ""
    # Of the function, the same in each region.
    log_group: str = ""
    options: tuple[PrintedOption, ...] = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[Place, ...] = ()
    regions: tuple[RegionPlaces, ...] = ()
    links: tuple[Link, ...] = ()
    error_states: tuple[ErrorState, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of everything on it."""
        plain = TypeAdapter(PrintedSheet).dump_python(self, mode="json")
        return digest(plain)

    @property
    def rows(self) -> list[str]:
        """The section of every row, in the order in which they may be kept."""
        return [name for name in KEPT for _ in getattr(self, name)]

    def first(self, rows: int) -> PrintedSheet:
        """Return it with nothing but the first of its rows."""
        kept = Counter(self.rows[:rows])
        return replace(self, **{name: getattr(self, name)[: kept[name]] for name in KEPT})

    def left_out(self, rows: int) -> list[str]:
        """Return what lacks where only the first rows are kept: "3 of 8 error states"."""
        every, kept = Counter(self.rows), Counter(self.rows[:rows])
        return [
            f"{number - kept[name]} of {number} {KEPT[name]}{'' if number == 1 else 's'}"
            for name, number in every.items()
            if kept[name] < number
        ]


class PlacesOf(NamedTuple):
    """Links that lead to one host: on paper it is said once."""

    host: str
    places: tuple[Place, ...]


def by_host(places: Sequence[Place]) -> list[PlacesOf]:
    """Return links by the host that they lead to, each in its order."""

    def host(place: Place) -> str:
        return urlsplit(place.url).hostname or ""

    return [PlacesOf(name, tuple(each)) for name, each in groupby(sorted(places, key=host), host)]


_HEADING = re.compile(r"<(/?)h[1-6]>")
_LINK = re.compile(r'(<a [^>]*href="([^"]*)"[^>]*>)(.*?)(</a>)', re.DOTALL)


def printed(text: str) -> SafeString:
    """Return markdown as HTML for paper: a link says where it leads, and a heading is a paragraph
    that stands out, for it is in a cell of a table."""
    html = _LINK.sub(_with_host, render_markdown(text))
    html = _HEADING.sub(lambda found: "</b></p>" if found[1] else "<p><b>", html)
    return mark_safe(html)  # noqa: S308 - of cleaned HTML, with a host that is escaped


def _with_host(link: re.Match[str]) -> str:
    opens, url, words, ends = link.groups()
    host = urlsplit(url.replace("&amp;", "&")).hostname or ""
    return f"{opens}{words}{ends}" + ("" if not host or host in words else f" ({escape(host)})")


# Of the sheet that is laid out: lines on a page, and letters on a line of a column. They were
# measured, and lean to the side of too much paper: the page must not promise what does not fit.
LINES = 60
WIDTH = 112
OPTION = (44, 33, 24)
ERROR_STATE = (24, 30, 30, 30)


def estimated_pages(sheet: PrintedSheet) -> int:
    """Return on how many pages a sheet fits, or one more: only layout knows exactly."""
    pages, room = 1, float(LINES)
    for lines in _lines(sheet):
        # A row is not broken, unless no page would hold it.
        if lines > room:
            pages, room = pages + 1, float(LINES)
        over = max(ceil(lines / LINES) - 1, 0)
        pages, room = pages + over, room - (lines - over * LINES)
    return pages


def _lines(sheet: PrintedSheet) -> Iterator[float]:
    # The head; then, of each section that there is, its heading and that of its table.
    yield 6
    yield from (3.5 for _ in {*sheet.rows})
    for option, rehearsed in sheet.options:
        who = f"{option.who}\n{rehearsed}\n"
        columns = (f"{option.title}\n{option.how}", option.effect, who)
        yield _tallest(columns, OPTION)
    for contact in sheet.contacts:
        yield _tallest((contact.who, contact.how, contact.when), (WIDTH // 3,) * 3)
    for places in by_host(sheet.places):
        yield _tall(places.host + "".join(f", {place.label}" for place in places.places), WIDTH)
    for region in sheet.regions:
        labels = ", ".join(place.label for place in (*region.links, *region.alarms))
        yield _tallest((labels,), (WIDTH - 36,))
    for link in sheet.links:
        yield _tall(f"{link.title} {link.host} {link.note}", WIDTH)
    for state in sheet.error_states:
        yield _tallest((state.symptom, state.where, state.cause, state.action), ERROR_STATE)


def _tallest(texts: Sequence[str], widths: Sequence[int]) -> float:
    # With the space between two rows.
    return max(_tall(text, width) for text, width in zip(texts, widths, strict=True)) + 0.6


def _tall(text: str, width: int) -> int:
    return sum(max(ceil(len(line) / width), 1) for line in text.splitlines()) or 1
