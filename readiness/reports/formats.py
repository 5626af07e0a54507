"""What a gap report can be taken along as: one table for the page, the job and the command.

What renders is named here and imported when it is needed: a web server never loads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.module_loading import import_string

from readiness.operations.paper import PrintedSheet
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
    PAPERS; as PDF/A-3 with the report's JSON in it; for people without an account, without e-mail
    addresses."""

    variant: str = "full"
    paper: str = "a4"
    archival: bool = False
    public: bool = False


FULL = Edition()


class Since(NamedTuple):
    """An earlier report of the component and its milestone's name: a PDF tells what changed."""

    name: str
    report: GapReport


def variants_of(report: GapReport) -> dict[str, str]:
    """Return the title of each variant that a report has, its topics last."""
    return VARIANTS | {f"{TOPIC}{topic.slug}": topic.name for topic in report.topics}


#: What a file is rendered from.
Rendered = GapReport | PrintedSheet


@dataclass(frozen=True, slots=True)
class Format:
    slug: str
    title: str
    media_type: str
    extension: str
    # Of a function from the value to the bytes of a file, the same for the same value; with
    # editions it takes the fields of one besides, and a report takes `since`.
    renderer: str
    # What the worker is doing while it renders.
    step: str = "writing the file"
    has_editions: bool = False

    @property
    def heading(self) -> str:
        """What a file of it is called."""
        return f"{self.title} report" if self.slug in FORMATS else f"{self.title} as a PDF"

    def offers(self, report: GapReport, edition: Edition) -> bool:
        if not self.has_editions:
            return edition == FULL
        if edition.public and edition.archival:
            return False  # the JSON names everybody
        return edition.variant in variants_of(report) and edition.paper in PAPERS

    def render(
        self, report: Rendered, edition: Edition = FULL, since: Since | None = None
    ) -> bytes:
        """Return the file. Raises ValueError for an edition that there is not."""
        asked: dict[str, Any] = {}
        if self.has_editions:
            asked = {k: v for k, v in edition._asdict().items() if v != getattr(FULL, k)}
        if since:
            asked["since"] = since
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
# Of another value than a gap report: operations/paper.py.
SHEET = Format(
    "sheet",
    "Operations sheet",
    "application/pdf",
    "pdf",
    "readiness.operations.pdf.render_sheet",
    step="laying out the pages",
    has_editions=True,
)
#: What a job may be asked for.
JOB_FORMATS = FORMATS | {SHEET.slug: SHEET}
