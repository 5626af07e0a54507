"""A requirement in the PDF of a gap report: its decision as prose, its live checks in words. Pure.

People and AWS wrote what stands here: it is text to be escaped, or markdown that was cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape

from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.live import CheckLine
from readiness.decisions.standing import LiveVerdict
from readiness.markdown import render_markdown
from readiness.models.catalog import Outcome
from readiness.models.decisions import Effort
from readiness.reports import facts, words
from readiness.reports.gap_report import DecisionLine, RequirementLine

LIVE_WORDS = {
    LiveVerdict.PASS: "passes",
    LiveVerdict.FAIL: "fails",
    LiveVerdict.UNKNOWN: "not looked at yet",
    LiveVerdict.NO_CHECK: "does not apply",
}
# Of one check. AWS may list thousands of things; the page in the browser shows them all.
MAX_FACTS = 4000
# Characters. A longer requirement may go over to the next page; kept whole it would leave this one
# half empty.
MAX_WHOLE = 400
# A word that a line cannot hold.
_LONG_WORD = re.compile(r"\S{40}")


@dataclass(frozen=True, slots=True)
class Look:
    """One live check in words."""

    css: str
    word: str
    said: str
    facts: str

    @property
    def facts_in_a_row(self) -> str:
        """As paper has them: a line each would take half a page of what no line needs."""
        return self.facts.replace("\n", " \N{MIDDLE DOT} ")


@dataclass(frozen=True, slots=True)
class Block:
    """One requirement, its decision as prose."""

    line: RequirementLine
    # Its title, where the statement is another, its weight and its owner.
    about: str
    outcome: str
    decided: str
    prose: SafeString
    notes: str
    looks: tuple[Look, ...]
    css: str


def block(line: RequirementLine, today: date) -> Block:
    """Return a requirement as the report shows it."""
    decision = line.decision
    prose = _prose(decision) if decision else mark_safe("")
    looks = tuple(_looks(line.checks, today))
    return Block(
        line=line,
        about=_about(line),
        outcome=f"{words.OUTCOME_WORDS[Outcome(decision.outcome)]}." if decision else "",
        decided=_decided(decision) if decision else "",
        prose=prose,
        notes=" ".join(_notes(line)),
        looks=looks,
        css=_css(line, strip_tags(prose), looks),
    )


def _about(line: RequirementLine) -> str:
    said = [
        "own criterion" if line.own else "",
        f"weight {line.weight}",
        words.brief(line.owner.name, 40) if line.owner else "",
    ]
    kept_together = [each.replace(" ", "\N{NO-BREAK SPACE}") for each in said if each]
    return " \N{MIDDLE DOT} ".join([line.title, *kept_together][not line.translated :])


def _css(line: RequirementLine, prose: str, looks: tuple[Look, ...]) -> str:
    length = len(prose) + sum(len(look.said) + len(look.facts) for look in looks)
    classes = {
        "breaks-words": _LONG_WORD.search(f"{line.statement} {line.title} {prose}"),
        "long": length > MAX_WHOLE,
    }
    return " ".join(name for name, wanted in classes.items() if wanted)


def _decided(decision: DecisionLine) -> str:
    parts = [f"Decided on {words.day(decision.decided_at)} by {decision.decided_by.name}"]
    if decision.due_date:
        parts.append(f"to be there by {words.day(decision.due_date)}")
    if decision.revisit_date:
        parts.append(f"to be revisited by {words.day(decision.revisit_date)}")
    said = f"{', '.join(parts)}."
    if decision.owner:
        said += f" {decision.owner.name} sees to it."
    if decision.effort in Effort.values:
        said += f" Effort {Effort(decision.effort).label.lower()}."
    return said


def _prose(decision: DecisionLine) -> SafeString:
    """Return what was said, each text under its name; the reasoning needs none."""
    risk, remains = words.risk(decision), words.remaining_risk(decision)
    texts = [
        ("", decision.reasoning),
        ("Evidence", decision.evidence),
        (f"Risk, {risk}" if risk else "Risk", decision.risk),
        (
            f"Mitigations; what remains, {remains}" if remains else "Mitigations",
            decision.mitigations,
        ),
        *((title, getattr(decision, name)) for name, title in words.BESIDES.items()),
        ("Ticket", f"<{decision.ticket_url}>" if decision.ticket_url else ""),
    ]
    html = "".join(_markdown(text, title) for title, text in texts if text.strip())
    return mark_safe(html)  # noqa: S308 - render_markdown has cleaned each


def _notes(line: RequirementLine) -> Iterator[str]:
    """Yield what keeps the decision from being about the requirement as it reads now, and whether
    somebody rehearsed it."""
    if not line.translated and not line.own:
        yield "Not translated to this component yet: this is the criterion itself."
    if line.outdated:
        yield "Translated from an older revision of the criterion."
    if line.proposal:
        outcome = words.OUTCOME_WORDS[Outcome(line.proposal.outcome)]
        on = words.day(line.proposal.decided_at)
        who = line.proposal.decided_by.name
        yield f"Proposed by {who} on {on}, not approved yet: {outcome.lower()}."
    if line.drill:
        yield words.rehearsed(line.drill)
    decision = line.decision
    if decision and decision.inherited_from:
        yield f"Inherited from the platform {decision.inherited_from}, whose decision this is."
        if decision.platform_archived:
            yield "That platform is archived; its decision stays in force."
        return
    if decision and decision.criterion_revision < line.criterion_revision:
        yield f"Decided on revision {decision.criterion_revision} of the criterion."
    if decision and decision.statement and decision.statement != line.statement:
        yield f"Decided when it read: \u201c{words.brief(decision.statement)}\u201d"


_ANCHOR = re.compile(r'<a((?: [a-z]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
_ADDRESS = re.compile(r' href="((?:https?://|mailto:)[^"]*)"')
_HEADING = re.compile(r"<(/?)h[1-6]>")


def _markdown(text: str, title: str = "") -> str:
    """Return markdown as HTML for paper: its headings are none of the report's, and a link shows
    where it leads."""
    html = _HEADING.sub(r"<\1p>", render_markdown(text).strip())
    if "<a" in html:
        html = _ANCHOR.sub(_readable_link, html)
    if not title:
        return html
    lead = format_html("<p><b>{}.</b> ", title)
    return lead + html[3:] if html.startswith("<p>") else f"{lead}</p>{html}"


def _readable_link(found: re.Match[str]) -> str:
    attributes, inside = found.groups()
    address = _ADDRESS.search(attributes)
    if address is None:
        return inside
    shown = address[1].removeprefix("mailto:")
    leads_to = "" if shown in inside else f" ({shown})"
    rel = "noopener noreferrer nofollow"
    return f'<a href="{address[1]}" rel="{rel}">{inside}{leads_to}</a>'


def plain(text: str) -> str:
    """Return the beginning of a markdown text without its marks."""
    return words.brief(unescape(strip_tags(render_markdown(text))), 400)


def _looks(checks: Iterable[CheckLine], today: date) -> Iterator[Look]:
    """Yield the checks of a requirement in words; those seen at one time say so once."""
    said = ""
    for check in checks:
        when = "" if check.could_not_look else _when(check, today)
        yield look(check, today, when if when != said else "")
        said = when or said


def look(check: CheckLine, today: date, when: str = "") -> Look:
    """Return a live check in words: what it says, `when` that was, and on what facts."""
    word = LIVE_WORDS[check.verdict]
    if check.could_not_look:
        return Look("unknown", "could not look", _blind_words(check), "")
    said = f"{check.reason}{when}"
    if check.muted:
        said += " Muted: it goes on looking, but does not move this requirement."
    return Look(check.verdict.value, word, said or check.check.title, _facts(check))


def _blind_words(check: CheckLine) -> str:
    why = check.reason.removeprefix("Could not look: ")
    said = f"since {words.day(check.unknown_since)}: {why}"
    if check.known_at is None:
        return f"{said} Nothing is known from before."
    known = "passed" if check.known_status == "pass" else "failed"
    return f"{said} Last known: it {known} on {words.day(check.known_at)}. {check.known_reason}"


def _when(check: CheckLine, today: date) -> str:
    if check.checked_at is None:
        return ""
    how = "Recorded" if check.from_recording else "Looked at"
    days = (today - timezone.localdate(check.checked_at)).days
    age = f", {days} day{'s' if days > 1 else ''} before this report" if days > 0 else ""
    return f" {how} on {moment(check.checked_at)}{age}."


def _facts(check: CheckLine) -> str:
    text = "\n".join(facts.lines(check.observed or {}))
    return text if len(text) <= MAX_FACTS else f"{text[:MAX_FACTS]}\N{HORIZONTAL ELLIPSIS}"


def moment(value: datetime) -> str:
    """Return "12 March 2026 at 14:03 UTC", where the users are."""
    local = timezone.localtime(value)
    return f"{words.day(local)} at {local:%H:%M %Z}"
