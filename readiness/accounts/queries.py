"""Reads of AWS accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from readiness.aws.connection_test import Report
from readiness.models import (
    AccountGrant,
    AccountTest,
    AwsAccount,
    Component,
    ComponentAccount,
    JobState,
    Team,
)

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountRow:
    account: AwsAccount
    # Of the teams that ask: who may use it.
    teams: tuple[Team, ...]
    components: int
    test: AccountTest | None

    @property
    def report(self) -> Report | None:
        return Report.of(self.test.report) if self.test else None


@dataclass(frozen=True, slots=True)
class GrantRow:
    grant: AccountGrant
    components: tuple[Component, ...]
    test: AccountTest | None

    @property
    def report(self) -> Report | None:
        return Report.of(self.test.report) if self.test else None

    @property
    def names(self) -> str:
        return ", ".join(component.name for component in self.components)


def account_page(
    teams: QuerySet[Team], *, archived: bool, page: str
) -> tuple[Page[AwsAccount], list[AccountRow]]:
    """Return one page of the accounts that the teams look after or may use."""
    granted = AccountGrant.objects.filter(team__in=teams)
    accounts = AwsAccount.objects.filter(
        Q(team__in=teams) | Q(pk__in=granted.values("account")),
        archived_at__isnull=not archived,
    ).select_related("team")
    shown = Paginator(accounts, PER_PAGE).get_page(page)
    found = list(shown.object_list)
    grants: dict[int, list[Team]] = {each.pk: [] for each in found}
    for grant in granted.filter(account__in=found).select_related("team"):
        grants[grant.account_id].append(grant.team)
    tests = _newest_tests(
        AwsAccount.objects.filter(pk__in=grants),
        AccountTest.objects.filter(grant__account=OuterRef("pk"), grant__team__in=teams),
    )
    used = dict(
        ComponentAccount.objects.filter(account__in=found, component__archived_at=None)
        .order_by()
        .values_list("account")
        .annotate(Count("component", distinct=True))
    )
    rows = [
        AccountRow(each, tuple(grants[each.pk]), used.get(each.pk, 0), tests.get(each.pk))
        for each in found
    ]
    return shown, rows


def grant_rows(grants: QuerySet[AccountGrant]) -> list[GrantRow]:
    """Return the grants of one account, each with the components that use it. Four queries."""
    found = list(grants)
    tests = _newest_tests(grants, AccountTest.objects.filter(grant=OuterRef("pk")))
    using = _using({each.account_id for each in found})
    return [
        GrantRow(each, tuple(c for c in using if c.team_id == each.team_id), tests.get(each.pk))
        for each in found
    ]


def shut_out(account: AwsAccount) -> list[Component]:
    """Return the components that chose the account and whose team may not use it (any more)."""
    granted = set(account.grants.values_list("team_id", flat=True))
    return [each for each in _using({account.pk}) if each.team_id not in granted]


def accounts_for(team: Team) -> QuerySet[AwsAccount]:
    """Return the accounts that a team's components may choose."""
    return AwsAccount.objects.filter(grants__team=team, archived_at=None)


def newest_test(grant: AccountGrant) -> AccountTest | None:
    return AccountTest.objects.filter(grant=grant).select_related("requested_by").first()


def _newest_tests(
    rows: QuerySet[AwsAccount] | QuerySet[AccountGrant], tests: QuerySet[AccountTest]
) -> dict[int, AccountTest]:
    """Return the newest finished one of each row's `tests`, which name the row as OuterRef."""
    newest = tests.filter(state=JobState.FINISHED).order_by("-requested_at").values("pk")[:1]
    keys = dict(rows.values_list("pk", Subquery(newest)))
    found = AccountTest.objects.in_bulk([key for key in keys.values() if key])
    return {row: found[key] for row, key in keys.items() if key}


def _using(accounts: Iterable[int]) -> list[Component]:
    chosen = ComponentAccount.objects.filter(account__in=accounts)
    return list(Component.objects.active().filter(pk__in=chosen.values("component")))
