"""Criteria that a component has beside those of its catalog: no other component gets them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from simple_history.utils import bulk_create_with_history

from readiness.canonical import digest
from readiness.catalog.meaning import write_criterion
from readiness.catalog.own.queries import weight_of
from readiness.catalog.schema import OWN
from readiness.components.actions import edit_requirement
from readiness.decisions.actions import refresh_standings
from readiness.models import Component, Criterion, LiveCheck, Requirement, User
from readiness.slugs import free_slug

# What a person says of one; what it means for the component is said on its requirement.
SAID = ("topic", "title", "question", "why", "evidence")
# They stand behind those of the catalog in their topic.
BEHIND = 10_000


class TitleTaken(Exception):
    """The component has a criterion of its own of this title already."""


class EditConflict(Exception):
    """Somebody else changed it in the meantime; `current` is what the database has now."""

    def __init__(self, current: Criterion) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.current = current


@transaction.atomic
def create_own_criterion(
    *, component: Component, values: Mapping[str, Any], by: User, now: datetime
) -> Requirement:
    """Give a component a criterion of its own, and the requirement that follows from it.

    `values` has what SAID names, with `weight` and with `statement`, what it means for this
    component (may be empty). Raises TitleTaken.
    """
    # Locked, so that of two at once the second sees the first one's title and address.
    component = Component.objects.select_for_update(of=("self",), no_key=True).get(pk=component.pk)
    _refuse_taken(component, values["title"])
    weight, statement = values["weight"], values["statement"]
    criterion = Criterion(
        component=component,
        slug=free_slug(Criterion, f"{OWN}{component.pk}-{values['title']}"),
        weight=weight,
        live_check=LiveCheck.NONE,
        position=_next_place(component),
    )
    write_criterion(criterion, {name: values[name] for name in SAID}, now=now)
    requirement = Requirement(
        component=component,
        criterion=criterion,
        weight=weight,
        statement=statement,
        criterion_revision=criterion.revision if statement else None,
    )
    bulk_create_with_history([requirement], Requirement, default_user=by, default_date=now)
    return Requirement.objects.select_related("criterion", "component").get(criterion=criterion)


@transaction.atomic
def edit_own_criterion(
    *, criterion: Criterion, values: Mapping[str, Any], seen: str, by: User, now: datetime
) -> Criterion:
    """Change what a component's own criterion says, and its `weight`; `seen` is its fingerprint
    before.

    A changed meaning raises its revision, as in the catalog; another weight does not. Raises
    EditConflict or TitleTaken, changing nothing.
    """
    component = _locked_owner(criterion)
    current = Criterion.objects.select_related("topic").get(pk=criterion.pk)
    # Its row says the weight, and may be edited there, too.
    requirement = Requirement.objects.select_for_update(no_key=True).get(criterion=current)
    current.weight = requirement.weight
    if fingerprint(current) != seen:
        raise EditConflict(current)
    if current.title != values["title"]:
        _refuse_taken(component, values["title"])
    write_criterion(current, {name: values[name] for name in (*SAID, "weight")}, now=now)
    if requirement.weight != values["weight"]:
        weight, version = {"weight": values["weight"]}, requirement.version
        edit_requirement(requirement=requirement, values=weight, version=version, by=by)
    refresh_standings(component=component, now=now)
    return current


@transaction.atomic
def retire_own_criterion(*, criterion: Criterion, now: datetime) -> None:
    """Count a component's own criterion no more. What was decided on it stays readable."""
    Criterion.objects.filter(pk=criterion.pk, retired_at=None).update(retired_at=now)


@transaction.atomic
def bring_back_own_criterion(*, criterion: Criterion) -> None:
    """Count it again, with the decision that it had: where that stands was kept all the time.
    Raises TitleTaken."""
    component = _locked_owner(criterion)
    retired = Criterion.objects.filter(pk=criterion.pk, retired_at__isnull=False)
    if not retired.exists():
        return
    _refuse_taken(component, criterion.title)
    retired.update(retired_at=None)


def fingerprint(criterion: Criterion) -> str:
    """Return what tells one text of a criterion, or weight, from another: a form carries it. One
    query."""
    said = {name: getattr(criterion, name) for name in SAID if name != "topic"}
    said |= {"topic": criterion.topic_id, "weight": weight_of(criterion)}
    return digest(said)


def _locked_owner(criterion: Criterion) -> Component:
    return Component.objects.select_for_update(of=("self",), no_key=True).get(
        own_criteria=criterion
    )


def _refuse_taken(component: Component, title: str) -> None:
    # Compared here: SQLite knows no other letters than those of English.
    titles = component.own_criteria.filter(retired_at=None).values_list("title", flat=True)
    if title.casefold() in map(str.casefold, titles):
        raise TitleTaken(f"{component} has a criterion of its own of this title already.")


def _next_place(component: Component) -> int:
    last = component.own_criteria.aggregate(last=Max("position"))["last"]
    return BEHIND if last is None else int(last) + 1
