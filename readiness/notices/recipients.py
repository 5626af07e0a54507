"""Who is told of a cause: whom it concerns, and nobody who may not read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from readiness.models import Component, Membership, Role, User
from readiness.notices.cause import Cause


class Readers:
    """Who may read the components that some causes are about. Three queries, however many."""

    def __init__(self, causes: Iterable[Cause]) -> None:
        causes = list(causes)
        self._components = Component.objects.in_bulk({cause.component_id for cause in causes})
        teams = {component.team_id for component in self._components.values()}
        self._roles: dict[int, dict[int, int]] = defaultdict(dict)
        members = Membership.objects.filter(team__in=teams, user__is_active=True)
        for team, user, role in members.values_list("team_id", "user_id", "role"):
            self._roles[team][user] = role
        named = {pk for cause in causes for pk in cause.people}
        people = User.objects.filter(pk__in=named, is_active=True)
        self._named = dict(people.values_list("pk", "is_superuser"))

    def team_of(self, cause: Cause) -> int:
        return self._components[cause.component_id].team_id

    def of(self, cause: Cause) -> set[int]:
        """Return whom a cause concerns, as primary keys; else its team's approvers and admins."""
        component = self._components[cause.component_id]
        roles = self._roles[component.team_id]
        first = {
            pk
            for pk in cause.people & self._named.keys()
            if pk in roles or self._named[pk] or component.visible_to_organisation
        }
        if first or cause.is_personal:
            return first
        return {pk for pk, role in roles.items() if role >= Role.APPROVER}
