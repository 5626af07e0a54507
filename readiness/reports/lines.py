"""The line of one requirement in a gap report, as HTML.

In Python and not in the template because a report has many: 74 of these take 2 ms, where the same
as a template took 20 (bench/).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from readiness.decisions.standing import LiveVerdict
from readiness.reports.gap_report import RequirementLine
from readiness.reports.words import day, reason, term

OOB = ' hx-swap-oob="true"'


def line_html(line: RequirementLine, *, href: str, expanded: bool, oob: bool) -> SafeString:
    """Return the line: standing, statement, weight, owner, decision, live state. One link.

    `oob` marks it as a replacement that htmx puts where the old one is.
    """
    standing = line.standing
    says = reason(line) if standing.asks_again else term(line)
    return mark_safe(  # noqa: S308 - whatever a person or AWS wrote went through escape
        f'<a class="line" id="line--{line.criterion}" href="{escape(href)}"'
        f'{OOB if oob else ""} aria-expanded="{"true" if expanded else "false"}">'
        f'<span class="standing {standing}"><svg class="glyph" aria-hidden="true">'
        f'<use href="#glyph-{standing}"/></svg>{standing.word}</span>'
        f'<span class="says">{escape(line.statement)}{_beneath(line)}</span>'
        f'<span class="weight" title="Weight {line.weight} of 5">w{line.weight}</span>'
        f'<span class="who">{_owner(line)}</span>'
        f'<span class="what">{escape(says)}{_inherited(line)}</span>'
        f'<span class="live">{_live(line) if line.checks else ""}</span></a>'
    )


def ago(moment: datetime) -> SafeString:
    """Return how long ago that was, with the moment itself in the title: "3 min ago"."""
    local = timezone.localtime(moment)
    title = f"{day(local)}, {local:%H:%M %Z}"
    return mark_safe(  # noqa: S308 - made of a time, and of nothing else
        f'<time datetime="{local.isoformat(timespec="seconds")}" title="{title}">'
        f"{_age(timezone.now() - moment, local)}</time>"
    )


def _age(age: timedelta, moment: datetime) -> str:
    seconds = int(age.total_seconds())
    if seconds < 60:
        return "just now"
    for below, size, unit in ((3600, 60, "min"), (86_400, 3600, "h"), (31 * 86_400, 86_400, "d")):
        if seconds < below:
            return f"{seconds // size} {unit} ago"
    return f"on {day(moment)}"


def _beneath(line: RequirementLine) -> str:
    proposed = ' <span class="tag proposed">proposed</span>' if line.proposal else ""
    if line.own:
        proposed += ' <span class="tag" title="Of this component only">own</span>'
    if not line.translated:
        return proposed if line.own else f'{proposed} <span class="tag">not translated yet</span>'
    outdated = " · translated from an older revision" if line.outdated else ""
    return f"{proposed}<small>{escape(line.title)}{outdated}</small>"


def _inherited(line: RequirementLine) -> str:
    if line.decision is None or not line.decision.inherited_from:
        return ""
    whose = escape(line.decision.inherited_from)
    return f' <span class="tag" title="From {whose}">inherited</span>'


def _owner(line: RequirementLine) -> str:
    if line.owner is None:
        return ""
    return f'<abbr title="Owner: {escape(line.owner.name)}">{escape(line.owner.initials)}</abbr>'


def _live(line: RequirementLine) -> str:
    """How many checks pass and how old the look is, or since when nobody could look."""
    counted = [check for check in line.checks if not check.muted]
    if not counted:
        return "muted"
    if since := line.could_not_look_since:
        return f'<span class="unknown">could not look</span> since {ago(since)}'
    if line.looked_at is None:
        return "not looked yet"
    passing = sum(check.verdict is LiveVerdict.PASS for check in counted)
    kind = "fail" if any(check.verdict is LiveVerdict.FAIL for check in counted) else "pass"
    return f'<b class="{kind}">live {passing}/{len(counted)}</b>, {ago(line.looked_at)}'
