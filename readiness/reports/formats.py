"""What a gap report can be taken along as: one table for the page, the job and the command.

What renders is named here and imported when it is needed: a web server never loads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.module_loading import import_string

from readiness.reports.gap_report import GapReport

PAPERS = {"a4": "A4", "letter": "Letter"}
VARIANTS = {
    "full": "Full",
    "executive": "Executive, two pages",
    "decisions": "Decisions only",
}
TOPIC = "topic:"


class Edition(NamedTuple):
    """How much of the report, one of VARIANTS or TOPIC with the slug of a topic, on what of
    PAPERS."""

    variant: str = "full"
    paper: str = "a4"


FULL = Edition()


def variants_of(report: GapReport) -> dict[str, str]:
    """Return the title of each variant that a report has, its topics last."""
    return VARIANTS | {f"{TOPIC}{topic.slug}": topic.name for topic in report.topics}


@dataclass(frozen=True, slots=True)
class Format:
    slug: str
    title: str
    media_type: str
    extension: str
    # Of a function from a GapReport to the bytes of a file, the same for the same report; with
    # editions it takes the fields of one besides.
    renderer: str
    # What the worker is doing while it renders.
    step: str = "writing the file"
    has_editions: bool = False

    def offers(self, report: GapReport, edition: Edition) -> bool:
        if not self.has_editions:
            return edition == FULL
        return edition.variant in variants_of(report) and edition.paper in PAPERS

    def render(self, report: GapReport, edition: Edition = FULL) -> bytes:
        """Return the file. Raises ValueError for an edition that there is not."""
        asked = edition._asdict() if self.has_editions else {}
        content: bytes = import_string(self.renderer)(report, **asked)
        return content


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = Format(
    "pdf",
    "PDF",
    "application/pdf",
    "pdf",
    "readiness.reports.pdf.render_pdf",
    step="laying out the pages",
    has_editions=True,
)
FORMATS = {
    each.slug: each
    for each in (
        PDF,
        Format("xlsx", "Excel", _XLSX, "xlsx", "readiness.reports.spreadsheet.render_xlsx"),
        Format(
            "csv", "CSV", "text/csv; charset=utf-8", "csv", "readiness.reports.csv_file.render_csv"
        ),
        Format("json", "JSON", "application/json", "json", "readiness.reports.data.render_json"),
        Format(
            "md",
            "Markdown",
            "text/markdown; charset=utf-8",
            "md",
            "readiness.reports.markdown_file.render_md",
        ),
        Format(
            "html",
            "HTML file",
            "text/html; charset=utf-8",
            "html",
            "readiness.reports.html_file.render_html",
        ),
    )
}
