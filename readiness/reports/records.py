"""The decisions of a component as records for git: read here, worded in madr.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db.models import Q

from readiness.models import Component, Decision, InheritanceStep
from readiness.reports.gap_report import GapReport, RequirementLine, build_gap_report
from readiness.reports.madr import Record, index_text, record_text

# Nothing in the file may depend on when it was made; zip knows no day before this one.
EPOCH = (1980, 1, 1, 0, 0, 0)


def decision_records(component: Component, now: datetime) -> list[Record]:
    """Return a record of each decision in force, or, where none is, of the one proposed; by number.

    Seven queries however many there are, eight where one is inherited.
    """
    report = build_gap_report(component, now)
    entries = _entries(report)
    numbers = _numbers(report, entries.values())
    retired = {line.id for line in report.retired}
    found = []
    for line in (*report.requirements, *report.retired):
        recorded = _recorded(line)
        if recorded is None:
            continue
        decision = entries[recorded]
        ledger = [entry for entry in entries.values() if entry.requirement_id == line.id]
        found.append(
            Record(
                number=numbers[line.id],
                component=component.name,
                line=line,
                decision=decision,
                approvals=tuple(decision.approvals.all()),
                others=tuple(entry for entry in reversed(ledger) if entry.pk != recorded),
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


def _entries(report: GapReport) -> dict[int, Decision]:
    """Return the ledgers of all requirements, each's oldest entry first, and what they inherit, by
    id. Three queries."""
    lines = (*report.requirements, *report.retired)
    entries = (
        Decision.objects.filter(
            Q(requirement__in=[line.id for line in lines])
            | Q(pk__in=[line.decision.id for line in lines if line.decision])
        )
        .select_related("decided_by", "owner")
        .prefetch_related("approvals__by")
        .order_by("requirement_id", "number")
    )
    return {entry.pk: entry for entry in entries}


def _numbers(report: GapReport, entries: Iterable[Decision]) -> dict[int, int]:
    """Return a number for each requirement, by when it was first decided or inherited: nothing
    that happens later changes it."""
    own = {line.id for line in (*report.requirements, *report.retired)}
    steps = InheritanceStep.objects.filter(requirement__in=own)
    firsts = [*steps.values_list("at", "requirement_id")]
    firsts += [(entry.decided_at, entry.requirement_id) for entry in entries]
    in_order = dict.fromkeys(pk for _, pk in sorted(firsts) if pk in own)
    return {pk: number for number, pk in enumerate(in_order, start=1)}
