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

LISTED = 4


Chosen = Mapping[Component, Mapping[str, AwsAccount]]


@dataclass(frozen=True)
class Usage:
    """The reads of one team, or of several, through one account."""

    account: AwsAccount
    # The accounts of each component whose checks these are, by service; none: of all checks.
    components: Chosen
    reads: tuple[ReadName, ...]

    @property
    def policy(self) -> dict[str, Any]:
        return Reads(self.reads).policy

    @property
    def whose(self) -> str:
        """Who makes the reads, in words."""
        names = sorted(component.name for component in self.components)
        if not names:
            return "all checks there are (none applies to a component of these teams yet)"
        shown = names if len(names) <= LISTED else [*names[: LISTED - 1], "others"]
        listed = [", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown
        return f"the checks of {' and '.join(listed)}"

    def fetches(self) -> list[Fetch]:
        """One read of each kind and region, to try with."""
        if not self.components:
            return sample_reads(self.account.partition)
        return one_of_each(
            fetch
            for component, chosen in self.components.items()
            for bound in applicable(component.parameters)
            for fetch in bound.needs()
            if chosen.get(fetch.of_service or fetch.service, chosen.get("")) == self.account
        )


def usage_of(account: AwsAccount, teams: Iterable[Team]) -> Usage:
    """Return what the teams' components read through the account.

    While none of them uses it, what all components of the teams read; and while no check applies
    to these either, what all checks read.
    """
    components = list(Component.objects.active().filter(team__in=teams))
    chosen: dict[int, dict[str, AwsAccount]] = {}
    rows = ComponentAccount.objects.filter(component__in=components).select_related("account")
    for row in rows:
        chosen.setdefault(row.component_id, {})[row.service] = row.account
    using = {
        each: chosen[each.pk] for each in components if account in chosen.get(each.pk, {}).values()
    }
    for those in (using, {each: {"": account} for each in components}):
        if reads := _reads(those, account):
            return Usage(account, those, reads)
    every = {read for check in CHECKS.values() for read in check.reads}
    return Usage(account, {}, tuple(sorted(every)))


def _reads(chosen: Chosen, account: AwsAccount) -> tuple[ReadName, ...]:
    wanted = (reads_by_account(each, mine)[account.pk] for each, mine in chosen.items())
    return tuple(sorted({read for reads in wanted for read in reads}))
