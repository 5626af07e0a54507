"""The decisions of a component as records for git: read here, worded in madr.py."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from readiness.models import Component, Decision
from readiness.reports.gap_report import GapReport, RequirementLine, build_gap_report
from readiness.reports.madr import Record, index_text, record_text

# Nothing in the file may depend on when it was made; zip knows no day before this one.
EPOCH = (1980, 1, 1, 0, 0, 0)


def decision_records(component: Component, now: datetime) -> list[Record]:
    """Return a record of each decision in force, or, where none is, of the one proposed; by number.

    Six queries, however many there are.
    """
    report = build_gap_report(component, now)
    ledgers = _ledgers(report)
    numbers = _numbers(ledgers)
    retired = {line.id for line in report.retired}
    found = []
    for line in (*report.requirements, *report.retired):
        newest = _recorded(line)
        entries = {entry.pk: entry for entry in ledgers.get(line.id, ())}
        if newest is None or newest not in entries:
            continue
        decision = entries.pop(newest)
        found.append(
            Record(
                number=numbers[line.id],
                component=component.name,
                line=line,
                decision=decision,
                approvals=tuple(decision.approvals.all()),
                others=tuple(reversed(entries.values())),
                retired=line.id in retired,
            )
        )
    return sorted(found, key=lambda record: record.number)


def decision_archive(component: Component, records: list[Record]) -> bytes:
    """Return a zip of the records and their index, the same bytes for the same content."""
    files = {"README.md": index_text(component.name, records)}
    files |= {record.filename: record_text(record) for record in records}
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = ZipInfo(f"{component.slug}-decisions/{name}", EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def _recorded(line: RequirementLine) -> int | None:
    if line.decision:
        return line.decision.id
    return line.proposal.id if line.proposal else None


def _ledgers(report: GapReport) -> dict[int, list[Decision]]:
    """Return the entries of each requirement, the oldest first. Three queries."""
    wanted = [line.id for line in (*report.requirements, *report.retired)]
    found: dict[int, list[Decision]] = defaultdict(list)
    entries = (
        Decision.objects.filter(requirement__in=wanted)
        .select_related("decided_by", "owner")
        .prefetch_related("approvals__by")
        .order_by("requirement_id", "number")
    )
    for entry in entries:
        found[entry.requirement_id].append(entry)
    return found


def _numbers(ledgers: dict[int, list[Decision]]) -> dict[int, int]:
    """Return a number for each requirement, by when it was first decided: nothing that happens
    later changes it."""
    first = sorted((entries[0].decided_at, pk) for pk, entries in ledgers.items())
    return {pk: number for number, (_, pk) in enumerate(first, start=1)}
