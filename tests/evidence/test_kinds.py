from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from readiness.evidence.kinds import KINDS, FileRefused, content_type_of


def archive(*names):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


TYPES = "[Content_Types].xml"
GOOD = {
    "a.pdf": (b"%PDF-1.7 ...", "application/pdf"),
    "a.png": (b"\x89PNG\r\n\x1a\n...", "image/png"),
    "A.JPG": (b"\xff\xd8\xff\xe0...", "image/jpeg"),
    "a.jpeg": (b"\xff\xd8\xff\xdb...", "image/jpeg"),
    "a.webp": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    "a.txt": ("Grüße\r\n".encode(), "text/plain; charset=utf-8"),
    "a.log": (b"\x1b[31mred\x1b[0m\n", "text/plain; charset=utf-8"),
    "a.md": (b"# Yes", "text/markdown; charset=utf-8"),
    "a.csv": (b"\xef\xbb\xbfa,b\n", "text/csv; charset=utf-8"),
    "a.json": (b'{"a": 1}', "application/json"),
    "a.docx": (
        archive(TYPES, "word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "a.xlsx": (
        archive(TYPES, "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a.b.zip": (archive("a.txt"), "application/zip"),
}


@pytest.mark.parametrize("name", GOOD)
def test_content_says_what_it_is(name):
    content, content_type = GOOD[name]

    assert content_type_of(name, content) == content_type


def test_every_kind_is_tested():
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(KINDS)


@pytest.mark.parametrize("ending", KINDS)
def test_html_is_taken_for_no_kind_but_text(ending):
    hostile = b"<html><script>alert(1)</script>\x00"

    with pytest.raises(FileRefused, match="but what is in it is not"):
        content_type_of(f"a.{ending}", hostile)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<p>"),
        ("a.svg", b"<svg/>"),
        ("pdf", b"%PDF-"),
        ("a.pdf.exe", b"%PDF-"),
        ("a.txt", b""),
        ("a.txt", b"\xff\xfe"),
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
        ("a.docx", archive(TYPES, "xl/workbook.xml")),
        ("a.zip", b"PK\x03\x04 cut off"),
    ],
)
def test_what_does_not_fit_is_refused(name, content):
    with pytest.raises(FileRefused):
        content_type_of(name, content)
