"""Writes to many requirements at once, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from readiness.components.actions import edit_requirement
from readiness.decisions.actions import DecisionInvalid, decide
from readiness.decisions.bulk.selection import locked, newest_entry_id
from readiness.decisions.queries import current_matrix
from readiness.decisions.rules import Content
from readiness.models import Component, Decision, Requirement, User


class BulkConflict(Exception):
    """Somebody else changed some of the rows in the meantime; `changed` are those."""

    def __init__(self, changed: list[Requirement]) -> None:
        super().__init__("Somebody else changed some of these in the meantime.")
        self.changed = changed


class BulkInvalid(Exception):
    """Some of the rows cannot be decided so; `problems` maps a criterion's slug to why."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("Some of these cannot be decided so.")
        self.problems = problems


@transaction.atomic
def decide_many(
    *,
    component: Component,
    contents: Mapping[str, Content],
    seen: Mapping[str, int | None],
    by: User,
    now: datetime,
) -> list[Decision]:
    """Decide each criterion (its slug) of `contents`, each an entry of its own in the ledger.

    `seen` is by criterion the newest entry that `by` had before their eyes, None for none. The
    entries share the moment `now`, by which last_bulk finds them again.

    Raises BulkConflict or BulkInvalid, naming all rows concerned; nothing is written then.
    """
    matrix = current_matrix()
    rows = list(locked(component, contents))
    if changed := [r for r in rows if newest_entry_id(r) != seen.get(r.criterion.slug)]:
        raise BulkConflict(changed)
    decisions, problems = [], {}
    for requirement in rows:
        slug = requirement.criterion.slug
        try:
            decision = decide(
                component=component,
                criterion=slug,
                content=contents[slug],
                supersedes_id=seen.get(slug),
                by=by,
                now=now,
                matrix=matrix,
            )
        except DecisionInvalid as wrong:
            problems[slug] = " ".join(wrong.problems.values())
        else:
            decisions.append(decision)
    if problems:
        raise BulkInvalid(problems)
    return decisions


@transaction.atomic
def edit_many(
    *, component: Component, values: dict[str, Any], seen: Mapping[str, int | None], by: User
) -> list[Requirement]:
    """Give the requirements for the criteria of `seen` the same owner or weight.

    `seen` is by criterion the version that `by` had before their eyes. Each row has the change in
    its own history. Raises BulkConflict; nothing is written then.
    """
    rows = list(locked(component, seen))
    if changed := [r for r in rows if r.version != seen[r.criterion.slug]]:
        raise BulkConflict(changed)
    return [edit_requirement(requirement=r, values=values, version=r.version, by=by) for r in rows]
