"""What the pages of milestones show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from readiness.htmx import UserRequest
from readiness.milestones.compare import Comparison, Move, Way
from readiness.milestones.frozen import thaw
from readiness.milestones.queries import Entry, entry, last_views, milestones_of, shares_of
from readiness.models import Component, Milestone, Role
from readiness.reports.counts import Counts
from readiness.reports.formats import FORMATS
from readiness.reports.pdf_block import Block, block
from readiness.reports.pdf_content import verdict_words


def may(component: Component, role: Role) -> bool:
    """Whether the user may do what needs the role, on a component that can be changed."""
    return component.role >= role and component.archived_at is None


def list_context(component: Component, now: datetime) -> dict[str, Any]:
    """Return the context of milestones/milestone_list.html. Three queries."""
    today = timezone.localdate(now)
    entries = [entry(each) for each in milestones_of(component)]
    return {
        "component": component,
        "entries": [(each, each.open_conditions(), each.overdue(today)) for each in entries],
        "may_edit": may(component, Role.EDITOR),
    }


def detail_context(request: UserRequest, milestone: Milestone, now: datetime) -> dict[str, Any]:
    """Return the context of milestones/milestone_detail.html, but for its forms."""
    component = milestone.component
    shown = shown_context(milestone, now)
    found, approves = shown["entry"], may(component, Role.APPROVER)
    return shown | {
        "same_version": milestone.version == settings.VERSION,
        "version": settings.VERSION,
        "formats": FORMATS.values(),
        "may_edit": may(component, Role.EDITOR),
        "may_judge": approves and found.verdict is None,
        "may_sign": approves and _may_sign(found, request),
        **_shares(milestone, now),
    }


def _shares(milestone: Milestone, now: datetime) -> dict[str, Any]:
    """Who made links, and who used them, is for approvers."""
    if milestone.component.role < Role.APPROVER:
        return {}
    shares = list(shares_of(milestone))
    return {
        "sees_shares": True,
        "sharing": settings.SHARING,
        "may_share": settings.SHARING and may(milestone.component, Role.APPROVER),
        "shares": shares,
        "share_views": last_views(milestone) if shares else [],
        "now": now,
    }


def shown_context(milestone: Milestone, now: datetime) -> dict[str, Any]:
    """Return what a milestone shows to whoever sees it. Three queries."""
    component = milestone.component
    found = entry(milestones_of(component).get(pk=milestone.pk))
    report = thaw(milestone.frozen)
    return {
        "component": component,
        "milestone": milestone,
        "entry": found,
        "report": report,
        "says": verdict_words(report.counts),
        "topics": [
            (topic.name, topic.counts, [block(line, report.today) for line in topic.requirements])
            for topic in report.topics
        ],
        "retired": _blocks(report.retired, report.today),
        "today": timezone.localdate(now),
    }


def _may_sign(found: Entry, request: UserRequest) -> bool:
    verdict = found.verdict
    return verdict is not None and found.second is None and verdict.by_id != request.user.pk


def _blocks(lines: Any, today: date) -> list[Block]:
    return [block(line, today) for line in lines]


SHOWN = {
    "moved": "All that changed",
    "worse": "Worse",
    "better": "Better",
    "changed": "Changed",
    "new": "New and gone",
    "all": "Everything",
}
_WAYS = {
    "moved": set(Way) - {Way.SAME},
    "worse": {Way.WORSE},
    "better": {Way.BETTER},
    "changed": {Way.CHANGED},
    "new": {Way.NEW, Way.GONE},
    "all": set(Way),
}


@dataclass(frozen=True, slots=True)
class CompareFilter:
    """Which rows of a comparison a person wants to see; it lives in the address."""

    show: str = "moved"
    topic: str = ""
    text: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> CompareFilter:
        show = query.get("show", "")
        return cls(
            show=show if show in SHOWN else "moved",
            topic=query.get("topic", ""),
            text=query.get("text", "").strip()[:200],
        )

    def __bool__(self) -> bool:
        return self != CompareFilter()

    def wants(self, move: Move) -> bool:
        line = move.line
        haystack = f"{line.criterion} {line.title} {line.statement}".casefold()
        return (
            move.way in _WAYS[self.show]
            and (not self.topic or line.topic == self.topic)
            and all(word in haystack for word in self.text.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared."""

    key: str
    name: str
    on: date
    counts: Counts


def compare_context(
    comparison: Comparison, sides: tuple[Side, Side], query: QueryDict
) -> dict[str, Any]:
    """Return what a comparison shows of its rows."""
    wanted = CompareFilter.from_query(query)
    before, after = sides
    return {
        "comparison": comparison,
        "sides": sides,
        "moves": [move for move in comparison.moves if wanted.wants(move)],
        "wanted": wanted,
        "shown": list(SHOWN.items()),
        "everything": f"?{urlencode({'from': before.key, 'to': after.key, 'show': 'all'})}",
        "other_way": f"?{urlencode({'from': after.key, 'to': before.key})}",
    }
