"""Makes GapReports as values, without a database. What is not said has a plain default."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from readiness.aws.registry import CHECKS
from readiness.confidence.rules import Confidence
from readiness.decisions.live import CheckLine, verdict
from readiness.decisions.standing import LiveVerdict, standing
from readiness.reports.gap_report import (
    ComponentFacts,
    DecisionLine,
    GapReport,
    Person,
    Proposal,
    RequirementLine,
    TopicLines,
)

NOW = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
TODAY = NOW.date()
ADA, GRACE = Person(1, "Ada Lovelace", "AL"), Person(2, "Grace Hopper", "GH")
PARAMETERS = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "edge-router",
    "function_event": "origin-request",
    "edge_regions": ["eu-west-1", "sa-east-1", "us-east-1"],
    "buckets": {"us-east-1": "files-us-east-1", "us-west-2": "files-us-west-2"},
    "hosted_zone_id": "Z0123456789ABCDEF",
    "record_name": "files.example.com.",
}
_numbers = count(1)


def make_component(**said: Any) -> ComponentFacts:
    values: dict[str, Any] = {
        "slug": "asset-router",
        "name": "Asset router",
        "team": "Edge team",
        "kind": "Lambda@Edge function",
        "description": "Sends each cache miss to one of two buckets.",
        "risk_context": "Every user passes through it.",
        "criticality": "Critical path",
        "availability_target": Decimal("99.9900"),
        "availability_window": timedelta(days=30),
        "catalog": "Production readiness",
        "catalog_slug": "production-readiness",
        "catalog_revision": 7,
        "catalog_notice": "This catalog is a reconstruction.",
        "blueprint": "A router",
        "parameters": PARAMETERS,
    }
    return ComponentFacts(**(values | said))


def make_decision(outcome: str = "done", **said: Any) -> DecisionLine:
    """A decision that says what its outcome must say, and what `said` adds."""
    number = next(_numbers)
    least: dict[str, dict[str, Any]] = {
        "build": {"reasoning": "We need it.", "owner": ADA},
        "done": {"evidence": "The runbook."},
        "wont_build": {
            "reasoning": "Too dear.",
            "risk": "It may hurt.",
            "likelihood": 4,
            "impact": 3,
        }
        | {"revisit_date": date(2027, 1, 31)},
        "not_applicable": {"reasoning": "There is nothing of the kind."},
    }
    values: dict[str, Any] = dict.fromkeys(
        ("reasoning", "evidence", "benefit", "effort", "ticket_url", "risk", "cost_avoided"), ""
    ) | dict.fromkeys(("benefit_forgone", "alternatives", "change_our_mind"), "")
    values |= dict.fromkeys(("mitigations", "matrix", "triggers"), "")
    values |= dict.fromkeys(("owner", "due_date", "likelihood", "impact", "revisit_date"))
    values |= dict.fromkeys(("residual_likelihood", "residual_impact"))
    values |= {
        "id": number,
        "number": 1,
        "outcome": outcome,
        "statement": "",
        "criterion_revision": 1,
        "decided_by": GRACE,
        "decided_at": datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
        "digest": f"{number:064x}",
    }
    return DecisionLine(**(values | least[outcome] | said))


def make_proposal(**said: Any) -> Proposal:
    values: dict[str, Any] = {
        "id": next(_numbers),
        "outcome": "wont_build",
        "decided_by": GRACE,
        "decided_at": datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
    }
    return Proposal(**(values | said))


# What somebody may write who means no good, or who just writes: it must stay what it is.
HOSTILE = (
    '=HYPERLINK("http://evil.example/";"x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "<script>alert(1)</script>",
    "<img src=http://evil.example/x onerror=alert(1)>",
    "](http://evil.example/) | # ``` ~~~",
    "one\n\n# two\n\n| a | b |\n|---|---|",
    "{{ 7 * 7 }} {% debug %}",
    'a,"b"\nc',
    "\x00\x1b[31m\u2028\ufffe",
    "https://evil.example/?q=1",
    "' or 1=1 --",
)


def hostile_report() -> GapReport:
    """Each hostile text wherever somebody may write."""
    lines = []
    for text in HOSTILE:
        said = {"reasoning": text, "evidence": text, "risk": text, "change_our_mind": text}
        person = Person(3, text, "X")
        decision = make_decision("wont_build", **said, owner=person, decided_by=person)
        check = make_check(
            "logs.retention", "fail", reason=text, observed={"groups": {text: {"a": text}}}
        )
        lines.append(make_line(decision, check, statement=text, title=text, owner=person))
    first = HOSTILE[0]
    component = make_component(name=first, team=first, kind=first, description=first)
    report = make_report(*lines, component=component)
    (topic,) = report.topics
    return replace(report, topics=(replace(topic, name="| # <b>", question="<i>"),))


def make_check(
    check_id: str = "logs.retention", status: str | None = "pass", **said: Any
) -> CheckLine:
    """What one check says; `status` None for one that nobody has asked yet."""
    bound = CHECKS[check_id].bind(PARAMETERS)
    assert bound
    if status is None:
        return CheckLine(bound=bound, verdict=LiveVerdict.UNKNOWN)
    known = status if status in ("pass", "fail") else said.get("known_status")
    values: dict[str, Any] = {
        "verdict": LiveVerdict(known or "unknown"),
        "result_id": 1,
        "check_version": 1,
        "status": status,
        "reason": f"It says {status}.",
        "observed": {},
        "checked_at": NOW - timedelta(minutes=3),
        "known_status": known,
        "known_at": NOW - timedelta(minutes=3) if known else None,
    }
    if status not in ("pass", "fail", "not_applicable"):
        values["unknown_since"] = NOW - timedelta(days=2)
    return CheckLine(bound=bound, **(values | said))


def make_line(
    decision: DecisionLine | None = None, *checks: CheckLine, **said: Any
) -> RequirementLine:
    number = next(_numbers)
    says = verdict(checks)
    values: dict[str, Any] = {
        "id": number,
        "criterion": f"criterion-{number}",
        "title": f"Criterion {number}",
        "question": "Is it so?",
        "why": "Because.",
        "evidence": "A link.",
        "criterion_revision": 1,
        "topic": "topic",
        "statement": f"Statement {number} of this component.",
        "translated": True,
        "outdated": False,
        "weight": 3,
        "owner": decision.owner if decision else None,
        "standing": standing(decision, says, TODAY),
        "verdict": says,
        "decision": decision,
        "checks": checks,
        "suggested": "",
    }
    return RequirementLine(**(values | said))


def make_confidence(**said: Any) -> Confidence:
    values: dict[str, Any] = {
        "question": "Tonight?",
        "closed_at": NOW - timedelta(days=2),
        "voters": 5,
        "members": 7,
        "mean": 3.4,
        "spread": 1.14,
        "rounds": 3,
    }
    return Confidence(**(values | said))


def make_report(*lines: RequirementLine, topics: int = 1, **said: Any) -> GapReport:
    """A report of these requirements, dealt out to so many topics."""
    size = -(-len(lines) // topics) or 1
    dealt = [lines[start : start + size] for start in range(0, len(lines), size)]
    checks = {check.check.id: check for line in lines for check in line.checks}
    values: dict[str, Any] = {
        "component": make_component(),
        "today": TODAY,
        "topics": tuple(
            TopicLines(f"topic-{n}", f"Topic {n}", f"What about {n}?", tuple(part))
            for n, part in enumerate(dealt)
        ),
        "retired": (),
        "checks": tuple(checks.values()),
    }
    return GapReport(**(values | said))


WORDS = [
    "nobody",
    "can",
    "say",
    "whether",
    "the",
    "router",
    "is",
    "ready",
    "so",
    "the",
    "team",
    "wrote",
    "down",
    "what",
    "ready",
    "would",
    "look",
    "like",
    "and",
    "found",
    "that",
    "an",
    "alarm",
    "in",
    "every",
    "edge",
    "region",
    "costs",
    "less",
    "than",
    "one",
    "night",
    "of",
    "looking",
    "for",
    "the",
    "reason",
    "of",
    "a",
    "failure",
    "which",
    "the",
    "function",
    "had",
    "logged",
    "in",
    "a",
    "region",
    "that",
    "no",
    "dashboard",
    "shows",
    "today",
]


def prose(rnd: random.Random, length: int) -> str:
    """Sentences of common words, `length` characters together."""
    text = ""
    while len(text) < length:
        text += " ".join(rnd.choices(WORDS, k=rnd.randint(6, 16))).capitalize() + ". "
    return text[:length].rstrip()


def large_report(
    requirements: int = 74,
    *,
    reasoning: tuple[int, int] = (300, 600),
    live: int = 12,
    seed: int = 1,
) -> GapReport:
    """All decided, with reasonings of that many characters and so many with live facts."""
    rnd = random.Random(seed)  # noqa: S311 - texts, not secrets
    ids = [c for c, check in CHECKS.items() if check.bind(PARAMETERS)]
    lines = []
    for n in range(requirements):
        outcome = ("build", "done", "wont_build", "done", "build", "not_applicable")[n % 6]
        said: dict[str, Any] = {"reasoning": prose(rnd, rnd.randint(*reasoning))}
        if outcome == "build":
            said |= {
                "due_date": TODAY + timedelta(days=rnd.randint(-30, 200)),
                "benefit": prose(rnd, 90),
                "effort": "M",
            }
        elif outcome == "done":
            said |= {"evidence": prose(rnd, 100)}
        elif outcome == "wont_build":
            said |= {
                "risk": prose(rnd, 150),
                "likelihood": rnd.randint(1, 5),
                "impact": rnd.randint(1, 5),
                "cost_avoided": prose(rnd, 80),
                "change_our_mind": prose(rnd, 90),
                "revisit_date": TODAY + timedelta(days=rnd.randint(-20, 200)),
            }
        checks = []
        if n % 6 < 2 and len(lines) < 6 * live and n // 3 < live and ids:
            observed = {
                "regions": {
                    f"eu-west-{i}": {"group": True, "retention_days": 30, "in_order": bool(i % 5)}
                    for i in range(1, 14)
                }
            }
            status = ("pass", "fail", "pass", "not_authorised")[n % 4]
            checks = [
                make_check(
                    ids[n % len(ids)],
                    status,
                    reason=prose(rnd, 90),
                    observed=observed if status != "not_authorised" else {},
                )
            ]
        lines.append(
            make_line(
                make_decision(outcome, **said),
                *checks,
                statement=prose(rnd, rnd.randint(70, 150)),
                title=prose(rnd, 60),
                weight=rnd.randint(1, 5),
                owner=ADA,
            )
        )
    return make_report(*lines, topics=max(1, min(12, requirements // 6)))
