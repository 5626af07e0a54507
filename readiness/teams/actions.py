"""Writes to teams."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from readiness.models import Membership, Role, Team, User
from readiness.slugs import free_slug


class NameTaken(Exception):
    """Two teams of one name could not be told apart."""


class LastAdmin(Exception):
    """A team without an admin could never change its members again."""


def create_team(*, name: str, by: User) -> Team:
    """Make a team whose first admin is `by`. Raises NameTaken."""
    try:
        with transaction.atomic():
            team = Team.objects.create(slug=free_slug(Team, name), name=name)
            # Owners are chosen among members: also who may do everything anyway becomes one.
            Membership.objects.create(team=team, user=by, role=Role.ADMIN)
    except IntegrityError:
        raise NameTaken(f"There is a team called {name} already.") from None
    return team


@transaction.atomic
def set_member(*, team: Team, user: User, role: Role) -> Membership:
    """Make somebody a member, or give a member another role. Raises LastAdmin."""
    _keep_an_admin(team, user, role)
    membership, _ = Membership.objects.update_or_create(
        team=team, user=user, defaults={"role": role}
    )
    return membership


@transaction.atomic
def remove_member(*, team: Team, user: User) -> None:
    """Take somebody out of a team; what they decided stays in their name. Raises LastAdmin."""
    _keep_an_admin(team, user, None)
    Membership.objects.filter(team=team, user=user).delete()


def _keep_an_admin(team: Team, user: User, role: Role | None) -> None:
    # The team's row is the lock: two admins who remove each other wait for one another.
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    admins = team.memberships.filter(role=Role.ADMIN)
    if role != Role.ADMIN and admins.filter(user=user).exists() and admins.count() == 1:
        raise LastAdmin(f"{user.name} is the only admin of {team}. Make somebody else admin first.")
