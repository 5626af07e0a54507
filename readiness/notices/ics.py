"""iCalendar (RFC 5545), as much of it as all-day events need. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets, without the line break: section 3.1


@dataclass(frozen=True, slots=True)
class Day:
    """One event on one day."""

    uid: str
    on: date
    # When what it says was last decided.
    changed_at: datetime
    summary: str
    description: str
    url: str


def calendar(name: str, days: Iterable[Day]) -> bytes:
    """Return a whole calendar as the bytes of a file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Readiness//Due dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"NAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for each in days:
        lines += _event(each)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(day: Day) -> list[str]:
    stamp = day.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(day.uid)}",
        f"DTSTAMP:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(day.summary)}",
        f"DESCRIPTION:{escaped(day.description)}",
        # A URI is no text: it is not escaped, and holds no character that ends a line.
        f"URL:{''.join(day.url.split())}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """Return text as a value of the type TEXT: section 3.3.11."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c.isprintable() or c == "\n" or c == "\t")
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Return a line in parts of 75 octets at most, never within a character: section 3.1."""
    parts, part = [], b""
    for character in line:
        octets = character.encode("utf-8", "replace")
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
