"""What the pages of confidence rounds show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from readiness import access
from readiness.confidence.chart import answer_bar, answer_columns
from readiness.confidence.queries import (
    named_votes,
    progress_of,
    result_of_closed,
    rounds_of,
)
from readiness.confidence.rules import ANSWERS, FEWEST, Answers, Result, TopicAnswers
from readiness.htmx import UserRequest
from readiness.models import Component, ConfidenceRound, Role
from readiness.reports.words import brief, day
from readiness.trends.page import charts_of
from readiness.trends.queries import trend_of

YEAR = 365


@dataclass(frozen=True, slots=True)
class Entry:
    """A closed round in a list."""

    round: ConfidenceRound
    result: Result


def list_context(request: UserRequest, component: Component, now: datetime) -> dict[str, Any]:
    """Return the context of the page of a component's rounds, without the form."""
    rounds = list(rounds_of(component))
    current = next((each for each in rounds if each.is_open_at(now)), None)
    may_edit = component.role >= Role.EDITOR and component.archived_at is None
    return {
        "component": component,
        "current": current,
        "progress": progress_of(current) if current else None,
        "may_vote": current is not None
        and component.archived_at is None
        and access.is_member(request, component.team),
        "may_close": current is not None and access.may_close(request, current),
        "may_open": may_edit and current is None,
        "entries": [Entry(each, result_of_closed(each)) for each in rounds if each != current],
        "fewest": FEWEST,
        **charts_of(trend_of(component, days=YEAR, today=timezone.localdate(now))),
    }


def round_context(component: Component, found: ConfidenceRound) -> dict[str, Any]:
    """Return the context of the page of a closed round."""
    result = result_of_closed(found)
    may_edit = component.role >= Role.EDITOR and component.archived_at is None

    def with_link(sentence: str) -> tuple[str, str]:
        return sentence, _requiring(found, sentence) if may_edit and sentence else ""

    return {
        "component": component,
        "round": found,
        "result": result,
        "rows": _rows(result.overall) if result.overall else [],
        "topics": [(each, _columns(each)) for each in result.topics],
        "votes": [(vote, with_link(vote.sentence)) for vote in named_votes(found)],
        "sentences": [with_link(sentence) for sentence in result.sentences],
        "fewest": FEWEST,
    }


def _requiring(found: ConfidenceRound, sentence: str) -> str:
    """Return where a sentence becomes a requirement of the component; never with a name."""
    begins = {
        "title": brief(sentence, 150),
        "why": f"Said when people were asked how confident they are, {day(found.ended_at)}: "
        f"{sentence}",
    }
    return f"{reverse('own_criterion_create', args=[found.component.slug])}?{urlencode(begins)}"


def _rows(answers: Answers) -> list[tuple[int, str, SafeString, int]]:
    most = max(answers.counts)
    return [
        (answer, words, answer_bar(times, most), times)
        for (answer, words), times in zip(ANSWERS.items(), answers.counts, strict=True)
    ]


def _columns(topic: TopicAnswers) -> SafeString | None:
    return answer_columns(topic.answers) if topic.answers else None
