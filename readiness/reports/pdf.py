"""The gap report as a PDF: templates/reports/pdf/ laid out by WeasyPrint, tagged as PDF/UA-1.

Import it lazily, in workers and commands only: WeasyPrint takes half a second and 40 MB.

What people typed is in the document, so the document can reach nothing: no network and no file,
only data: addresses. Our own fonts come to our stylesheet by a fetcher that knows nothing else.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from functools import cache, wraps
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from cssselect2 import ElementWrapper
from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, DEFAULT_OPTIONS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from readiness.decisions.standing import Group, Standing
from readiness.milestones.sharing import without_e_mail
from readiness.reports import charts
from readiness.reports.data import render_json
from readiness.reports.formats import PAPERS, Since
from readiness.reports.gap_report import GapReport
from readiness.reports.pdf_bar import part
from readiness.reports.pdf_tree import tree_of
from readiness.reports.pdf_variant import variant_content
from readiness.reports.plain_text import without_control_characters

FONTS = Path(__file__).parent / "fonts"
ROOM = 2**15  # pointers; a call takes some fifty

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _with_room(render: Callable[_P, _R]) -> Callable[_P, _R]:
    """Give calls a stack in one piece. CPython cuts it into pieces of 16 KB, and each call across
    an edge asks the system for a piece that its return gives back: a layout is as deep as that, and
    spent a sixth of its time there. For a call that needs more it makes a piece that has room for
    those below, too."""

    @wraps(render)
    def call(*args: _P.args, **asked: _P.kwargs) -> _R:
        return render(*args, **asked)

    call.__code__ = call.__code__.replace(co_stacksize=ROOM)  # type: ignore[attr-defined]
    return call


def render_pdf(
    report: GapReport,
    *,
    variant: str = "full",
    paper: str = "a4",
    archival: bool = False,
    public: bool = False,
    since: Since | None = None,
) -> bytes:
    """Return the report as a PDF: an edition of formats.py, and what changed `since` another one.
    The same report gives the same bytes. Raises ValueError for a variant or a paper that there is
    not."""
    said = variant_content(report, variant, since)
    html: str = render_to_string("reports/pdf/report.html", said)
    if public:
        html = without_e_mail(html)
    with _collector_paused():
        # No name for the pages: what has one would outlive the first collection.
        return written(
            lay_out(html, "reports/pdf/report.css", paper, archival=archival),
            attached(report) if archival else None,
        )


@_with_room
def lay_out(html: str, style: str, paper: str, *, archival: bool = False) -> Document:
    """Return the pages of a document in the house's style; `style` names a template of CSS that is
    given the paper. Raises ValueError for a paper that there is not."""
    if paper not in PAPERS:
        raise ValueError(f"There is no paper {paper!r}, but {', '.join(PAPERS)}.")
    fonts, stylesheet = _house_style(style, paper)
    document = _Document(_SPACE_BEFORE.sub(r"\1 ", without_control_characters(html)))
    options = (ARCHIVAL if archival else OPTIONS) | {"stylesheets": [stylesheet]}
    profiles = {COLOURS: _colour_profile()} if archival else None
    return document.render(font_config=fonts, color_profiles=profiles, **options)


@_with_room
def written(document: Document, attachment: Attachment | None = None) -> bytes:
    """Return pages that were laid out as a PDF; with an attachment, as PDF/A-3."""
    options = ARCHIVAL | {"attachments": [attachment]} if attachment else OPTIONS
    pdf: bytes = document.write_pdf(**options)
    return pdf


def attached(report: GapReport) -> Attachment:
    """Return the report's JSON, what the pages are made of, to be put into the file."""
    midnight = datetime.combine(report.today, time.min)
    return Attachment(
        string=render_json(report),
        name=f"{report.component.slug}-{report.today.isoformat()}.json",
        description="The same gap report, for programs",
        relationship="Source",
        created=midnight,
        modified=midnight,
        url_fetcher=NOTHING,
    )


OPTIONS = DEFAULT_OPTIONS | {"pdf_variant": "pdf/ua-1"}
# Tagged like the others; a file can name one variant only, so that PDF/UA is kept and not claimed.
COLOURS = "sRGB2014"
ARCHIVAL = DEFAULT_OPTIONS | {"pdf_variant": "pdf/a-3a", "output_intent": COLOURS}


# Before an element WeasyPrint breaks a text that fits its line but for the last space after its
# first word; in the element the space does no harm.
_SPACE_BEFORE = re.compile(r" (<(?:a|em|strong)\b[^>]*>)")


def _colour_profile() -> ColorProfile:
    """Return WeasyPrint's own profile of sRGB; left to itself it does not close the file."""
    content = files("weasyprint.pdf").joinpath(f"{COLOURS}.icc").read_bytes()
    components = (["r"], ["g"], ["b"])
    return ColorProfile(BytesIO(content), COLOURS, "relative-colorimetric", components)


NOTHING = URLFetcher(allowed_protocols=("data",), allow_redirects=False)


class _OurFonts(URLFetcher):  # type: ignore[misc] # WeasyPrint publishes no types
    """Knows font:<name of a file in FONTS>, and nothing else."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        files = {f"font:{path.stem}": path for path in FONTS.glob("*.ttf")}
        return URLFetcherResponse(url, files[url].read_bytes())


class _Document(HTML):  # type: ignore[misc]
    """Styled by our stylesheet alone. WeasyPrint's own knows all of HTML and styles a box in each
    margin of each page for each page before it: a fifth of the time, half of it in long reports."""

    def __init__(self, html: str) -> None:
        self.base_url = None
        self.url_fetcher = NOTHING
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(tree_of(html), content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


@cache
def _house_style(style: str, paper: str) -> tuple[FontConfiguration, CSS]:
    fonts = FontConfiguration()
    css = render_to_string(style, {"paper": paper}) + "".join(_marks())
    return fonts, CSS(string=_coloured(css), font_config=fonts, url_fetcher=_OurFonts())


def _coloured(css: str) -> str:
    """Return a stylesheet with the light colours of the pages for their names: WeasyPrint would
    look each name up again for each element. Raises KeyError for a name that there is not."""
    tokens = (settings.BASE_DIR / "static/tokens.css").read_text(encoding="utf-8")
    light = tokens.split("@media", 1)[0]
    values = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", light))
    return re.sub(r"var\((--[\w-]+)\)", lambda found: values[found[1]], css)


def _marks() -> Iterator[str]:
    """Yield a rule per glyph and per square of the legend. As backgrounds they are artifacts: a
    screen reader passes over them, and the word beside each says the same."""
    for standing in Standing:
        yield _mark(f".standing-{standing}", charts.SHAPES[standing])
    for group in Group:
        yield _mark(f".key-{group}", part(group, 0, 100, 16))


def _mark(selector: str, shape: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'
    return f'{selector} {{ background-image: url("data:image/svg+xml,{quote(svg)}") }}\n'


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold back the garbage collector, which would walk through a growing document again and again:
    a tenth of the time. Back at work, what the document leaves is the first thing it takes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
