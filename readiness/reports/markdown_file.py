"""The gap report as a Markdown file, for a wiki or a repository. Pure.

What people and AWS wrote stands in headings and tables on one line with its marks escaped, and
elsewhere as a quotation, which holds whatever it opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from readiness.decisions.live import CheckLine
from readiness.models.catalog import Outcome
from readiness.reports import words
from readiness.reports.data import report_digest
from readiness.reports.gap_report import DecisionLine, GapReport, RequirementLine
from readiness.reports.madr import inline, quoted
from readiness.reports.pdf_block import LIVE_WORDS
from readiness.reports.pdf_content import risks_of, sentences


def render_md(report: GapReport) -> bytes:
    """Return the report as Markdown (GitHub's, for its tables). The same report, the same bytes."""
    parts = (
        f"# {inline(report.component.name)}: gap report of {words.day(report.today)}",
        " ".join(inline(sentence) for sentence in sentences(report, risks_of(report))),
        *_facts(report),
        "## Counts",
        _counts(report),
        "## Needs attention",
        _attention(report),
        "## Requirements by topic",
        *_topics(report),
        "## What could not be looked at",
        _unseen(report),
    )
    return ("\n\n".join(parts) + "\n").encode()


def _facts(report: GapReport) -> Iterator[str]:
    component = report.component
    terms = {
        "Team": component.team,
        "Kind": component.kind,
        "Criticality": component.criticality,
        "Catalog": f"{component.catalog}, revision {component.catalog_revision}",
        "AWS last looked at": words.moment(report.looked_at),
    }
    digest = [f"- Digest: `{report_digest(report)}`"]
    yield "\n".join(
        [*(f"- {name}: {inline(text)}" for name, text in terms.items() if text), *digest]
    )
    if component.catalog_notice:
        yield inline(component.catalog_notice)


def _counts(report: GapReport) -> str:
    groups = [(group.word, tally.number, tally.weight) for group, tally in report.counts.groups]
    total = report.counts.total
    return _table(
        ("standing", "requirements", "weight"),
        [*groups, ("all", total.number, total.weight)],
    )


def _attention(report: GapReport) -> str:
    if not report.attention:
        return "Nothing that was decided asks to be decided again."
    rows = [
        (line.standing.word, f"`{line.criterion}`", line.statement, line.weight, words.reason(line))
        for line in report.attention
    ]
    return _table(("standing", "criterion", "requirement", "weight", "why"), rows, escaped=(1,))


def _topics(report: GapReport) -> Iterator[str]:
    if not report.topics:
        yield "There are none yet."
    for topic in report.topics:
        yield f"### {inline(topic.name)}"
        for line in topic.requirements:
            yield from _requirement(line)
    if report.retired:
        yield "### Retired from the catalog"
        for line in report.retired:
            yield from _requirement(line)


def _requirement(line: RequirementLine) -> Iterator[str]:
    yield f"#### {inline(line.statement)}"
    owner = f", {inline(line.owner.name)}" if line.owner else ""
    says = words.reason(line) if line.standing.asks_again else words.term(line)
    where = f"**{line.standing.word}**, weight {line.weight}{owner} (`{line.criterion}`)."
    yield f"{where} {inline(says)}".rstrip()
    if line.proposal:
        outcome = words.OUTCOME_WORDS[Outcome(line.proposal.outcome)].lower()
        yield f"Proposed by {inline(line.proposal.decided_by.name)}, not approved yet: {outcome}."
    if line.drill:
        yield inline(words.rehearsed(line.drill))
    if line.decision:
        yield from _decision(line.decision)
    if line.checks:
        yield "\n".join(_check(check) for check in line.checks)


def _decision(decision: DecisionLine) -> Iterator[str]:
    risk = words.risk(decision)
    texts = {
        words.OUTCOME_WORDS[Outcome(decision.outcome)]: decision.reasoning,
        "Evidence": decision.evidence,
        f"Risk, {risk}" if risk else "Risk": decision.risk,
        "Mitigations": decision.mitigations,
        **{title: getattr(decision, name) for name, title in words.BESIDES.items()},
    }
    for title, text in texts.items():
        if text.strip():
            yield f"{inline(title)}:"
            yield quoted(text)
    if decision.ticket_url:
        yield f"Ticket: {inline(decision.ticket_url)}"
    inherited = f", inherited from {decision.inherited_from}" if decision.inherited_from else ""
    yield (
        f"Decided by {inline(decision.decided_by.name + inherited)}, "
        f"{words.day(decision.decided_at)}; entry {decision.number}, SHA-256 `{decision.digest}`."
    )


def _check(check: CheckLine) -> str:
    word = "could not look" if check.could_not_look else LIVE_WORDS[check.verdict]
    muted = ", muted" if check.muted else ""
    return f"- `{check.check.id}`: {word}{muted}. {inline(check.reason)}".rstrip()


def _unseen(report: GapReport) -> str:
    if not report.could_not_look:
        return "Nothing that was asked." if report.looked_at else "AWS has not been looked at."
    rows = [
        (f"`{check.check.id}`", words.day(check.unknown_since), check.reason)
        for check in report.could_not_look
    ]
    return _table(("check", "since", "why"), rows, escaped=(0,))


def _table(
    headings: Iterable[str], rows: Iterable[Iterable[object]], *, escaped: tuple[int, ...] = ()
) -> str:
    """Return a table; the cells of the columns `escaped` are Markdown already."""
    names = list(headings)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in rows:
        cells = [
            str(cell) if place in escaped else inline(str(cell)) for place, cell in enumerate(row)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
