"""Writes to AWS accounts, to grants of them, and to what components use."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from readiness import jobs
from readiness.components.actions import EditConflict, edit_component
from readiness.models import (
    ACTIVE,
    AccountGrant,
    AccountTest,
    AwsAccount,
    Component,
    ComponentAccount,
    Team,
    User,
)
from readiness.slugs import free_slug

EXTERNAL_ID_BYTES = 24


class AlreadyShown(Exception):
    """An external id is shown once; a new one can be made."""


class InUse(Exception):
    """Components ask this account; the message names them."""


class NotGranted(Exception):
    """The component's team may not use an account that was chosen."""


@transaction.atomic
def create_account(*, by: User, now: datetime, team: Team, **values: Any) -> AwsAccount:
    """Create an account that `team` looks after, and let that team use it."""
    slug = free_slug(AwsAccount, values["name"])
    account = AwsAccount.objects.create(
        slug=slug, team=team, created_by=by, created_at=now, **values
    )
    grant_account(account=account, team=team, by=by, now=now)
    return account


@transaction.atomic
def edit_account(*, account: AwsAccount, values: dict[str, Any], version: int) -> None:
    """Change an account that somebody saw at `version`. Raises EditConflict, changing nothing."""
    rows = AwsAccount.objects.filter(pk=account.pk)
    if not rows.filter(version=version).update(version=F("version") + 1, **values):
        raise EditConflict(rows.get())


@transaction.atomic
def archive_account(*, account: AwsAccount, now: datetime) -> None:
    """Take an account out of the lists. Raises InUse while an active component asks it."""
    using = Component.objects.active().filter(accounts__account=account).distinct()
    if names := sorted(using.values_list("name", flat=True)):
        raise InUse(f"{account} is not archived: {', '.join(names)} would lose it.")
    AwsAccount.objects.filter(pk=account.pk).update(archived_at=now)


@transaction.atomic
def restore_account(*, account: AwsAccount) -> None:
    AwsAccount.objects.filter(pk=account.pk).update(archived_at=None)


@transaction.atomic
def grant_account(*, account: AwsAccount, team: Team, by: User, now: datetime) -> AccountGrant:
    """Let a team use an account, with an external id of its own; the grant it has if it has one."""
    grant, _ = AccountGrant.objects.get_or_create(
        account=account,
        team=team,
        defaults={"external_id": _new_external_id(), "granted_by": by, "granted_at": now},
    )
    return grant


@transaction.atomic
def revoke_grant(*, grant: AccountGrant) -> None:
    """End a grant. Components keep the account that they chose, and it lets them in no more."""
    grant.delete()


@transaction.atomic
def rotate_external_id(*, grant: AccountGrant) -> None:
    """Make another external id, not shown yet. The role must learn it before it lets us in."""
    AccountGrant.objects.filter(pk=grant.pk).update(external_id=_new_external_id(), shown_at=None)


@transaction.atomic
def show_external_id(*, grant: AccountGrant, now: datetime) -> str:
    """Return the external id to show it this once. Raises AlreadyShown."""
    rows = AccountGrant.objects.filter(pk=grant.pk)
    if not rows.filter(shown_at=None).update(shown_at=now):
        raise AlreadyShown("The external id was shown before. Make a new one if nobody kept it.")
    return rows.get().external_id


def request_test(*, grant: AccountGrant, by: User, now: datetime) -> AccountTest:
    """Ask for a test of the connection; the one that is under way if there is one."""
    try:
        with transaction.atomic():
            test = AccountTest.objects.create(grant=grant, requested_by=by, requested_at=now)
    except IntegrityError:
        return AccountTest.objects.get(ACTIVE, grant=grant)
    jobs.enqueue(test, now=now)
    return test


@transaction.atomic
def set_component_accounts(
    *,
    component: Component,
    by_service: Mapping[str, AwsAccount],
    version: int,
    by: User,
    now: datetime,
) -> None:
    """Choose the accounts that a component's checks ask, for a component seen at `version`.

    By service as boto3 calls it; "" is every service without one of its own. None at all leads
    where the credentials of this installation do. Raises NotGranted and EditConflict.
    """
    granted = set(component.team.account_grants.values_list("account_id", flat=True))
    for account in by_service.values():
        if account.pk not in granted or account.archived_at:
            raise NotGranted(f"{component.team} may not use {account}.")
    edit_component(component=component, values={}, version=version, by=by, now=now)
    component.accounts.all().delete()
    ComponentAccount.objects.bulk_create(
        ComponentAccount(component=component, account=account, service=service)
        for service, account in by_service.items()
    )


def _new_external_id() -> str:
    return secrets.token_urlsafe(EXTERNAL_ID_BYTES)
