"""The gap report as a PDF: templates/reports/pdf/ laid out by WeasyPrint, tagged as PDF/UA-1.

Import it lazily, in workers and commands only: WeasyPrint takes half a second and 40 MB.

What people typed is in the document, so the document can reach nothing: no network and no file,
only data: addresses. Our own fonts come to our stylesheet by a fetcher that knows nothing else.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from readiness.decisions.standing import Group, Standing
from readiness.reports import charts
from readiness.reports.formats import PAPERS
from readiness.reports.gap_report import GapReport
from readiness.reports.pdf_variant import variant_content
from readiness.reports.plain_text import without_control_characters

FONTS = Path(__file__).parent / "fonts"


def render_pdf(report: GapReport, *, variant: str = "full", paper: str = "a4") -> bytes:
    """Return the report as a PDF: an edition of formats.py. The same report gives the same bytes.
    Raises ValueError for a variant or a paper that there is not."""
    if paper not in PAPERS:
        raise ValueError(f"There is no paper {paper!r}, but {', '.join(PAPERS)}.")
    html = render_to_string("reports/pdf/report.html", variant_content(report, variant))
    fonts, stylesheet = _house_style(paper)
    with _collector_paused():
        document = _Document(string=without_control_characters(html), url_fetcher=NOTHING)
        pdf: bytes = document.write_pdf(
            font_config=fonts, stylesheets=[stylesheet], pdf_variant="pdf/ua-1"
        )
    return pdf


NOTHING = URLFetcher(allowed_protocols=("data",), allow_redirects=False)


class _OurFonts(URLFetcher):  # type: ignore[misc] # WeasyPrint publishes no types
    """Knows font:<name of a file in FONTS>, and nothing else."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        files = {f"font:{path.stem}": path for path in FONTS.glob("*.ttf")}
        return URLFetcherResponse(url, files[url].read_bytes())


class _Document(HTML):  # type: ignore[misc]
    """Styled by our stylesheet alone. WeasyPrint's own knows all of HTML and styles a box in each
    margin of each page for each page before it: a fifth of the time, half of it in long reports."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


@cache
def _house_style(paper: str) -> tuple[FontConfiguration, CSS]:
    fonts = FontConfiguration()
    tokens = (settings.BASE_DIR / "static/tokens.css").read_text(encoding="utf-8")
    css = tokens + render_to_string("reports/pdf/report.css", {"paper": paper}) + "".join(_marks())
    return fonts, CSS(string=css, font_config=fonts, url_fetcher=_OurFonts())


def _marks() -> Iterator[str]:
    """Yield a rule per glyph and per square of the legend. As backgrounds they are artifacts: a
    screen reader passes over them, and the word beside each says the same."""
    for standing in Standing:
        yield _mark(f".standing-{standing}", charts.SHAPES[standing])
    for group in Group:
        square = f'<rect width="16" height="16" fill="{charts.group_fill(group)}"/>'
        yield _mark(f".key-{group}", f"<defs>{charts.PATTERNS}</defs>{square}")


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
