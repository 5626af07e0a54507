"""Which parts of a gap report a variant of its PDF has. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from readiness.reports.data import report_digest
from readiness.reports.formats import TOPIC, VARIANTS, Since
from readiness.reports.gap_report import GapReport
from readiness.reports.pdf_changes import changes
from readiness.reports.pdf_content import content

# Of what needs attention, on the first of the two pages.
MOST_URGENT = 6


def variant_content(report: GapReport, variant: str, since: Since | None = None) -> dict[str, Any]:
    """Return the context of reports/pdf/report.html, where wanted with what changed since another
    report. Raises ValueError for a variant that there is not, or a topic that the report has not.
    """
    topic = ""
    if variant.startswith(TOPIC):
        topic = variant.removeprefix(TOPIC)
        said = _topic(report, topic)
    elif variant in VARIANTS:
        said = _CONTENTS[variant](report)
    else:
        known = ", ".join((*VARIANTS, f"{TOPIC}SLUG"))
        raise ValueError(f"There is no variant {variant!r}, but {known}.")
    if since:
        parts = said["parts"]
        behind = _BEHIND.get(said["variant"], parts[-1])
        parts.insert(parts.index(behind) + 1, "reports/pdf/_changes.html")
        said["changes"] = changes(since, said["report"], topic)
    return said


# Where the changes stand; else at the end.
_BEHIND = {"full": "reports/pdf/_attention.html", "decisions": "reports/pdf/_contents.html"}


def _full(report: GapReport) -> dict[str, Any]:
    names = "cover summary contents attention requirements annexes ledger glossary"
    return _content(report, "full", names)


def _executive(report: GapReport) -> dict[str, Any]:
    return _content(report, "executive", "cover summary") | {
        "only": "in two pages",
        "facts_length": 150,
        "first_attention": report.attention[:MOST_URGENT],
        "more_attention": len(report.attention[MOST_URGENT:]),
    }


def _decisions(report: GapReport) -> dict[str, Any]:
    said = _content(report, "decisions", "cover contents requirements ledger glossary")
    for topic in said["topics"]:
        topic["blocks"] = [block for block in topic["blocks"] if block.line.decision]
    return said | {
        "only": "decisions only",
        "topics": [topic for topic in said["topics"] if topic["blocks"]],
        "requirements_heading": "Decisions by topic",
    }


def _topic(report: GapReport, slug: str) -> dict[str, Any]:
    """Return one topic as if there were no other; the digest stays that of the whole report."""
    topics = tuple(topic for topic in report.topics if topic.slug == slug)
    if not topics:
        known = ", ".join(topic.slug for topic in report.topics)
        raise ValueError(f"This report has no topic {slug!r}, but {known or 'none'}.")
    said = _content(replace(report, topics=topics, retired=()), "topic", "cover requirements")
    return said | {
        "only": topics[0].name,
        "digest": report_digest(report),
        "requirements_heading": "One topic",
    }


_CONTENTS: dict[str, Callable[[GapReport], dict[str, Any]]] = {
    "full": _full,
    "executive": _executive,
    "decisions": _decisions,
}


def _content(report: GapReport, variant: str, names: str) -> dict[str, Any]:
    return content(report) | {
        "variant": variant,
        "parts": [f"reports/pdf/_{name}.html" for name in names.split()],
        "only": "",
        "facts_length": 400,
        "requirements_heading": "Requirements by topic",
    }
