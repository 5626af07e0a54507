"""Writes to the criteria that teams propose for the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from readiness.models import Component, Criterion, CriterionProposal, Incident, User


class AlreadyProposed(Exception):
    """The same waits for an answer; `waiting` is that proposal."""

    def __init__(self, waiting: CriterionProposal) -> None:
        super().__init__("This was proposed already, and waits for an answer.")
        self.waiting = waiting


class AlreadyAnswered(Exception):
    """Somebody else answered it in the meantime; `current` is the proposal with that answer."""

    def __init__(self, current: CriterionProposal) -> None:
        super().__init__("Somebody else answered this in the meantime.")
        self.current = current


@transaction.atomic
def propose_criterion(
    *,
    component: Component,
    values: Mapping[str, Any],
    criterion: Criterion | None = None,
    incident: Incident | None = None,
    by: User,
    now: datetime,
) -> CriterionProposal:
    """Propose a criterion to the catalog of a component, out of one of its own, an incident or
    neither. Raises AlreadyProposed for a title of the component that waits for an answer."""
    # Locked, so that of two at once the second sees the first.
    Component.objects.select_for_update(of=("self",), no_key=True).get(pk=component.pk)
    title = values["title"].casefold()
    # Compared here: SQLite knows no other letters than those of English.
    for waiting in component.proposals.filter(taken_up=None):
        if waiting.title.casefold() == title:
            raise AlreadyProposed(waiting)
    names = ("topic", "title", "question", "why", "evidence", "weight")
    return CriterionProposal.objects.create(
        catalog_id=component.catalog_id,
        component=component,
        criterion=criterion,
        incident=incident,
        by=by,
        at=now,
        **{name: values[name] for name in names},
    )


@transaction.atomic
def answer_proposal(
    *, proposal: CriterionProposal, taken_up: bool, answer: str, by: User, now: datetime
) -> None:
    """Take a proposal up or decline it, once. Raises AlreadyAnswered, changing nothing."""
    waiting = CriterionProposal.objects.filter(pk=proposal.pk, taken_up=None)
    if not waiting.update(taken_up=taken_up, answer=answer, answered_by=by, answered_at=now):
        raise AlreadyAnswered(
            CriterionProposal.objects.select_related("answered_by").get(pk=proposal.pk)
        )
