"""What waits for somebody, of every component that they may read.

Read from the index of standings alone, so that a page of many components costs as much as one of
one; which check said what is on the row that each line links to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, SmallIntegerField, When, Window

from readiness.decisions.standing import NEEDS_ATTENTION, Standing
from readiness.models import Requirement, Role, Team, User
from readiness.revisit.rows import Group, QueueRow

PER_PAGE = 50
# How long before its day a decision is due soon.
LEAD = timedelta(days=14)
_PLACES = {group: place for place, group in enumerate(Group)}
_ASKING = tuple(each for each in NEEDS_ATTENTION if each.asks_again)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose queue: one person's, one team's, or that of all that the reader may read."""

    reader: User
    roles: Mapping[int, Role]
    team: Team | None = None
    mine: bool = False

    @property
    def query(self) -> str:
        """The scope as the address says it."""
        if self.mine:
            return "me"
        return f"team:{self.team.slug}" if self.team else "everybody"

    @property
    def approving(self) -> list[int]:
        """The teams whose proposals the reader may approve."""
        return [pk for pk, role in self.roles.items() if role >= Role.APPROVER]

    @property
    def writing(self) -> list[int]:
        return [pk for pk, role in self.roles.items() if role >= Role.EDITOR]


def my_scope(reader: User, roles: Iterable[tuple[Team, Role]]) -> Scope:
    """Return the reader's own queue; `roles` are those of access.roles_of."""
    return Scope(reader, {team.pk: role for team, role in roles}, mine=True)


def queue_head(scope: Scope, number: int, today: date) -> tuple[int, list[QueueRow]]:
    """Return how many wait, and the first so many of them. Two queries."""
    waiting = _sorted(_waiting(scope, today).annotate(all=Window(Count("*"))))
    found = list(waiting.values_list("pk", "place", "now", "all")[:number])
    return (found[0][3] if found else 0), _rows(scope, [each[:3] for each in found], today)


def queue_page(
    scope: Scope, *, group: str, page: str, today: date
) -> tuple[dict[Group, int], Page[Any], list[QueueRow]]:
    """Return how many wait in each group, and one page of them, of one group where `group` names
    it. Three queries."""
    waiting = _waiting(scope, today)
    counts = _counts(waiting)
    number = sum(counts.values())
    if group in counts:
        waiting, number = waiting.filter(place=_PLACES[Group(group)]), counts[Group(group)]
    pages = Paginator(_sorted(waiting).values_list("pk", "place", "now"), PER_PAGE)
    pages.count = number
    shown = pages.get_page(page)
    return counts, shown, _rows(scope, [*shown.object_list], today)


def _sorted(waiting: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return waiting.order_by("place", "soonest", "-weight", "pk")


def _counts(waiting: QuerySet[Any, Any]) -> dict[Group, int]:
    found = dict(waiting.order_by().values_list("place").annotate(Count("pk")))
    return {group: found[place] for group, place in _PLACES.items() if place in found}


def _waiting(scope: Scope, today: date) -> QuerySet[Any, Any]:
    """Return what waits, each with the `place` of its group in the queue, the standing `now`, and
    what else it is sorted by."""
    soon = today + LEAD + timedelta(days=1)
    proposed = _to_be_approved(scope)
    rows: QuerySet[Any, Any] = Requirement.objects.filter(
        Q(standing__in=_ASKING)
        | Q(standing_changes_on__lte=soon)
        | Q(proposed_decision__isnull=False),
        _in_scope(scope),
        component__archived_at=None,
        criterion__retired_at=None,
    )
    if scope.mine:
        rows = rows.filter(proposed | _whose(scope.reader))
    found: QuerySet[Any, Any] = (
        rows.annotate(
            now=Case(
                When(standing_changes_on__lte=today, then=F("standing_then")),
                default=F("standing"),
            )
        )
        .annotate(place=_place(proposed, soon))
        .filter(place__isnull=False)
        # What was inherited comes back by its date where it was decided.
        .exclude(
            inherits__isnull=False, place__in=[_PLACES[each] for each in Group if each.by_date]
        )
        .annotate(soonest=Case(When(place=_PLACES[Group.SOON], then=F("standing_changes_on"))))
    )
    return found  # named, because what a Case gives has no type


def _in_scope(scope: Scope) -> Q:
    if scope.team:
        return Q(component__team=scope.team)
    if scope.reader.is_superuser:
        return Q()
    mine = Q(component__team__in=[*scope.roles])
    return mine if scope.mine else mine | Q(component__visible_to_organisation=True)


def _whose(reader: User) -> Q:
    """One person's each: the owner's; where there is none, the decision's owner's; else of whoever
    decided. In three parts, because a planner knows nothing of what a Coalesce leaves."""
    decision = Q(current_decision__owner=reader)
    decision |= Q(current_decision__owner=None, current_decision__decided_by=reader)
    return Q(owner=reader) | (Q(owner=None) & decision)


def _to_be_approved(scope: Scope) -> Q:
    """A proposal that one may approve stands among those, others where their requirement does."""
    proposed = Q(proposed_decision__isnull=False)
    if not scope.mine:
        return proposed
    by_another = ~Q(proposed_decision__decided_by=scope.reader)
    return proposed & Q(component__team__in=scope.approving) & by_another


def _place(proposed: Q, soon: date) -> Case:
    asking = [When(now=each, then=_PLACES[Group(each)]) for each in _ASKING]
    return Case(
        When(proposed, then=_PLACES[Group.PROPOSED]),
        *asking,
        When(
            standing_changes_on__lte=soon,
            standing_then__in=(Standing.LAPSED, Standing.OVERDUE),
            then=_PLACES[Group.SOON],
        ),
        output_field=SmallIntegerField(),
    )


def _rows(scope: Scope, found: Sequence[tuple[int, int, str]], today: date) -> list[QueueRow]:
    requirements = {
        requirement.pk: requirement
        for requirement in Requirement.objects.filter(pk__in=[pk for pk, _, _ in found])
        .select_related(
            "component__team",
            "criterion",
            "owner",
            "current_decision__owner",
            "current_decision__decided_by",
            "inherits__current_decision__owner",
            "inherits__current_decision__decided_by",
            "proposed_decision__owner",
            "proposed_decision__decided_by",
        )
        .defer(*_NOT_SHOWN)
    }
    writing, groups = set(scope.writing), [*Group]
    return [
        QueueRow(
            requirement=requirement,
            group=groups[place],
            standing=Standing(standing),
            today=today,
            may_write=requirement.component.team_id in writing,
        )
        for pk, place, standing in found
        if (requirement := requirements.get(pk))
    ]


# Long texts, that a line has no room for.
_NOT_SHOWN = (
    "component__description",
    "component__risk_context",
    "component__parameters",
    "criterion__question",
    "criterion__why",
    "criterion__evidence",
    *(
        f"{which}_decision__{name}"
        for which in ("current", "proposed", "inherits__current")
        for name in ("facts", "statement")
    ),
)
