"""Writes to confidence rounds.

A round whose time is up counts as closed from that moment on; whatever is done with it next, or the
schedule, closes it for good.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from readiness.confidence.queries import computed, mark_of
from readiness.confidence.rules import ANSWERS, as_json
from readiness.models import Component, ConfidenceRound, ConfidenceVote, Topic, User


class RoundOpen(Exception):
    """A component has one open round at a time; the message says which."""


class RoundClosed(Exception):
    """Nobody votes in a closed round, and nobody closes it again."""


def open_round(
    *,
    component: Component,
    question: str,
    topics: Collection[Topic],
    is_named: bool,
    closes_at: datetime,
    by: User,
    now: datetime,
) -> ConfidenceRound:
    """Ask the team, overall and by topic; what is said here never changes. Raises RoundOpen."""
    close_due(component.confidence_rounds.all(), now=now)
    try:
        with transaction.atomic():
            opened = ConfidenceRound.objects.create(
                component=component,
                question=question,
                is_named=is_named,
                opened_by=by,
                opened_at=now,
                closes_at=closes_at,
                salt=secrets.token_hex(32),
            )
            opened.topics.set(topics)
    except IntegrityError:
        raise RoundOpen(_other(component)) from None
    return opened


def _other(component: Component) -> str:
    rounds = component.confidence_rounds.select_related("opened_by")
    other = rounds.filter(closed_at__isnull=True).first()
    if other is None:
        return "Somebody else opened a round at the same moment."
    return f"{other.opened_by.name} has a round open: {other.question} One at a time."


def vote(
    *,
    opened: ConfidenceRound,
    by: User,
    overall: int,
    by_topic: Mapping[str, int],
    sentence: str,
    now: datetime,
) -> None:
    """Keep what `by` answers, in the place of what was answered before; topics are named by slug.

    Raises RoundClosed, and ValueError for an answer or a topic that the round does not have.
    """
    said = {"overall": overall, "by_topic": dict(by_topic), "sentence": sentence}
    with transaction.atomic():
        current = _locked(opened)
        if is_open := current.is_open_at(now):
            asked = set(current.topics.values_list("slug", flat=True))
            if not {overall, *by_topic.values()} <= set(ANSWERS) or not set(by_topic) <= asked:
                raise ValueError("The round has no such answer.")
            mark = mark_of(current, by)
            # Not update_or_create: without a save there is no row that remembers what it was.
            if not current.votes.filter(mark=mark).update(**said):
                voter = by if current.is_named else None
                ConfidenceVote.objects.create(round=current, mark=mark, voter=voter, **said)
        elif current.closed_at is None:
            _close(current, at=current.closes_at, by=None)
    if not is_open:
        raise RoundClosed


def close_round(*, opened: ConfidenceRound, by: User, now: datetime) -> None:
    """End a round before its time. Raises RoundClosed when it has ended."""
    with transaction.atomic():
        current = _locked(opened)
        if is_open := current.is_open_at(now):
            _close(current, at=now, by=by)
        elif current.closed_at is None:
            _close(current, at=current.closes_at, by=None)
    if not is_open:
        raise RoundClosed("This round was closed already.")


def close_due_rounds() -> None:
    """Close for good what had its time; a schedule calls it each minute."""
    close_due(ConfidenceRound.objects.all(), now=timezone.now())


def close_due(rounds: QuerySet[ConfidenceRound], *, now: datetime) -> int:
    """Close for good those of `rounds` whose time is up. Returns how many."""
    number = 0
    for each in rounds.filter(closed_at__isnull=True, closes_at__lte=now):
        with transaction.atomic():
            current = _locked(each)
            if current.closed_at is None:
                _close(current, at=current.closes_at, by=None)
                number += 1
    return number


def _locked(found: ConfidenceRound) -> ConfidenceRound:
    """Return the round as it is, which nobody else writes to until this transaction ends."""
    return ConfidenceRound.objects.select_for_update(no_key=True).get(pk=found.pk)


def _close(current: ConfidenceRound, *, at: datetime, by: User | None) -> None:
    """Write the result, and forget whose vote is whose, unless names were agreed."""
    current.result = as_json(computed(current))
    current.closed_at, current.closed_by, current.salt = at, by, ""
    current.save(update_fields=["result", "closed_at", "closed_by", "salt"])
    if not current.is_named:
        _shuffle(current)


def _shuffle(current: ConfidenceRound) -> None:
    """Write the votes anew under other marks: a database keeps its rows in the order in which they
    came, and that tells who voted when."""
    votes = list(current.votes.all())
    random.SystemRandom().shuffle(votes)
    current.votes.all().delete()
    ConfidenceVote.objects.bulk_create(
        ConfidenceVote(
            round=current,
            mark=secrets.token_hex(32),
            overall=each.overall,
            by_topic=each.by_topic,
            sentence=each.sentence,
        )
        for each in votes
    )
