"""One decision as a Markdown file in the layout of MADR 4 (https://adr.github.io/madr/), for teams
that keep their decision records in git. Pure: the same record is the same text, on every day.

People and AWS wrote what stands in it. A text of several lines goes into a quotation or a list
item: whatever its Markdown opens ends there, and no heading or fence of it reaches the file's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from readiness.decisions.triggers import triggers_from
from readiness.models.catalog import Outcome
from readiness.models.decisions import Approval, ApprovalKind, Decision
from readiness.reports import facts, words
from readiness.reports.gap_report import RequirementLine

_HTML = re.compile(r"<(?=[A-Za-z/!?])")
_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")


@dataclass(frozen=True, slots=True)
class Record:
    """A decision with all that its file says of it."""

    # Of the file: by when its requirement was first decided, so that it never changes.
    number: int
    component: str
    line: RequirementLine
    decision: Decision
    # Of this decision, the oldest first.
    approvals: tuple[Approval, ...]
    # The rest of the ledger that it stands in, the newest first.
    others: tuple[Decision, ...]
    retired: bool = False

    @property
    def filename(self) -> str:
        return f"{self.number:04}-{self.line.criterion}.md"

    @property
    def in_force(self) -> bool:
        return self.line.decision is not None

    @property
    def status(self) -> str:
        """In MADR's words; a refusal that stands is an accepted decision."""
        if self.retired:
            return "deprecated"
        return "accepted" if self.in_force else "proposed"

    @property
    def decision_makers(self) -> list[str]:
        approved = [a.by.name for a in self.approvals if a.kind == ApprovalKind.APPROVED]
        return [self.decision.decided_by.name, *approved]


def record_text(record: Record) -> str:
    """Return the file of one decision."""
    parts = (
        _front_matter(record),
        f"# {inline(record.decision.statement)}",
        "## Context and Problem Statement",
        *_context(record),
        "## Considered Options",
        *_options(record.decision),
        "## Decision Outcome",
        *_outcome(record.decision),
        "### Consequences",
        *_consequences(record.decision),
        "### Confirmation",
        *_confirmation(record.decision),
        "## More Information",
        *_more(record),
    )
    return "\n\n".join(parts) + "\n"


def index_text(component: str, records: Iterable[Record]) -> str:
    """Return the README.md of a folder of decisions: a table of them, by number."""
    rows = [
        f"| [{record.number:04}]({record.filename}) | {inline(record.line.title)} "
        f"| {_words(record.decision)} | {record.status} | {record.line.standing.word} "
        f"| {_date(record.decision)} |"
        for record in records
    ]
    table = ("| | criterion | outcome | status | standing | date |", "|---|---|---|---|---|---|")
    return (
        f"# Decisions on {inline(component)}\n\n"
        "One file per decision in force, in the layout of MADR. The standing is what it amounts to "
        "on the day of the export.\n\n" + "\n".join((*table, *rows)) + "\n"
    )


def inline(text: str) -> str:
    """Return a text on one line that is plain in Markdown, also in a heading or a table."""
    flat = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return _HTML.sub("&lt;", _SPECIAL.sub(r"\\\1", flat))


def quoted(text: str) -> str:
    """Return somebody's Markdown as a quotation, which holds whatever it opens."""
    return "\n".join(f"> {line}".rstrip() for line in _lines(text))


def _item(title: str, text: str) -> str:
    """A list item of somebody's Markdown under a title."""
    held = "\n".join(f"  {line}".rstrip() for line in _lines(text))
    return f"- {title}\n\n{held}"


def _lines(text: str) -> list[str]:
    clean = _HTML.sub("&lt;", text.strip())
    # What only some readers take for the end of a line would begin one outside the quotation.
    clean = re.sub(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", re.sub(r"\r\n?", "\n", clean))
    return clean.split("\n")


def _front_matter(record: Record) -> str:
    makers = ", ".join(_scalar(name) for name in record.decision_makers)
    return "\n".join(
        (
            "---",
            f"status: {record.status}",
            f"date: {_date(record.decision)}",
            f"decision-makers: [{makers}]",
            "---",
        )
    )


def _scalar(text: str) -> str:
    """A string for YAML: JSON is YAML, once what YAML does not print is gone."""
    flat = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return json.dumps(flat, ensure_ascii=False)


def _context(record: Record) -> Iterator[str]:
    line, decision = record.line, record.decision
    yield f"{inline(line.question)} {inline(line.why)}"
    yield (
        f"Component: {inline(record.component)}. Criterion: {inline(line.title)} "
        f"(`{line.criterion}`, revision {decision.criterion_revision}), weight {line.weight} of 5."
    )
    yield "What must be true of the component, as it was decided on:"
    yield quoted(decision.statement)


def _options(decision: Decision) -> Iterator[str]:
    chosen = f"- {_words(decision)}"
    if decision.alternatives:
        yield f"{chosen}\n{_item('Alternatives that were considered:', decision.alternatives)}"
    else:
        yield chosen


def _outcome(decision: Decision) -> Iterator[str]:
    yield f'Chosen option: "{_words(decision)}".'
    if decision.reasoning:
        yield quoted(decision.reasoning)
    terms = {
        "Owner": decision.owner.name if decision.owner else "",
        "Due": words.day(decision.due_date),
        "Effort": decision.get_effort_display() if decision.effort else "",
        "Ticket": decision.ticket_url,
    }
    said = [f"- {title}: {inline(text)}" for title, text in terms.items() if text]
    if said:
        yield "\n".join(said)


def _consequences(decision: Decision) -> Iterator[str]:
    risk, remains = words.risk(decision), words.remaining_risk(decision)
    rated = f" ({risk})" if risk else ""
    remaining = f" (what remains: {remains})" if remains else ""
    texts = {
        "Good, because of this benefit:": decision.benefit,
        "Good, because of this cost avoided:": decision.cost_avoided,
        f"Bad, because of this risk{rated}:": decision.risk,
        "Bad, because of this benefit forgone:": decision.benefit_forgone,
        f"Neutral, because of these mitigations{remaining}:": decision.mitigations,
    }
    said = [_item(title, text) for title, text in texts.items() if text]
    yield "\n".join(said) or "None were written down."


def _confirmation(decision: Decision) -> Iterator[str]:
    if decision.evidence:
        yield "Evidence:"
        yield quoted(decision.evidence)
    checks = json.loads(decision.facts).get("checks", [])
    if checks:
        yield "What the live checks said when it was decided:"
        yield "\n".join(_check(check) for check in checks)
    elif not decision.evidence:
        yield "No live check spoke for it when it was decided."


def _check(check: dict[str, Any]) -> str:
    word = (check["status"] or "not looked at yet").replace("_", " ")
    muted = ", muted" if check["muted"] else ""
    said = f"- `{inline(check['id'])}`: {word}{muted}. {inline(check['reason'])}".rstrip()
    observed = facts.lines(check["observed"] or {})
    return "\n".join((said, *(f"  - {inline(line)}" for line in observed)))


def _more(record: Record) -> Iterator[str]:
    decision = record.decision
    if decision.change_our_mind:
        yield "What would change our mind:"
        yield quoted(decision.change_our_mind)
    platform = record.line.decision.inherited_from if record.line.decision else ""
    triggers = "; ".join(trigger.words for trigger in triggers_from(decision.triggers))
    terms = {
        "Inherited from": inline(platform),
        "Revisit by": words.day(decision.revisit_date),
        "Comes back when": inline(triggers),
        "Decided": f"{words.moment(decision.decided_at)}, by {inline(decision.decided_by.name)}",
        "Entry of the ledger": f"{decision.number}, SHA-256 `{decision.digest}`",
    }
    said = [f"- {title}: {text}" for title, text in terms.items() if text]
    said += [_approval(approval) for approval in record.approvals]
    said += [
        f"- Entry {other.number}: {_words(other)}, {_date(other)}, "
        f"by {inline(other.decided_by.name)}{_became(other)}, SHA-256 `{other.digest}`"
        for other in record.others
    ]
    yield "\n".join(said)


def _approval(approval: Approval) -> str:
    said = (
        f"- {approval.get_kind_display()}: {words.moment(approval.at)}, "
        f"by {inline(approval.by.name)}"
    )
    return f"{said}. {inline(approval.reason)}" if approval.reason else said


def _became(proposal: Decision) -> str:
    """What became of another entry, if somebody had to approve it."""
    if not proposal.needs_approval:
        return ""
    kinds = [approval.get_kind_display().lower() for approval in proposal.approvals.all()]
    return f", {kinds[-1] if kinds else 'proposed'}"


def _words(decision: Decision) -> str:
    return words.OUTCOME_WORDS[Outcome(decision.outcome)]


def _date(decision: Decision) -> str:
    return timezone.localdate(decision.decided_at).isoformat()
