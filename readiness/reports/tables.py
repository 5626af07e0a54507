"""A gap report as tables of typed cells, for spreadsheets. Pure.

A cell is text, a number, a day, a moment, yes or no, or empty; what writes it decides how it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from readiness.decisions.live import CheckLine
from readiness.decisions.triggers import triggers_from
from readiness.models.catalog import Outcome
from readiness.models.decisions import Effort
from readiness.reports import words
from readiness.reports.data import report_digest
from readiness.reports.gap_report import DecisionLine, GapReport, RequirementLine
from readiness.reports.pdf_block import LIVE_WORDS
from readiness.reports.pdf_content import risks_of, sentences

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    value: Callable[[Any], Cell]
    # In characters, where a table has widths.
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Row(NamedTuple):
    """A requirement with the topic it stands in; `retired` as its criterion is."""

    topic: str
    line: RequirementLine
    retired: bool = False

    @property
    def decision(self) -> Any:
        """What columns of decisions read: they are asked of decided requirements only."""
        return self.line.decision


class Asked(NamedTuple):
    check: CheckLine
    concerns: tuple[RequirementLine, ...]


REQUIREMENT = (
    Column("Topic", lambda row: row.topic, 22),
    Column("Criterion", lambda row: row.line.criterion, 22),
    Column("Statement", lambda row: row.line.statement, 60),
    Column("Title", lambda row: row.line.title, 40),
    Column("Translated", lambda row: row.line.translated, 11),
    Column("From an older revision", lambda row: row.line.outdated, 11),
    Column("Own criterion", lambda row: row.line.own, 11),
    Column("Weight", lambda row: row.line.weight, 8),
    Column("Owner", lambda row: row.line.owner.name if row.line.owner else None, 20),
    Column("Standing", lambda row: row.line.standing.word, 15),
    Column("Needs attention", lambda row: row.line.standing.needs_attention, 11),
    Column("Why", lambda row: words.reason(row.line), 60),
    Column(
        "Live checks", lambda row: LIVE_WORDS[row.line.verdict] if row.line.checks else None, 17
    ),
    Column("Looked at", lambda row: row.line.looked_at, 17),
    Column("Could not look since", lambda row: row.line.could_not_look_since, 17),
    Column("Proposed", lambda row: _outcome(row.line.proposal), 20),
)
DECISION = (
    Column("Outcome", lambda row: _outcome(row.decision), 20),
    Column("Reasoning", lambda row: row.decision.reasoning, 60),
    Column("Evidence", lambda row: row.decision.evidence, 40),
    Column("Owner of the decision", lambda row: _name(row.decision.owner), 20),
    Column("Due", lambda row: row.decision.due_date, 12),
    Column("Effort", lambda row: _effort(row.decision), 10),
    Column("Ticket", lambda row: row.decision.ticket_url, 30),
    Column("Benefit", lambda row: row.decision.benefit, 40),
    Column("Risk", lambda row: row.decision.risk, 40),
    Column("Likelihood", lambda row: row.decision.likelihood, 10),
    Column("Impact", lambda row: row.decision.impact, 10),
    Column("Risk in words", lambda row: words.risk(row.decision), 26),
    Column("Mitigations", lambda row: row.decision.mitigations, 40),
    Column("Remaining risk", lambda row: words.remaining_risk(row.decision), 26),
    Column("Revisit", lambda row: row.decision.revisit_date, 12),
    Column("Comes back when", lambda row: _triggers(row.decision), 30),
    Column("Cost avoided", lambda row: row.decision.cost_avoided, 40),
    Column("Benefit forgone", lambda row: row.decision.benefit_forgone, 40),
    Column("Alternatives", lambda row: row.decision.alternatives, 40),
    Column("What would change our mind", lambda row: row.decision.change_our_mind, 40),
    Column("Decided on", lambda row: row.decision.statement, 60),
    Column("Decided by", lambda row: row.decision.decided_by.name, 20),
    Column("Decided at", lambda row: row.decision.decided_at, 17),
    Column("Inherited from", lambda row: row.decision.inherited_from, 20),
    Column("Entry", lambda row: row.decision.number, 7),
    Column("SHA-256", lambda row: row.decision.digest, 68),
)
_RETIRED = Column("Retired", lambda row: row.retired, 9)
CHECK = (
    Column("Check", lambda row: row.check.check.id, 30),
    Column("Title", lambda row: row.check.check.title, 50),
    Column("Says", lambda row: LIVE_WORDS[row.check.verdict], 17),
    Column("Newest answer", lambda row: _status(row.check.status), 17),
    Column("Reason", lambda row: row.check.reason, 60),
    Column("Looked at", lambda row: row.check.checked_at, 17),
    Column("Last known", lambda row: _status(row.check.known_status), 12),
    Column("Known at", lambda row: row.check.known_at, 17),
    Column("Could not look since", lambda row: row.check.unknown_since, 17),
    Column("Speaks for", lambda row: ", ".join(line.criterion for line in row.concerns), 40),
)
RISK = (
    Column("Statement", lambda risk: risk.line.statement, 60),
    Column("Criterion", lambda risk: risk.line.criterion, 22),
    Column("Standing", lambda risk: risk.line.standing.word, 12),
    Column("Score", lambda risk: risk.score or None, 8),
    Column("Risk in words", lambda risk: risk.level, 26),
    Column("Likelihood", lambda risk: risk.decision.likelihood, 10),
    Column("Impact", lambda risk: risk.decision.impact, 10),
    Column("Remaining risk", lambda risk: words.remaining_risk(risk.decision), 26),
    Column("Risk", lambda risk: risk.decision.risk, 60),
    Column("Weight", lambda risk: risk.line.weight, 8),
    Column("Revisit", lambda risk: risk.decision.revisit_date, 12),
    Column("Decided by", lambda risk: risk.decision.decided_by.name, 20),
)


def tables(report: GapReport) -> tuple[Table, ...]:
    """Return the summary, and a table each of requirements, decisions, checks and risks."""
    rows = _rows(report)
    named = (REQUIREMENT[1], REQUIREMENT[2])
    decided = [row for row in (*rows, *_retired(report)) if row.line.decision]
    return (
        summary(report),
        _table("Requirements", REQUIREMENT, rows),
        _table("Decisions", (*named, *DECISION, _RETIRED), decided),
        _table("Checks", CHECK, _asked(report)),
        _table("Risks", RISK, risks_of(report)),
    )


def requirements_with_decisions(report: GapReport) -> Table:
    """Return one wide table: a row per requirement, retired ones last, with its decision if any."""
    rows = (*_rows(report), *_retired(report))
    before = tuple((*(column.value(row) for column in REQUIREMENT), row.retired) for row in rows)
    after = (
        tuple(column.value(row) if row.line.decision else None for column in DECISION)
        for row in rows
    )
    joined = tuple(left + right for left, right in zip(before, after, strict=True))
    return Table("Requirements", (*REQUIREMENT, _RETIRED, *DECISION), joined)


def summary(report: GapReport) -> Table:
    component = report.component
    target, budget = component.availability_target, component.error_budget
    facts: list[tuple[str, Cell]] = [
        ("Component", component.name),
        ("Team", component.team),
        ("Kind", component.kind),
        ("Criticality", component.criticality),
        ("Availability target, %", float(target) if target is not None else None),
        ("Over days", component.availability_window.days),
        ("Error budget, seconds", budget.total_seconds() if budget is not None else None),
        ("Catalog", component.catalog),
        ("Revision of the catalog", component.catalog_revision),
        ("Blueprint", component.blueprint),
        ("Date", report.today),
        ("AWS last looked at", report.looked_at),
        ("Checks", len(report.checks)),
        ("Checks that could not look", len(report.could_not_look)),
        ("Proposals that wait", len(report.proposed)),
        *_confidence(report),
        ("Digest of the content", report_digest(report)),
        ("In words", " ".join(sentences(report, risks_of(report)))),
    ]
    counts = report.counts
    rows: list[tuple[Cell, ...]] = [(name, value, None) for name, value in facts]
    rows += [(s.word.capitalize(), t.number, t.weight) for s, t in counts.by_standing.items()]
    rows.append(("All requirements", counts.total.number, counts.total.weight))
    columns = (("Subject", 28), ("Value", 68), ("Weight", 10))
    return Table("Summary", tuple(Column(t, lambda row: row, w) for t, w in columns), tuple(rows))


def _confidence(report: GapReport) -> Iterator[tuple[str, Cell]]:
    """What people said when they were last asked; nothing where they never were."""
    if said := report.confidence:
        yield "Confidence rounds", said.rounds
        yield "Confidence asked until", said.closed_at
        yield "Confidence, answers", said.voters
        yield "Confidence, mean of 5", said.mean
        yield "Confidence, spread", said.spread


def _table(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Table:
    cells = tuple(tuple(column.value(row) for column in columns) for row in rows)
    return Table(name, tuple(columns), cells)


def _rows(report: GapReport) -> list[Row]:
    return [Row(topic.name, line) for topic in report.topics for line in topic.requirements]


def _retired(report: GapReport) -> list[Row]:
    return [Row(line.topic, line, retired=True) for line in report.retired]


def _asked(report: GapReport) -> Iterator[Asked]:
    for check in report.checks:
        concerned = (
            line
            for line in report.requirements
            if any(other.check.id == check.check.id and not other.muted for other in line.checks)
        )
        yield Asked(check, tuple(concerned))


def _outcome(said: Any) -> str | None:
    return words.OUTCOME_WORDS[Outcome(said.outcome)] if said else None


def _name(person: Any) -> str | None:
    return person.name if person else None


def _effort(decision: DecisionLine) -> str | None:
    return Effort(decision.effort).label if decision.effort in Effort.values else None


def _triggers(decision: DecisionLine) -> str:
    return "; ".join(trigger.words for trigger in triggers_from(decision.triggers))


def _status(status: str | None) -> str | None:
    return status.replace("_", " ") if status else None
