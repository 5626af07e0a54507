"""Reads of milestones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, QuerySet

from readiness.decisions.standing import Standing
from readiness.milestones.digest import Terms, closing_digest, milestone_digest, verdict_digest
from readiness.milestones.sharing import secret_digest
from readiness.models import (
    Component,
    Milestone,
    MilestoneCondition,
    MilestoneShare,
    MilestoneVerdict,
    ShareView,
    VerdictKind,
)
from readiness.reports.counts import Counts, Tally

VIEWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """A milestone as lists show it, without reading the report."""

    milestone: Milestone
    counts: Counts
    verdict: MilestoneVerdict | None
    second: MilestoneVerdict | None
    conditions: list[MilestoneCondition]

    def open_conditions(self) -> list[MilestoneCondition]:
        return [each for each in self.conditions if not hasattr(each, "closing")]

    def overdue(self, today: date) -> list[MilestoneCondition]:
        """The open conditions whose day has passed."""
        return [each for each in self.open_conditions() if each.due_date < today]


def milestones_of(component: Component) -> QuerySet[Milestone]:
    """Return the milestones of a component, the newest first, without their reports.

    Three queries, with the verdicts and the conditions.
    """
    conditions = MilestoneCondition.objects.select_related("owner", "closing__by")
    verdicts = MilestoneVerdict.objects.select_related("by").prefetch_related(
        Prefetch("conditions", conditions)
    )
    return (
        component.milestones.select_related("made_by")
        .defer("frozen")
        .prefetch_related(Prefetch("verdicts", verdicts))
    )


def entry(milestone: Milestone) -> Entry:
    """Return a milestone of milestones_of for a list."""
    verdicts = {verdict.number: verdict for verdict in milestone.verdicts.all()}
    first = verdicts.get(1)
    return Entry(
        milestone=milestone,
        counts=Counts((Standing(name), Tally(*said)) for name, said in milestone.counts.items()),
        verdict=first,
        second=verdicts.get(2),
        conditions=list(first.conditions.all()) if first else [],
    )


def open_share(secret: str, now: datetime) -> MilestoneShare | None:
    """Return the link that a secret opens, with its milestone; None when it opens none."""
    if not settings.SHARING:
        return None
    found = MilestoneShare.objects.filter(revoked_at=None, expires_at__gt=now)
    found = found.select_related("milestone__component", "milestone__made_by")
    return found.filter(digest=secret_digest(secret)).first()


def shares_of(milestone: Milestone) -> QuerySet[MilestoneShare]:
    """Return the links to a milestone, each with `used`, how often, and `last_used`. One query."""
    found = MilestoneShare.objects.filter(milestone=milestone).select_related("created_by")
    return found.annotate(used=Count("views"), last_used=Max("views__at"))


def last_views(milestone: Milestone) -> QuerySet[ShareView]:
    """Return the newest uses of the links to a milestone. One query."""
    found = ShareView.objects.filter(share__milestone=milestone)
    return found.select_related("share__created_by")[:VIEWS_SHOWN]


@dataclass(frozen=True, slots=True)
class Broken:
    where: str
    problem: str


def last_go(component: Component) -> datetime | None:
    """Return when the newest milestone that anybody judged was frozen, if nobody said no-go to it;
    else None."""
    judged = Exists(MilestoneVerdict.objects.filter(milestone=OuterRef("pk")))
    found = component.milestones.filter(judged).defer("frozen")
    newest = found.prefetch_related("verdicts").first()
    if newest is None or any(v.kind == VerdictKind.NO_GO for v in newest.verdicts.all()):
        return None
    return newest.made_at


def broken_milestones() -> Iterator[Broken]:
    """Yield everything about milestones that is not as it was written. One report at a time."""
    conditions = MilestoneCondition.objects.select_related("closing").order_by("pk")  # as digested
    verdicts = MilestoneVerdict.objects.prefetch_related(Prefetch("conditions", conditions))
    found = Milestone.objects.select_related("component").order_by("pk")
    for milestone in found.prefetch_related(Prefetch("verdicts", verdicts)).iterator(20):
        where = f"{milestone.component.slug}, {milestone.name}"
        if milestone.digest != milestone_digest(milestone):
            yield Broken(where, "the milestone was changed after it was written")
        yield from _broken_verdicts(milestone, where)


def _broken_verdicts(milestone: Milestone, where: str) -> Iterator[Broken]:
    previous = ""
    for place, verdict in enumerate(milestone.verdicts.all(), start=1):
        verdict.milestone = milestone
        if verdict.number != place:
            yield Broken(where, "a verdict is missing")
        conditions = list(verdict.conditions.all())
        terms = [Terms(each.text, each.owner_id, each.due_date) for each in conditions]
        if verdict.digest != verdict_digest(verdict, terms, previous):
            yield Broken(where, f"verdict {verdict.number} was changed after it was written")
        previous = verdict.digest
        for condition in conditions:
            condition.verdict = verdict
            closing = getattr(condition, "closing", None)
            if closing and closing.digest != closing_digest(closing):
                yield Broken(where, f"the closing of \u201c{condition.text}\u201d was changed")
