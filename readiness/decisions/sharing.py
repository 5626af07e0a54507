"""A decision of a platform is inherited by what stands on it, or no longer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from readiness.decisions.actions import DecisionConflict, refresh_standings
from readiness.decisions.triggers import Fired
from readiness.models import Component, InheritanceStep, Requirement, TriggerFiring, User


class NothingToInherit(Exception):
    """The component does not stand on this platform, or nothing is decided there."""


class NotInherited(Exception):
    """It does not inherit: somebody ended that, or decided here, in the meantime."""


@transaction.atomic
def inherit(
    *,
    component: Component,
    criterion: str,
    platform: Component,
    seen: int | None,
    by: User,
    now: datetime,
    reason: str = "",
) -> None:
    """Let the platform's decision on `criterion` (its slug) stand on the component too, and follow
    it when it changes. The component's own ledger stays as it is.

    `seen` is the newest entry of that ledger that `by` had before their eyes, None for none.
    Raises Requirement.DoesNotExist, NothingToInherit or DecisionConflict; nothing is written then.
    """
    # The platform's first: who decides there locks in the same order.
    source = (
        Requirement.objects.select_for_update(of=("self",), no_key=True)
        .filter(component=platform, criterion__slug=criterion, current_decision__isnull=False)
        .first()
    )
    # Waits for who edits which platforms it stands on, or they for us.
    standing = Component.objects.select_for_update(no_key=True).get(pk=component.pk)
    if source is None or not standing.platforms.filter(pk=platform.pk, is_platform=True).exists():
        raise NothingToInherit(f"There is nothing to inherit from {platform}.")
    requirement = _locked(component, criterion)
    if requirement.head_decision_id != seen:
        raise DecisionConflict(requirement.head_decision)
    if requirement.inherits_id == source.pk:
        return  # pressed twice
    _step(requirement, source, reason, by, now)
    Requirement.objects.filter(pk=requirement.pk).update(inherits=source)
    refresh_standings(component=component, now=now)


@transaction.atomic
def stop_inheriting(
    *, component: Component, criterion: str, by: User, now: datetime, reason: str = ""
) -> None:
    """Let stand again what the requirement's own ledger says, be it nothing.

    Raises Requirement.DoesNotExist or NotInherited.
    """
    requirement = _locked(component, criterion)
    if requirement.inherits_id is None:
        raise NotInherited("It does not inherit a decision any more.")
    _step(requirement, None, reason, by, now)
    Requirement.objects.filter(pk=requirement.pk).update(
        inherits=None, fired=_own_firings(requirement)
    )
    refresh_standings(component=component, now=now)


def _locked(component: Component, criterion: str) -> Requirement:
    rows = Requirement.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(component=component, criterion__slug=criterion)


def _step(
    requirement: Requirement, source: Requirement | None, reason: str, by: User, at: datetime
) -> None:
    InheritanceStep.objects.create(
        requirement=requirement, source=source, reason=reason.strip(), by=by, at=at
    )


def _own_firings(requirement: Requirement) -> list[dict[str, str]]:
    """Return which triggers of its own decision had fired before it followed another's."""
    firings = TriggerFiring.objects.filter(decision=requirement.current_decision_id)
    return [
        Fired(each.trigger, each.at.isoformat(), each.sentence, each.before, each.after).as_json()
        for each in firings
    ]
