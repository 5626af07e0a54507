"""How far somebody has come, read from what is there: nothing is written down about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.urls import reverse

from readiness import access
from readiness.aws.registry import applicable
from readiness.catalog.queries import blueprints
from readiness.firststeps.steps import DECISIONS, Facts, First, Name, State, Step, all_steps
from readiness.htmx import UserRequest
from readiness.models import (
    ACTIVE,
    AccountGrant,
    Blueprint,
    CheckRun,
    CheckState,
    Component,
    ComponentAccount,
    Criterion,
    JobState,
    Membership,
    Recording,
    Requirement,
    Role,
    Team,
    User,
)

# Of whom to ask so many are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Action:
    """What leads on from a step: the words of a link, and where it leads."""

    words: str
    address: str

    @property
    def page(self) -> str:
        return self.address.partition("#")[0]


@dataclass(frozen=True)
class FirstSteps:
    """The steps of one person."""

    steps: Sequence[Step]
    facts: Facts
    roles: Sequence[tuple[Team, Role]]
    role: int  # in the first component's team; 0 without one
    team: int | None
    may_use_accounts: bool  # the team was granted one
    is_superuser: bool

    @property
    def done(self) -> int:
        return sum(step.state == State.DONE for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The step that is due; None without a catalog, and when nothing is left to do."""
        return next((step for step in self.steps if step.state == State.NOW), None)

    @property
    def are_over(self) -> bool:
        return self.facts.has_catalog and self.next is None

    @property
    def goes_on(self) -> bool:
        """Whether other pages have something to tell: what this person may do, or the end."""
        return self.are_over or self.action is not None

    @property
    def may_create_component(self) -> bool:
        return any(role >= Role.EDITOR for _, role in self.roles)

    @property
    def may_write(self) -> bool:
        return self.role >= Role.EDITOR

    @property
    def rows(self) -> list[tuple[Step, Action | None]]:
        """Each step with what leads to it, for one who may; what is done can be seen by all."""
        return [(step, self._seen(step) or self.action_of(step.name)) for step in self.steps]

    def _seen(self, step: Step) -> Action | None:
        first = self.facts.component
        if step.name == Name.TEAM and step.state == State.DONE:
            return Action("Teams", reverse("team_list"))
        if step.name == Name.COMPONENT and first:
            return Action("Gap report", reverse("gap_report", args=[first.slug]))
        return None

    @property
    def action(self) -> Action | None:
        """What the person may do next; None where somebody else has to."""
        return self.action_of(self.next.name) if self.next else None

    def action_of(self, name: Name) -> Action | None:
        first = self.facts.component
        match name:
            case Name.TEAM:
                return Action("Make a team", reverse("team_create")) if self.is_superuser else None
            case Name.COMPONENT:
                may = self.may_create_component
                return Action("Choose a blueprint", reverse("blueprint_list")) if may else None
        if first is None or not self.may_write:
            return None
        match name:
            case Name.PARAMETERS:
                address = reverse("component_edit", args=[first.slug])
                return Action("Give parameters", f"{address}#parameters")
            case Name.WAY_IN:
                return self._way_in(first)
            case Name.CHECKS:
                return Action("Run the checks", reverse("gap_report", args=[first.slug]))
        criterion = first.open_criterion
        address = reverse("requirement_detail", args=[first.slug, criterion]) if criterion else ""
        words = "Decide the next one" if self.facts.decided else "Decide the first one"
        return Action(words, f"{address}#row--{criterion}") if criterion else None

    def _way_in(self, first: First) -> Action:
        if self.may_use_accounts:
            return Action("Choose an account", reverse("component_accounts", args=[first.slug]))
        if self.role >= Role.ADMIN:
            return Action("Add an AWS account", reverse("account_create"))
        return Action("Bring a recording", reverse("recording_list", args=[first.slug]))

    @cached_property
    def whom_to_ask(self) -> list[str]:
        """Names of people who can do the step that this person may not. One query."""
        if self.next and self.next.name == Name.TEAM:
            people = User.objects.filter(is_superuser=True)
        else:
            teams = [self.team] if self.team else [team.pk for team, _ in self.roles]
            admins = Membership.objects.filter(role=Role.ADMIN, team__in=teams)
            people = User.objects.filter(pk__in=admins.values("user"))
        return [user.name for user in people.filter(is_active=True).order_by("pk")[:NAMED]]

    @cached_property
    def blueprints(self) -> list[Blueprint]:
        return list(blueprints())


def first_steps_of(request: UserRequest, *, without_aws: bool = False) -> FirstSteps:
    """Return where the user stands. Three queries, or four where there is no component yet."""
    roles = access.roles_of(request)
    row = _first_component(request)
    component = _first(row) if row else None
    facts = Facts(
        has_catalog=component is not None or _has_catalog(),
        teams=tuple(team.name for team, _ in roles),
        component=component,
        decided=number_decided(request),
        without_aws=without_aws,
    )
    team = row["team_id"] if row else None
    return FirstSteps(
        steps=all_steps(facts),
        facts=facts,
        roles=roles,
        role=next((int(role) for each, role in roles if each.pk == team), 0),
        team=team,
        may_use_accounts=bool(row and row["may_use_accounts"]),
        is_superuser=request.user.is_superuser,
    )


def number_decided(request: UserRequest) -> int:
    """Return how many decisions the components of the user's teams have, up to DECISIONS."""
    decided = Requirement.objects.filter(head_decision__isnull=False)
    mine = decided.filter(component__in=_mine(request))
    return len(mine.values_list("pk", flat=True)[:DECISIONS])


def is_empty() -> bool:
    """Return whether this installation has not even a component."""
    return not Component.objects.exists()


def _mine(request: UserRequest) -> QuerySet[Component]:
    teams = access.teams_with_role(request, Role.VIEWER)
    return Component.objects.active().filter(team__in=teams)


def _has_catalog() -> bool:
    return Criterion.objects.filter(retired_at=None).exists()


def _first_component(request: UserRequest) -> dict[str, Any] | None:
    """The oldest component of the user's teams, with what there is of it. One query."""
    of_it: dict[str, Any] = {"component": OuterRef("pk")}
    runs, states = CheckRun.objects.filter(**of_it), CheckState.objects.filter(**of_it)
    grants = AccountGrant.objects.filter(team=OuterRef("team"), account__archived_at=None)
    # Where a blueprint suggests something, deciding is easiest; then what weighs most.
    suggests = Case(When(blueprint_item__suggested_outcome__gt="", then=0), default=1)
    undecided = Requirement.objects.filter(
        head_decision=None, inherits=None, criterion__retired_at=None, **of_it
    ).order_by(suggests, "-weight", "pk")
    found = _mine(request).annotate(
        may_use_accounts=Exists(grants),
        has_account=Exists(ComponentAccount.objects.filter(**of_it)),
        has_recording=Exists(Recording.objects.filter(**of_it)),
        is_running=Exists(runs.filter(ACTIVE)),
        was_run=Exists(runs.filter(state=JobState.FINISHED)),
        has_answers=Exists(states.filter(known__isnull=False)),
        open_criterion=Subquery(undecided.values("criterion__slug")[:1]),
    )
    names = ("slug", "name", "team_id", "parameters", *found.query.annotations)
    row: dict[str, Any] | None = found.order_by("created_at", "pk").values(*names).first()
    return row


def _first(row: dict[str, Any]) -> First:
    return First(
        slug=row["slug"],
        name=row["name"],
        checks=len(applicable(row["parameters"])),
        has_account=row["has_account"],
        has_recording=row["has_recording"],
        is_running=row["is_running"],
        was_run=row["was_run"],
        has_answers=row["has_answers"],
        open_criterion=row["open_criterion"] or "",
    )
