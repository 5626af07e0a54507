"""The way from a component, or from a team's grant, to the AWS accounts that are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from django.conf import settings

from readiness.aws.engine import Source
from readiness.aws.errors import CredentialsError
from readiness.aws.fetch import Answer, Fetch, Read
from readiness.aws.registry import applicable
from readiness.aws.session import Connection, Keys, Role
from readiness.aws.session_policy import (
    FOLLOWERS,
    ReadName,
    SessionPolicy,
    session_policies,
    source_identity,
)
from readiness.aws.sources import Routes
from readiness.models import (
    AccountGrant,
    AccountWay,
    AwsAccount,
    Component,
    ComponentAccount,
    Team,
)

NO_ACCOUNT = "default"  # as Fetch.account says it


class NoWayIn(CredentialsError):
    """A component may not ask the account that its checks are to ask."""


@dataclass(frozen=True)
class Closed:
    """In place of an account that may not be asked: each read raises NoWayIn with the reason."""

    reason: str

    def reader(self) -> Read:
        def refuse(fetch: Fetch, stop: Event) -> Answer:
            raise NoWayIn(self.reason)

        return refuse

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Sessions:
    """One account behind several sessions, each with the policy for some of the services.

    What none of them is for is read through the first: AWS grants it without any permission.
    """

    first: Connection
    by_service: Mapping[str, Connection]

    def reader(self) -> Read:
        def read(fetch: Fetch, stop: Event) -> Answer:
            return self.by_service.get(fetch.service, self.first).reader()(fetch, stop)

        return read

    def now(self) -> datetime:
        return self.first.now()


def connections_of(component: Component) -> Routes:
    """As connections_together, for one component."""
    return connections_together([component])[component.pk]


def connections_together(components: Sequence[Component]) -> dict[int, Routes]:
    """Return, by component, which account each service is read from. Two queries; `team` is loaded.

    Components of one team share the way into an account, and so its answers: its sessions may do
    what the checks of all of them read there. Without any account all reads lead where the
    credentials of this installation do. An account whose grant is gone raises NoWayIn when it is
    read. Make them for each run: sessions are short.
    """
    chosen = _chosen(components)
    sources = _sources(components, chosen)
    return {each.pk: _routes(each, chosen[each.pk], sources) for each in components}


def accounts_of(component: Component) -> dict[str, AwsAccount]:
    """Return the accounts chosen for a component, by service; "" is every other service."""
    return {row.service: row.account for row in component.accounts.select_related("account")}


def reads_by_account(
    component: Component, chosen: Mapping[str, AwsAccount]
) -> dict[int, list[ReadName]]:
    """Return what the checks of a component read from each account, by the account's key."""
    reads: dict[int, list[ReadName]] = {account.pk: [] for account in chosen.values()}
    for read in {read for bound in applicable(component.parameters) for read in bound.check.reads}:
        asked = chosen.get(read[0], chosen.get(""))
        for account in set(chosen.values()):
            if account == asked or read[0] in FOLLOWERS:
                reads[account.pk].append(read)
    return reads


def source_of(grant: AccountGrant, reads: Iterable[ReadName]) -> Source:
    """Return the way into a grant's account for its team; `account` and `team` are loaded.

    A role's sessions may do no more than `reads`, whatever the role itself may.
    """
    account = grant.account
    if account.way == AccountWay.DEFAULT:
        return connect()
    if account.way == AccountWay.PROFILE:
        return connect(profile=account.profile)
    sessions = [(each, connect(role=_role(grant, each))) for each in session_policies(reads)]
    if not sessions:
        return Closed(f"No check reads anything from {account}.")
    by_service = {name: made for policy, made in sessions for name in policy.services}
    return Sessions(sessions[0][1], by_service)


def _chosen(components: Sequence[Component]) -> dict[int, dict[str, AwsAccount]]:
    """As accounts_of, by component."""
    chosen: dict[int, dict[str, AwsAccount]] = {each.pk: {} for each in components}
    rows = ComponentAccount.objects.filter(component__in=chosen).select_related("account")
    for row in rows:
        chosen[row.component_id][row.service] = row.account
    return chosen


def _sources(
    components: Sequence[Component], chosen: Mapping[int, Mapping[str, AwsAccount]]
) -> dict[str, Source]:
    """Return the ways into all accounts that are chosen, by their keys."""
    accounts = {account.pk: account for mine in chosen.values() for account in mine.values()}
    reads: dict[tuple[AwsAccount, Team], set[ReadName]] = defaultdict(set)
    for component in components:
        for pk, names in reads_by_account(component, chosen[component.pk]).items():
            reads[accounts[pk], component.team].update(names)
    granted = AccountGrant.objects.filter(
        account__in=accounts, team__in={team for _, team in reads}
    )
    grants = {(grant.account_id, grant.team_id): grant for grant in granted}
    return {NO_ACCOUNT: connect()} | {
        _key(account, team): _source(account, team, grants.get((account.pk, team.pk)), names)
        for (account, team), names in reads.items()
    }


def _routes(
    component: Component, chosen: Mapping[str, AwsAccount], sources: Mapping[str, Source]
) -> Routes:
    if not chosen:
        return Routes({}, {NO_ACCOUNT: sources[NO_ACCOUNT]})
    accounts = {service: _key(account, component.team) for service, account in chosen.items()}
    mine = {key: sources[key] for key in accounts.values()}
    if "" not in accounts:
        accounts[""] = nowhere = f"nowhere//{component.slug}"
        mine[nowhere] = Closed(f"No AWS account is chosen for every service of {component}.")
    return Routes(accounts, mine)


def _key(account: AwsAccount, team: Team) -> str:
    """Return what tells answers apart in a run: whose sessions they came through."""
    return f"{account.slug}/{team.slug}"


def _source(
    account: AwsAccount, team: Team, grant: AccountGrant | None, reads: Iterable[ReadName]
) -> Source:
    if grant is None:
        return Closed(f"{team} may not use the AWS account {account} any more.")
    if account.archived_at:
        return Closed(f"The AWS account {account} is archived.")
    grant.account, grant.team = account, team
    return source_of(grant, reads)


def _role(grant: AccountGrant, policy: SessionPolicy) -> Role:
    return Role(
        arn=grant.account.role_arn,
        external_id=grant.external_id,
        source_identity=source_identity(grant.team.slug),
        policy=policy.document,
    )


def connect(*, profile: str | None = None, role: Role | None = None) -> Connection:
    """Return a way in: with the SDK's own credentials unless a profile or a role is named."""
    if not settings.AWS_ENDPOINT_URL:
        return Connection(profile=profile, role=role)
    # The simulated account knows no profiles: any key opens it.
    keys = Keys("simulated", "simulated")
    return Connection(keys=keys, role=role, endpoint_url=settings.AWS_ENDPOINT_URL)
