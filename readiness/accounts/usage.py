"""What the checks of teams ask of an account: the policy of its role, and the reads of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from readiness.accounts.connections import reads_by_account
from readiness.aws.connection_test import one_of_each, sample_reads
from readiness.aws.fetch import Fetch
from readiness.aws.registry import CHECKS, applicable
from readiness.aws.session_policy import ReadName, Reads
from readiness.models import AwsAccount, Component, ComponentAccount, Team


@dataclass(frozen=True)
class Usage:
    """The reads of one team, or of several, through one account."""

    reads: tuple[ReadName, ...]
    # One of each kind and region, to try with.
    fetches: tuple[Fetch, ...]
    # In words, whose checks they are: "the checks of ...".
    whose: str

    @property
    def policy(self) -> dict[str, Any]:
        return Reads(self.reads).policy


def usage_of(account: AwsAccount, teams: Iterable[Team]) -> Usage:
    """Return what the teams' components read through the account.

    While none of them uses it: what all components of the teams read; and while no check applies
    to these either, what all checks read.
    """
    components = list(Component.objects.active().filter(team__in=teams).select_related("team"))
    chosen: dict[int, dict[str, AwsAccount]] = {}
    rows = ComponentAccount.objects.filter(component__in=components).select_related("account")
    for row in rows:
        chosen.setdefault(row.component_id, {})[row.service] = row.account
    using = {
        each: chosen[each.pk] for each in components if account in chosen.get(each.pk, {}).values()
    }
    if reads := _reads(using, account):
        return Usage(reads, _fetches(using, account), _named(using))
    all_here = {each: {"": account} for each in components}
    if reads := _reads(all_here, account):
        return Usage(reads, _fetches(all_here, account), _named(all_here))
    reads = tuple(sorted({read for check in CHECKS.values() for read in check.reads}))
    samples = tuple(sample_reads(account.partition))
    return Usage(reads, samples, "all checks, as none applies to a component of the team yet")


Chosen = Mapping[Component, Mapping[str, AwsAccount]]


def _reads(chosen: Chosen, account: AwsAccount) -> tuple[ReadName, ...]:
    wanted = (reads_by_account(each, mine)[account.pk] for each, mine in chosen.items())
    return tuple(sorted({read for reads in wanted for read in reads}))


def _fetches(chosen: Chosen, account: AwsAccount) -> tuple[Fetch, ...]:
    return tuple(
        one_of_each(
            fetch
            for component, mine in chosen.items()
            for bound in applicable(component.parameters)
            for fetch in bound.needs()
            if mine.get(fetch.of_service or fetch.service, mine.get("")) == account
        )
    )


def _named(components: Iterable[Component]) -> str:
    names = sorted(component.name for component in components)
    shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    return f"the checks of {' and '.join([', '.join(shown[:-1]), shown[-1]]).removeprefix(' and ')}"
