"""Reads of confidence rounds. Nothing here tells of an open one but how many have voted, and to
each voter the own vote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Window
from django.utils.crypto import salted_hmac

from readiness.confidence.rules import (
    Confidence,
    Latest,
    Result,
    Vote,
    from_json,
    result_of,
    rounded,
)
from readiness.models import Component, ConfidenceRound, ConfidenceVote, Membership, User


def latest_confidence(component_ids: Collection[int]) -> dict[int, Latest]:
    """Return the newest closed round of each component, by its primary key; components that were
    never asked are left out. One query."""
    closed = ConfidenceRound.objects.filter(component=OuterRef("pk"), result__isnull=False)
    newest = closed.order_by("-closed_at", "-pk").values("pk")[:1]
    components = Component.objects.filter(pk__in=component_ids).order_by()
    rows = ConfidenceRound.objects.filter(
        pk__in=components.annotate(newest=Subquery(newest)).values("newest")
    ).order_by()
    return {
        component: Latest(question, closed_at, voters, mean, spread)
        for component, question, closed_at, voters, mean, spread in rows.values_list(
            "component_id",
            "question",
            "closed_at",
            "result__voters",
            "result__mean",
            "result__spread",
        )
        if closed_at
    }


def rounds_of(component: Component) -> QuerySet[ConfidenceRound]:
    """Return the rounds of a component, the newest first."""
    return component.confidence_rounds.select_related("opened_by", "closed_by")


def closed_rounds(component: Component, now: datetime) -> QuerySet[ConfidenceRound]:
    """Return those that people may see the result of, the newest first, written or not."""
    over = Q(closed_at__isnull=False) | Q(closes_at__lte=now)
    return rounds_of(component).filter(over)


def confidence_at(component: Component, now: datetime) -> Confidence | None:
    """Return what the newest closed round says; None where nobody asked. One query, and a few more
    in the minute in which its time is up."""
    rounds = closed_rounds(component, now).select_related(None)
    found = rounds.annotate(number=Window(Count("pk"))).first()
    if found is None:
        return None
    result = result_of_closed(found)
    overall = result.overall
    return Confidence(
        question=found.question,
        closed_at=found.ended_at,
        voters=result.voters,
        members=result.members,
        mean=rounded(overall.mean) if overall else None,
        spread=rounded(overall.spread) if overall else None,
        rounds=found.number,
    )


def result_of_closed(found: ConfidenceRound) -> Result:
    """Return what may be shown of a round whose time is up, written or not."""
    return from_json(found.result) if found.result else computed(found)


def computed(found: ConfidenceRound) -> Result:
    """Return the result of the votes as they are now. Three queries."""
    rows = found.votes.values_list("overall", "by_topic", "sentence")
    return result_of(
        [Vote(*row) for row in rows],
        list(found.topics.values_list("slug", "name")),
        members=members_of(found.component).count(),
        is_named=found.is_named,
    )


def members_of(component: Component) -> QuerySet[Membership]:
    """Return who may vote."""
    return Membership.objects.filter(team=component.team_id, user__is_active=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """All that anybody sees of the votes while a round is open."""

    voted: int
    members: int


def progress_of(opened: ConfidenceRound) -> Progress:
    """Return how many have voted, of how many: those who voted and left the team count in both."""
    voted = opened.votes.count()
    return Progress(voted, max(voted, members_of(opened.component).count()))


def mark_of(opened: ConfidenceRound, user: User) -> str:
    """Return by what the vote of somebody is found while a round is open, and only then."""
    return salted_hmac(f"confidence {opened.salt}", str(user.pk), algorithm="sha256").hexdigest()


def own_vote(opened: ConfidenceRound, user: User) -> ConfidenceVote | None:
    """Return what `user` answered in an open round; None for nothing yet."""
    return opened.votes.filter(mark=mark_of(opened, user)).first()


def rounds_waiting(user: User, now: datetime) -> list[ConfidenceRound]:
    """Return the open rounds in which `user` is asked and has not answered, the first to close
    first. One query, and one more where any is open."""
    asked = list(
        ConfidenceRound.objects.filter(
            component__team__memberships__user=user,
            component__archived_at__isnull=True,
            closed_at__isnull=True,
            closes_at__gt=now,
        )
        .select_related("component", "opened_by")
        .order_by("closes_at", "pk")
    )
    marks = {mark_of(each, user): each for each in asked}
    own = ConfidenceVote.objects.filter(round__in=asked, mark__in=marks)
    answered = set(own.values_list("mark", flat=True)) if marks else set()
    return [each for mark, each in marks.items() if mark not in answered]


def named_votes(found: ConfidenceRound) -> QuerySet[ConfidenceVote]:
    """Return the votes of a closed round that said beforehand that names are shown."""
    votes = found.votes.filter(round__is_named=True, voter__isnull=False)
    return votes.select_related("voter").order_by("voter__first_name", "voter__username")
