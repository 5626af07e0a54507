"""Tags and filters of every template (settings.TEMPLATES names them as builtins)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from readiness.aws.connection_test import Report
from readiness.aws.errors import UNKNOWN
from readiness.aws.history import COULD_NOT_LOOK, word
from readiness.checks.matrix import Mark
from readiness.components.error_budget import duration_words
from readiness.confidence.rules import Confidence
from readiness.decisions.live import CheckLine
from readiness.decisions.risk import Matrix, matrix_from
from readiness.decisions.standing import Group, LiveVerdict, Standing
from readiness.decisions.triggers import triggers_from
from readiness.markdown import render_markdown
from readiness.models import Comment, Decision, Outcome
from readiness.operations import paper
from readiness.reports import charts, facts, lines, words
from readiness.reports.counts import Counts
from readiness.reports.gap_report import RequirementLine
from readiness.trends.sparkline import sparkline

register = template.Library()


@register.simple_tag
def glyph(standing: Standing | str) -> SafeString:
    """The mark of a standing, from the page's sprite."""
    return format_html(
        '<svg class="glyph" aria-hidden="true"><use href="#glyph-{}"/></svg>', str(standing)
    )


@register.simple_tag
def sprite() -> SafeString:
    return charts.sprite()


@register.simple_tag
def bar(counts: Counts, by: str = "number", height: int = 14) -> SafeString:
    return charts.bar(counts, by=by, height=height)


@register.simple_tag
def spark(points: Sequence[tuple[int, float]]) -> SafeString | str:
    return sparkline(points)


@register.simple_tag
def swatch(group: Group) -> SafeString:
    return charts.swatch(group)


@register.filter
def markdown(text: str) -> SafeString:
    return render_markdown(text)


@register.filter
def printed(text: str) -> SafeString:
    """Markdown in a table on paper: links say where they lead."""
    return paper.printed(text)


@register.filter
def comment_text(comment: Comment) -> SafeString:
    """What a comment says; the people whom it reached stand out."""
    names = (f"@{person.username}" for person in comment.mentions.all())
    return render_markdown(comment.text, tuple(names))


@register.filter
def item(values: Mapping[str, Any], key: str) -> Any:
    """What a mapping has under a key that a variable names; None for nothing."""
    return values.get(key)


@register.filter
def day(value: date | datetime | None) -> str:
    return words.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    return words.moment(value)


@register.filter
def brief(text: str, length: int = 150) -> str:
    return words.brief(text, length)


@register.filter
def reason(line: RequirementLine) -> str:
    return words.reason(line)


@register.filter
def confident(said: Confidence) -> str:
    return words.confident(said)


@register.filter
def term(line: RequirementLine) -> str:
    return words.term(line)


@register.filter
def outcome_words(outcome: str) -> str:
    return words.OUTCOME_WORDS[Outcome(outcome)]


@register.filter
def duration(value: timedelta) -> str:
    return duration_words(value)


@register.filter
def clock(value: timedelta) -> str:
    """A duration as a stopwatch shows it: "4:09", "1:02:03"."""
    minutes, seconds = divmod(value // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def number(value: Decimal) -> str:
    """A decimal as people write it: "100", "2.5"."""
    return f"{value.normalize():f}"


@register.filter
def percent(value: Any) -> str:
    """99.9900 as "99.99 %": no zeros that nobody typed."""
    text = f"{value:f}".rstrip("0").rstrip(".") if value is not None else ""
    return f"{text}\N{NO-BREAK SPACE}%" if text else ""


@register.simple_tag(takes_context=True)
def requirement_line(context: Context, line: RequirementLine, oob: bool = False) -> SafeString:
    """The one-line link of a requirement; the page's context says which row is open."""
    expanded = line.criterion == context["open"]
    query = context["closed_query"] if expanded else context["query"]
    href = f"{context['base']}requirements/{line.criterion}/{query}"
    return lines.line_html(line, href=href, expanded=expanded, oob=oob)


VERDICT_WORDS = {
    LiveVerdict.PASS: "passes",
    LiveVerdict.FAIL: "fails",
    LiveVerdict.UNKNOWN: "unknown",
    LiveVerdict.NO_CHECK: "does not apply",
}


# A check's word by the glyph of the standing that says the same; "" has not been looked at.
VERDICT_GLYPHS = {
    "pass": Standing.VERIFIED,
    "fail": Standing.CONTRADICTED,
    "not_applicable": Standing.NOT_APPLICABLE,
    "could_not_look": "blind",
    "": Standing.UNDECIDED,
}


REGION_GLYPHS = {
    Mark.GOOD: Standing.VERIFIED,
    Mark.WRONG: Standing.CONTRADICTED,
    Mark.BLIND: "blind",
    Mark.NOTHING: Standing.NOT_APPLICABLE,
    Mark.SEEN: Standing.GAP,
}


@register.simple_tag
def verdict_mark(status: str | None) -> SafeString:
    """The mark of what a check said; the word beside it says the same."""
    return glyph(VERDICT_GLYPHS[word(status or "")])


@register.simple_tag
def region_mark(mark: Mark) -> SafeString:
    """The mark of what a region says to a check."""
    return glyph(REGION_GLYPHS[mark])


@register.filter
def verdict_word(check: CheckLine) -> str:
    return VERDICT_WORDS[check.verdict]


@register.filter
def status_words(status: str) -> str:
    """A check's status in words: "pass", "could not look: not authorised"."""
    words = status.replace("_", " ")
    return f"could not look: {words}" if status in UNKNOWN else words


@register.filter
def verdict_class(status: str) -> str:
    return "unknown" if word(status) == COULD_NOT_LOOK else status


@register.filter
def verdict_tone(kind: str) -> str:
    """The class of a verdict on a milestone: that of a check which says the like."""
    return {"go": "pass", "conditions": "unknown", "no_go": "fail"}[kind]


@register.filter
def provenance(source: str) -> str:
    """Where a translation comes from, in words."""
    return {
        "article": "stated in the article",
        "inferred": "our inference",
        "vendor-docs": "vendor documentation",
    }.get(source, source)


@register.filter
def risk_words(content: Any) -> str:
    """A refusal's risk in words: "high: likely, major"; takes a decision or a suggestion."""
    return words.risk(content)


@register.filter
def remaining_risk(decision: Any) -> str:
    """What remains of a risk after the mitigations, in words."""
    return words.remaining_risk(decision)


@register.filter
def risk_matrix(text: str) -> Matrix:
    """A version of the risk matrix, from its text."""
    return matrix_from(text)


@register.filter
def trigger_words(decision: Any) -> list[str]:
    """When a decision comes back before its date, a few words each."""
    return [trigger.words for trigger in triggers_from(decision.triggers)]


@register.filter
def said_besides(content: Any) -> list[tuple[str, str]]:
    """The optional texts of a decision or suggestion that say something, with their titles."""
    return [
        (title, text) for name, title in words.BESIDES.items() if (text := getattr(content, name))
    ]


@register.filter
def frozen_checks(decision: Decision) -> list[dict[str, Any]]:
    """The live facts that an entry of the ledger was decided on."""
    return list(json.loads(decision.facts)["checks"])


@register.filter
def facts_table(observed: Mapping[str, Any]) -> SafeString:
    """Observed facts as small tables: one for what has rows, one for the rest."""
    return facts.tables(observed)


@register.simple_tag
def field_widget(field: BoundField, line: RequirementLine | None = None) -> SafeString:
    """A field's widget, told to a screen reader what is wrong with it; its id is unique per row."""
    key = f"{field.id_for_label}-{line.id}" if line else field.id_for_label
    said = [f"{key}-help"] if field.help_text else []
    attrs: dict[str, Any] = {"id": key}
    if field.errors:
        attrs["aria-invalid"] = "true"
        said.append(f"{key}-error")
    if said:
        attrs["aria-describedby"] = " ".join(said)
    return field.as_widget(attrs=attrs)


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    return "never" if value is None else lines.ago(value)


@register.filter
def sized(number: int, noun: str) -> str:
    """A number with its noun: "1 check", "3 checks"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@register.filter
def test_class(report: Report) -> str:
    """How a test of a connection went, as the class of a verdict."""
    if report.problem or report.missing:
        return "fail"
    return "unknown" if report.failed else "pass"


@register.filter
def indented_json(value: Any) -> str:
    return json.dumps(value, indent=2)
