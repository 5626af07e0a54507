"""The operations sheet as a PDF of at most four pages, tagged as PDF/UA-1.

Import it lazily, in workers and commands only, as reports/pdf.py.
"""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from readiness.operations.paper import MOST_PAGES, PrintedSheet, by_host
from readiness.reports.pdf import lay_out, written

STYLE = "operations/pdf/sheet.css"


def render_sheet(sheet: PrintedSheet, *, variant: str = "full", paper: str = "a4") -> bytes:
    """Return the sheet as a PDF; the same sheet gives the same bytes. What four pages do not hold
    is left out from the end of its rows, and the first page says how much of what.

    Raises ValueError for a variant or a paper that there is not.
    """
    if variant != "full":
        raise ValueError(f"There is no variant {variant!r} of an operations sheet, but full.")
    document = _laid_out(sheet, len(sheet.rows), paper)
    if len(document.pages) > MOST_PAGES:
        document = _laid_out(sheet, _most_rows(sheet, paper), paper)
    return written(document)


def _most_rows(sheet: PrintedSheet, paper: str) -> int:
    """Return how many of its rows four pages hold."""
    fits, too_many = 0, len(sheet.rows)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if len(_laid_out(sheet, middle, paper).pages) > MOST_PAGES:
            too_many = middle
        else:
            fits = middle
    return fits


def _laid_out(sheet: PrintedSheet, rows: int, paper: str) -> Any:
    shown = sheet.first(rows)
    context = {
        "sheet": shown,
        "digest": sheet.digest,
        "hosts": by_host(shown.places),
        "left_out": sheet.left_out(rows),
    }
    return lay_out(render_to_string("operations/pdf/sheet.html", context), STYLE, paper)
