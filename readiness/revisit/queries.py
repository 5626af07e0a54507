"""What waits for somebody, of every component that they may read.

Read from the index of standings alone, so that a page of many components costs as much as one of
one; which check said what is on the row that each line links to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from readiness.decisions.standing import NEEDS_ATTENTION, Standing
from readiness.models import Requirement, Role, Team, User
from readiness.revisit.rows import Group, QueueRow

PER_PAGE = 50
# How long before its day a decision is due soon.
LEAD = timedelta(days=14)
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


def queue_page(
    scope: Scope, *, group: str, page: str, today: date
) -> tuple[dict[Group, int], Page[int], list[QueueRow]]:
    """Return how many wait in each group, and one page of them, of one group where `group` names
    it. Three queries."""
    waiting = _waiting(scope, today)
    counts = _counts(waiting)
    found = waiting.filter(group=group) if group in counts else waiting
    shown = Paginator(
        found.order_by("place", "soonest", "-weight", "pk").values_list("pk", "group", "now"),
        PER_PAGE,
    )
    shown.count = counts.get(Group(group), 0) if group in counts else sum(counts.values())
    asked = shown.get_page(page)
    return counts, asked, _rows(scope, [*asked.object_list], today)


def number_waiting(scope: Scope, today: date) -> int:
    """Return how many wait in a queue. One query."""
    return _waiting(scope, today).count()


def _counts(waiting: QuerySet[Any, Any]) -> dict[Group, int]:
    found = dict(waiting.order_by().values_list("group").annotate(Count("pk")))
    return {group: found[group] for group in Group if group in found}


def _waiting(scope: Scope, today: date) -> QuerySet[Any, Any]:
    """Return what waits, each with its `group`, the standing `now`, and what it is sorted by."""
    soon = today + LEAD + timedelta(days=1)
    rows = (
        Requirement.objects.filter(
            Q(standing__in=_ASKING)
            | Q(standing_changes_on__lte=soon)
            | Q(proposed_decision__isnull=False),
            _in_scope(scope),
            component__archived_at=None,
            criterion__retired_at=None,
        )
        .annotate(
            now=Case(
                When(standing_changes_on__lte=today, then=F("standing_then")),
                default=F("standing"),
            )
        )
        .annotate(group=_group_of(scope, soon))
    )
    rows = rows.exclude(group="")
    if scope.mine:
        rows = rows.annotate(
            whose=Coalesce("owner", "current_decision__owner", "current_decision__decided_by")
        ).filter(Q(group=Group.PROPOSED) | Q(whose=scope.reader.pk))
    return rows.annotate(
        place=Case(*(When(group=each, then=Value(n)) for n, each in enumerate(Group))),
        soonest=Case(When(group=Group.SOON, then=F("standing_changes_on"))),
    )


def _in_scope(scope: Scope) -> Q:
    if scope.team:
        return Q(component__team=scope.team)
    if scope.reader.is_superuser:
        return Q()
    mine = Q(component__team__in=[*scope.roles])
    return mine if scope.mine else mine | Q(component__visible_to_organisation=True)


def _group_of(scope: Scope, soon: date) -> Case:
    """A proposal that one may approve stands among those, others where their requirement does."""
    proposed = Q(proposed_decision__isnull=False)
    if scope.mine:
        proposed &= Q(component__team__in=scope.approving)
        proposed &= ~Q(proposed_decision__decided_by=scope.reader)
    return Case(
        When(proposed, then=Value(Group.PROPOSED.value)),
        When(now__in=_ASKING, then=F("now")),
        When(
            standing_changes_on__lte=soon,
            standing_then__in=(Standing.LAPSED, Standing.OVERDUE),
            then=Value(Group.SOON.value),
        ),
        default=Value(""),
        output_field=CharField(),
    )


def _rows(scope: Scope, found: Sequence[tuple[int, str, str]], today: date) -> list[QueueRow]:
    requirements = {
        requirement.pk: requirement
        for requirement in Requirement.objects.filter(pk__in=[pk for pk, _, _ in found])
        .select_related(
            "component__team",
            "criterion",
            "owner",
            "current_decision__owner",
            "current_decision__decided_by",
            "proposed_decision__owner",
            "proposed_decision__decided_by",
        )
        .defer(*_NOT_SHOWN)
    }
    writing = set(scope.writing)
    return [
        QueueRow(
            requirement=requirement,
            group=Group(group),
            standing=Standing(standing),
            today=today,
            may_write=requirement.component.team_id in writing,
        )
        for pk, group, standing in found
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
        for which in ("current", "proposed")
        for name in ("facts", "statement")
    ),
)
