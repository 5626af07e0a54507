"""The gap report as CSV: a row per requirement with its decision, as RFC 4180 has it.

UTF-8 with a byte order mark, because without one Excel reads it in the code page of the machine;
any reader of CSV knows "utf-8-sig". Text that a spreadsheet would take for a formula has an
apostrophe before it. Days and moments are ISO 8601, these with their offset; yes and no are words.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO

from django.utils import timezone

from readiness.reports.formulas import looks_like_formula
from readiness.reports.gap_report import GapReport
from readiness.reports.plain_text import without_control_characters
from readiness.reports.tables import Cell, requirements_with_decisions


def render_csv(report: GapReport) -> bytes:
    """Return the report as CSV. The same report gives the same bytes."""
    table = requirements_with_decisions(report)
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.title for column in table.columns])
    writer.writerows([_shown(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return timezone.localtime(cell).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case int() | float():
            return str(cell)
        case _:
            text = without_control_characters(cell)
            return f"'{text}" if looks_like_formula(text) else text
