"""Which files may be kept, and whether a file is what its name says; pure.

By the bytes, whatever the browser said: https://mimesniff.spec.whatwg.org/ has the patterns.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple


class FileRefused(Exception):
    """The file may not be kept; the message is for who sent it."""


class Kind(NamedTuple):
    words: str
    content_type: str
    fits: Callable[[bytes], bool]


# In a text, but for tab, line feed, form feed, carriage return and the escape of coloured logs.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_TEXT = "text/plain; charset=utf-8"
_OFFICE = "application/vnd.openxmlformats-officedocument."


def _starts(*with_: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(with_)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    try:
        return not _CONTROL.search(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def _names(content: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return set()


def _is_zip(content: bytes) -> bool:
    return content.startswith(b"PK") and bool(_names(content))


def _is_office(document: str) -> Callable[[bytes], bool]:
    return lambda content: {"[Content_Types].xml", document} <= _names(content)


KINDS: dict[str, Kind] = {
    "pdf": Kind("a PDF", "application/pdf", _starts(b"%PDF-")),
    "png": Kind("a PNG picture", "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind("a JPEG picture", "image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": Kind("a JPEG picture", "image/jpeg", _starts(b"\xff\xd8\xff")),
    "webp": Kind("a WebP picture", "image/webp", _is_webp),
    "txt": Kind("text in UTF-8", _TEXT, _is_text),
    "log": Kind("text in UTF-8", _TEXT, _is_text),
    "md": Kind("text in UTF-8", "text/markdown; charset=utf-8", _is_text),
    "csv": Kind("text in UTF-8", "text/csv; charset=utf-8", _is_text),
    "json": Kind("JSON", "application/json", _is_json),
    "docx": Kind(
        "a Word document",
        f"{_OFFICE}wordprocessingml.document",
        _is_office("word/document.xml"),
    ),
    "xlsx": Kind(
        "an Excel workbook", f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/workbook.xml")
    ),
    "zip": Kind("a ZIP archive", "application/zip", _is_zip),
}


def content_type_of(filename: str, content: bytes) -> str:
    """Return the media type of a file that may be kept.

    Raises FileRefused for an empty one, an ending that is not in KINDS, and for content that is
    not what the ending says.
    """
    if not content:
        raise FileRefused("This file is empty.")
    _, dot, ending = filename.rpartition(".")
    kind = KINDS.get(ending.lower()) if dot else None
    if kind is None:
        raise FileRefused(f"Only these can be kept: {', '.join(KINDS)}.")
    if not kind.fits(content):
        raise FileRefused(f"It is named .{ending.lower()}, but what is in it is not {kind.words}.")
    return kind.content_type
