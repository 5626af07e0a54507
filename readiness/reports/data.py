"""A gap report as data: the JSON file, and what the digest covers.

docs/gap-report.schema.json describes it; a change to what is there already raises SCHEMA.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from readiness.canonical import digest, plain
from readiness.decisions.live import CheckLine
from readiness.reports.gap_report import (
    DecisionLine,
    DrillLine,
    GapReport,
    Proposal,
    RequirementLine,
)
from readiness.reports.words import reason

SCHEMA = 1


def report_data(report: GapReport) -> dict[str, Any]:
    """Return the report as plain data, with the SHA-256 of the rest in canonical JSON."""
    content = _content(report)
    return {"digest": digest(content), **content}


def render_json(report: GapReport) -> bytes:
    """Return the report as JSON that a person can read, too. The same report, the same bytes."""
    text = json.dumps(report_data(report), indent=2, ensure_ascii=False, default=plain)
    return f"{text}\n".encode()


def report_digest(report: GapReport) -> str:
    return str(report_data(report)["digest"])


def _content(report: GapReport) -> dict[str, Any]:
    component = report.component
    budget = component.error_budget
    return {
        "schema": SCHEMA,
        "component": {
            "slug": component.slug,
            "name": component.name,
            "team": component.team,
            "kind": component.kind,
            "description": component.description,
            "risk_context": component.risk_context,
            "criticality": component.criticality,
            "availability_target": str(component.availability_target)
            if component.availability_target is not None
            else None,
            "availability_window_days": component.availability_window.days,
            "error_budget_seconds": budget.total_seconds() if budget is not None else None,
            "blueprint": component.blueprint,
            "parameters": component.parameters,
        },
        "catalog": {
            "slug": component.catalog_slug,
            "name": component.catalog,
            "revision": component.catalog_revision,
            "notice": component.catalog_notice,
        },
        "date": report.today,
        "looked_at": report.looked_at,
        "counts": {s.value: t.number for s, t in report.counts.by_standing.items()},
        "weights": {s.value: t.weight for s, t in report.counts.by_standing.items()},
        "total": {"number": report.counts.total.number, "weight": report.counts.total.weight},
        "requirements": [
            {**_requirement(line), "topic_name": topic.name}
            for topic in report.topics
            for line in topic.requirements
        ],
        "retired": [_requirement(line) for line in report.retired],
        "checks": [_check(check) for check in report.checks],
        # Left out where nobody was asked: reports frozen before keep their digest.
        **({"confidence": asdict(report.confidence)} if report.confidence else {}),
    }


def _requirement(line: RequirementLine) -> dict[str, Any]:
    return {
        "criterion": line.criterion,
        "criterion_revision": line.criterion_revision,
        "title": line.title,
        "question": line.question,
        "why": line.why,
        "evidence": line.evidence,
        "topic": line.topic,
        "statement": line.statement,
        "translated": line.translated,
        "outdated": line.outdated,
        "weight": line.weight,
        "owner": line.owner.name if line.owner else None,
        "standing": line.standing.value,
        "needs_attention": line.standing.needs_attention,
        "reason": reason(line),
        "verdict": line.verdict.value,
        "could_not_look_since": line.could_not_look_since,
        "decision": _decision(line.decision) if line.decision else None,
        "proposal": _proposal(line.proposal) if line.proposal else None,
        "fired": list(line.fired),
        # Only where there is one: reports without keep the digest that they always had.
        **({"drill": _drill(line.drill)} if line.drill else {}),
        **({"own": True} if line.own else {}),
        "checks": [_check(check) for check in line.checks],
    }


def _drill(drill: DrillLine) -> dict[str, Any]:
    return {
        "title": drill.title,
        "outcome": drill.outcome,
        "ended_on": drill.ended_on,
        "age": drill.age.value,
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "outcome": proposal.outcome,
        "decided_by": proposal.decided_by.name,
        "decided_at": proposal.decided_at,
    }


def _decision(decision: DecisionLine) -> dict[str, Any]:
    data = {field.name: getattr(decision, field.name) for field in fields(decision)}
    data.pop("id")
    data["matrix"] = json.loads(decision.matrix) if decision.matrix else None
    data["triggers"] = json.loads(decision.triggers or "[]")
    data["owner"] = decision.owner.name if decision.owner else None
    data["decided_by"] = decision.decided_by.name
    return data


def _check(check: CheckLine) -> dict[str, Any]:
    return {
        "id": check.check.id,
        "title": check.check.title,
        "version": check.check_version,
        "status": check.status,
        "verdict": check.verdict.value,
        "reason": check.reason,
        "observed": check.observed,
        "checked_at": check.checked_at,
        "from_recording": check.from_recording,
        "known_status": check.known_status,
        "known_at": check.known_at,
        "unknown_since": check.unknown_since,
        "muted": check.muted,
    }
