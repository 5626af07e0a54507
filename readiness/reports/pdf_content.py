"""What the PDF of a gap report says, in the order in which it says it. Pure: no database, no clock.

Bars, glyphs, reasons and dates are those of the page; this adds what paper needs: whole sentences,
addresses that can be read, and nothing that only a click would show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from readiness.decisions.live import CheckLine
from readiness.decisions.risk import RANKS, matrix_from
from readiness.decisions.standing import Group, Standing
from readiness.models.catalog import Outcome
from readiness.reports import words
from readiness.reports.counts import Counts
from readiness.reports.data import report_digest
from readiness.reports.gap_report import DecisionLine, GapReport, RequirementLine, TopicLines
from readiness.reports.pdf_bar import bar
from readiness.reports.pdf_block import Look, block, look, moment, plain

MEANINGS = {
    Standing.VERIFIED: "Marked done, and AWS says the same.",
    Standing.DONE: "Marked done, on the word of whoever decided; no live check confirms it.",
    Standing.GAP: "To be built, and not there yet.",
    Standing.ACCEPTED: "Refused, with a risk that stands accepted until the revisit date.",
    Standing.NOT_APPLICABLE: "Set aside with a reason: it means nothing for this component.",
    Standing.UNDECIDED: "Nobody has decided yet.",
    Standing.CONTRADICTED: "Marked done, but AWS says otherwise.",
    Standing.LAPSED: "Refused or set aside until a day that has passed. It must be decided again.",
    Standing.OVERTAKEN: "Refused, but AWS says that it exists now. The refusal is out of date.",
    Standing.OVERDUE: "To be built by a day that has passed.",
    Standing.ARRIVED: "To be built, and AWS says that it is there. It may be marked done.",
}
# What the summary shows of each list; the list itself has all.
FIRST = 3


class Risk(NamedTuple):
    line: RequirementLine
    decision: DecisionLine
    level: str
    text: str

    @property
    def score(self) -> int:
        return (self.decision.likelihood or 0) * (self.decision.impact or 0)


class Due(NamedTuple):
    day: date
    what: str
    line: RequirementLine


class Unseen(NamedTuple):
    check: CheckLine
    look: Look
    concerns: list[RequirementLine]


def content(report: GapReport) -> dict[str, Any]:
    """Return the context of reports/pdf/report.html."""
    risks = risks_of(report)
    contradictions = [line for line in report.attention if line.standing in _AWS_DISAGREES]
    return {
        "report": report,
        "component": report.component,
        "digest": report_digest(report),
        "verdict": verdict_words(report.counts),
        "undecided": report.counts.of(Group.UNDECIDED).number,
        "sentences": sentences(report, risks),
        "bars": _bars(report.counts),
        "contradictions": contradictions[:FIRST],
        "risks": risks,
        "largest_risks": risks[:FIRST],
        "due": _due(report)[: FIRST + 2],
        "topics": [_topic(topic, report.today) for topic in report.topics],
        "retired": [block(line, report.today) for line in report.retired],
        "matrix": _matrix(risks),
        "not_applicable": [
            (line, plain(line.decision.reasoning))
            for line in report.standing_at(Standing.NOT_APPLICABLE)
            if line.decision
        ],
        "unseen": list(_unseen(report)),
        "never_seen": [check for check in report.checks if check.status is None],
        "ledger": [line for line in (*report.requirements, *report.retired) if line.decision],
        "glossary": MEANINGS.items(),
    }


def _bars(counts: Counts) -> list[tuple[str, SafeString]]:
    """Return both bars with what they count by; nothing has no bar."""
    return [(by, bar(counts, by=by)) for by in ("number", "weight") if counts.total.number]


# --- The first pages ------------------------------------------------------------------------------


def verdict_words(counts: Counts) -> str:
    """Return the verdict: "6 of 74 requirements need attention; 30 are undecided." """
    total, attention = counts.total.number, counts.of(Group.ATTENTION).number
    undecided = counts.of(Group.UNDECIDED).number
    if not total:
        return "There are no requirements yet, so nothing can be said about readiness."
    if not attention and not undecided:
        return f"Nothing needs attention: {_all(total)} decided, and every decision stands."
    need = "need" if attention > 1 else "needs"
    of_all = f"of {total} requirements" if total > 1 else "of 1 requirement"
    return f"{attention or 'None'} {of_all} {need} attention; {_are(undecided)} undecided."


def sentences(report: GapReport, risks: list[Risk]) -> list[str]:
    """Return the summary: six sentences at most."""
    counts = report.counts
    if not counts.total.number:
        return [verdict_words(counts)]
    verified, done = counts.of(Group.VERIFIED).number, counts.of(Group.DONE).number
    gaps, accepted = counts.of(Group.GAP).number, counts.of(Group.ACCEPTED).number
    set_aside = counts.of(Group.NOT_APPLICABLE).number
    builds = [due.day for due in _due(report) if due.what == "Build"]
    said = [verdict_words(counts)]
    if verified or done:
        stand = "stands" if done == 1 else "stand"
        by_whom = f"AWS confirms {verified or 'none'} of them, {done} {stand} on the team's word"
        said.append(f"{_are(verified + done)} done: {by_whom}.")
    if gaps:
        by_when = f", the next by {words.day(builds[0])}" if builds else ""
        said.append(f"{_are(gaps)} still to be built{by_when}.")
    if accepted or set_aside:
        grave = sum(r.score >= 10 and r.line.standing is Standing.ACCEPTED for r in risks)
        said.append(
            f"{_are(accepted)} refused at a risk that stands accepted, {grave or 'none'} of them a "
            f"high or critical one; {set_aside} {'does' if set_aside == 1 else 'do'} not apply."
        )
    said.append(_live_sentence(report))
    if report.confidence:
        said.append(words.confident(report.confidence))
    return [f"{each[0].upper()}{each[1:]}" for each in said]


def _live_sentence(report: GapReport) -> str:
    if not report.checks:
        return "No live check applies to this component, so nothing here rests on AWS itself."
    if report.looked_at is None:
        return "AWS has not been looked at yet."
    blind = len(report.could_not_look)
    checks = f"{len(report.checks)} check{'s' if len(report.checks) > 1 else ''}"
    seen = f"{blind} of {checks} could not look" if blind else "every check could look"
    return f"AWS was last looked at on {moment(report.looked_at)}; {seen}."


def _are(number: int) -> str:
    return f"{number or 'none'} {'is' if number == 1 else 'are'}"


def _all(total: int) -> str:
    return "the one requirement is" if total == 1 else f"all {total} requirements are"


_AWS_DISAGREES = (Standing.CONTRADICTED, Standing.OVERTAKEN, Standing.ARRIVED)
_REFUSALS = (Standing.ACCEPTED, Standing.LAPSED)


def risks_of(report: GapReport) -> list[Risk]:
    """Return the refusals that take a risk, the largest first; lapsed ones take it all the same."""
    found = [
        Risk(line, line.decision, _level(line.decision), plain(line.decision.risk))
        for line in report.requirements
        if line.decision
        and line.decision.outcome == Outcome.WONT_BUILD
        and line.standing in _REFUSALS
    ]
    return sorted(found, key=lambda risk: (-risk.score, -risk.line.weight))


def _level(decision: DecisionLine) -> str:
    return words.risk(decision).capitalize() or "Not rated"


def _matrix(risks: list[Risk]) -> dict[str, Any]:
    """Return the matrix of the newest refusal, the likeliest row first: tone and number of each
    cell. Rows and columns are ranks, which all matrices have in common."""
    newest = max((risk.decision for risk in risks), key=lambda d: d.decided_at, default=None)
    matrix = matrix_from(newest.matrix if newest else "")
    number = Counter((risk.decision.likelihood, risk.decision.impact) for risk in risks)
    rows = [
        (
            matrix.likelihoods[likely - 1],
            [(matrix.level(likely, impact).tone, number[likely, impact]) for impact in RANKS],
        )
        for likely in reversed(RANKS)
    ]
    return {"impacts": matrix.impacts, "rows": rows}


def _due(report: GapReport) -> list[Due]:
    """Return what falls due from today on, the next first."""
    found = []
    for line in report.requirements:
        if line.decision:
            days = {"Build": line.decision.due_date, "Revisit": line.decision.revisit_date}
            found += [Due(d, what, line) for what, d in days.items() if d and d >= report.today]
    return sorted(found, key=lambda due: due.day)


def _unseen(report: GapReport) -> Iterator[Unseen]:
    for check in report.could_not_look:
        concerns = [
            line
            for line in report.requirements
            if any(other.check.id == check.check.id for other in line.checks)
        ]
        yield Unseen(check, look(check, report.today), concerns)


# --- A requirement --------------------------------------------------------------------------------


def _topic(topic: TopicLines, today: date) -> dict[str, Any]:
    counts = topic.counts
    parts = [f"{tally.number} {group.word}" for group, tally in counts.groups if tally.number]
    return {
        "slug": topic.slug,
        "name": topic.name,
        "question": topic.question,
        "bar": bar(counts, height=7),
        "counts": f"{counts.settled} of {counts.total.number} settled: {', '.join(parts)}",
        "blocks": [block(line, today) for line in topic.requirements],
    }
