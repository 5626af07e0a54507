"""The gap report as a spreadsheet: a sheet per table, with typed cells.

Import it lazily, in workers and commands only. Nothing that anybody typed becomes a formula or a
link: text is written as text, and marked as such where it looks like a formula, so that it stays
text when somebody edits the cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from readiness.reports.formulas import looks_like_formula
from readiness.reports.gap_report import GapReport
from readiness.reports.plain_text import without_control_characters
from readiness.reports.tables import Cell, Table, tables

# UTF-16 units that a cell holds; Excel calls a file with more of them broken.
MAX_TEXT = 32_767
# Before it Excel knows no days.
FIRST_YEAR = 1900


def render_xlsx(report: GapReport) -> bytes:
    """Return the report as XLSX. The same report gives the same bytes."""
    title = f"{report.component.name}: gap report of {report.today.isoformat()}"
    return render_tables(tables(report), title=title, day=report.today)


def render_tables(content: Iterable[Table], *, title: str, day: date) -> bytes:
    """Return tables as XLSX, a sheet each, made on a day. The same tables give the same bytes."""
    buffer = BytesIO()
    # In memory: no temporary file holds what a team wrote, and nothing in it tells the time.
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {"title": without_control_characters(title), "created": datetime.combine(day, time())}
    )
    looks = _Looks(book)
    for table in content:
        _write(book.add_worksheet(table.name), table, looks)
    book.close()
    return buffer.getvalue()


class _Looks:
    """How cells look by what they hold."""

    def __init__(self, book: Workbook) -> None:
        top = {"valign": "top"}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.plain = book.add_format(top)
        self.text = book.add_format(top | {"text_wrap": True})
        self.held = book.add_format(top | {"text_wrap": True, "quote_prefix": True})
        self.day = book.add_format(top | {"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format(top | {"num_format": "yyyy-mm-dd hh:mm"})


def _write(sheet: Worksheet, table: Table, looks: _Looks) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, looks.head)
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(sheet, number, place, cell, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, looks: _Looks) -> None:
    match cell:
        case None | "":
            pass
        case bool():
            sheet.write_string(row, place, "yes" if cell else "no", looks.plain)
        case int() | float():
            sheet.write_number(row, place, cell, looks.plain)
        case datetime():
            local = timezone.localtime(cell).replace(tzinfo=None)
            sheet.write_datetime(row, place, local, looks.moment)
        case date() if cell.year >= FIRST_YEAR:
            sheet.write_datetime(row, place, datetime.combine(cell, time()), looks.day)
        case _:
            text = _held(str(cell))
            sheet.write_string(row, place, text, _look_of(text, looks))


def _look_of(text: str, looks: _Looks) -> Format:
    return looks.held if looks_like_formula(text) else looks.text


def _held(text: str) -> str:
    """Return as much of a text as a cell holds, with an ellipsis where something is missing."""
    clean = without_control_characters(text)
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT:
        return clean
    return units[: 2 * MAX_TEXT - 2].decode("utf-16-le", "ignore") + "\N{HORIZONTAL ELLIPSIS}"
