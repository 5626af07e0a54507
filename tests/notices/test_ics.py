from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.notices.ics import Day, calendar, escaped, folded

DAY = Day(
    uid="requirement-7@readiness.example.org",
    on=date(2026, 12, 31),
    changed_at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    summary="Asset router: build: one, two; and\\three",
    description="First line\nsecond line\r\nBEGIN:VALARM",
    url="https://readiness.example.org/components/asset-router/",
)


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_an_event_is_a_whole_day_with_a_stable_uid_and_escaped_text():
    lines = unfolded(calendar("Readiness", [DAY]))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    assert event[1:] == [
        "UID:requirement-7@readiness.example.org",
        "DTSTAMP:20261120T120000Z",
        "LAST-MODIFIED:20261120T120000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Asset router: build: one\\, two\\; and\\\\three",
        "DESCRIPTION:First line\\nsecond line\\nBEGIN:VALARM",
        "URL:https://readiness.example.org/components/asset-router/",
        "TRANSP:TRANSPARENT",
    ]


def test_nothing_typed_can_add_a_line():
    lines = unfolded(calendar("a\nEND:VCALENDAR", [DAY]))

    assert [line for line in lines if line.startswith("END:")] == ["END:VEVENT", "END:VCALENDAR"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\rb", "a\\nb"), ("a\x00\x1b\x85b", "ab"), ("\u2028", ""), ("tab\tstays", "tab\tstays")],
)
def test_control_characters_are_left_out(text, expected):
    assert escaped(text) == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_folded_lines_are_short_and_unfold_to_what_they_were(text):
    content = folded(f"SUMMARY:{text}")

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.replace(b"\r\n ", b"").decode() == f"SUMMARY:{text}\r\n"
    for line in content.split(b"\r\n"):
        line.decode()  # never cut within a character
