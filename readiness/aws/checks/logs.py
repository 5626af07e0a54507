"""Are the function's logs where on-call will look for them, and for how long?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from readiness.aws.errors import Status
from readiness.aws.facts import CamelShape, Facts
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, listing, look_at, to_mend
from readiness.aws.parameter_types import (
    DEFAULT_RETENTION_DAYS,
    DistributionId,
    EdgeRegions,
    FunctionName,
    LogGroupName,
    RetentionDays,
)
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS = [("logs", "describe_log_groups")]

#: The periods CloudWatch Logs knows, in days.
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192)
LONG_RETENTIONS = (2557, 2922, 3288, 3653)


class EdgeLogGroups(CheckParameters):
    function_name: FunctionName
    edge_regions: EdgeRegions
    log_group: LogGroupName | None = None
    distribution_id: DistributionId | None = None
    log_retention_days_max: RetentionDays = DEFAULT_RETENTION_DAYS

    @property
    def group(self) -> str:
        """The group's name, the same in every region: replicas carry their home in their name.

        That of a group of one's own stays as it is, unless it is the name that Lambda would give.
        """
        if self.log_group in (None, f"/aws/lambda/{self.function_name}"):
            return f"/aws/lambda/{self.home_region}.{self.function_name}"
        return self.log_group

    @property
    def groups(self) -> tuple[str, ...]:
        """The function's group, and the one where CloudFront notes answers it did not accept.

        The second comes into being with the first such answer, so it is never asked for.
        """
        if self.distribution_id is None:
            return (self.group,)
        return (self.group, f"/aws/cloudfront/LambdaEdge/{self.distribution_id}")


class LogGroup(CamelShape):
    log_group_name: str
    retention_in_days: int | None = None  # missing: kept for ever


class LogGroupsAnswer(CamelShape):
    log_groups: list[LogGroup]


def group_fetch(region: str, name: str) -> Fetch:
    return Fetch.of("logs", region, "describe_log_groups", logGroupNamePrefix=name)


def group_in(region: str, name: str, facts: Facts) -> LogGroup | None:
    """The group of that name there. AWS answers a prefix with longer names too."""
    answer = facts.read(group_fetch(region, name), LogGroupsAnswer)
    return _exactly(name, answer)


def glance_at_group(region: str, name: str, facts: Facts) -> LogGroup | None:
    """As group_in, and None if we could not look. For needs_more only: never judge by it."""
    answer = facts.glance(group_fetch(region, name), LogGroupsAnswer)
    return _exactly(name, answer) if answer else None


def _exactly(name: str, answer: LogGroupsAnswer) -> LogGroup | None:
    return next((each for each in answer.log_groups if each.log_group_name == name), None)


def all_group_fetches(params: EdgeLogGroups) -> Iterable[Fetch]:
    return (group_fetch(region, name) for region in params.edge_regions for name in params.groups)


def groups_in(region: str, facts: Facts, params: EdgeLogGroups) -> list[LogGroup]:
    """Those of the component's groups that exist there."""
    found = [group_in(region, name, facts) for name in params.groups]
    return [each for each in found if each is not None]


def no_group(params: EdgeLogGroups, observed: Observed) -> Verdict:
    return Verdict(Status.NOT_APPLICABLE, f"{params.group} exists in no edge region.", observed)


def _mend_groups(params: EdgeLogGroups, observed: Observed) -> str:
    return "\n".join(
        f"aws logs create-log-group --region {shlex.quote(region)}"
        f" --log-group-name {shlex.quote(params.group)}"
        for region in to_mend(observed, "regions", params.edge_regions)
    )


def _mend_retention(params: EdgeLogGroups, observed: Observed) -> str:
    longest = params.log_retention_days_max
    days = max(days for days in (*RETENTIONS, *LONG_RETENTIONS) if days <= longest)
    table = observed.get("regions", {})
    wrong = {region: seen["too_long"] for region, seen in table.items() if seen.get("too_long")}
    return "\n".join(
        f"aws logs put-retention-policy --region {shlex.quote(region)}"
        f" --log-group-name {shlex.quote(name)} --retention-in-days {days}"
        for region, names in (wrong or dict.fromkeys(params.edge_regions, [params.group])).items()
        for name in names
    )


@check(
    "logs.group-in-every-region",
    version=1,
    criteria=["logs-findable"],
    params=EdgeLogGroups,
    reads=READS,
    title="There is a log group in every edge region",
    severity="high",
    passes="The function's log group exists, under its exact name, in each edge region.",
    why=(
        "Lambda@Edge logs in the region near the user, not in the one where it was deployed. Where"
        " the group is missing and the role may not create it, the logs are lost in silence."
    ),
    mend_console=(
        "CloudWatch, in the region, Log groups, Create log group: give it the function's name with"
        " the region prefix. Check that the function's role may write to it."
    ),
    mend_cli=_mend_groups,
    documentation="Amazon CloudFront Developer Guide: CloudWatch Logs for edge functions",
)
class GroupInEveryRegion:
    """The log group exists in each edge region."""

    @staticmethod
    def needs(params: EdgeLogGroups) -> Iterable[Fetch]:
        return (group_fetch(region, params.group) for region in params.edge_regions)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeLogGroups) -> Verdict:
        def look(region: str) -> Part:
            found = group_in(region, params.group, facts) is not None
            return Part(found, {"group": found}, wrong="no log group")

        tally = look_at(params.edge_regions, look)
        known = f"found in {len(tally.good)} of {tally.total} edge regions"
        return tally.verdict(
            {"regions": tally.table, "log_group": params.group},
            passed=f"{params.group} exists in each of {tally.total} edge regions",
            failed=f"No log group in {listing(tally.wrong)}; {known}",
        )


@check(
    "logs.retention",
    version=2,
    criteria=["log-retention"],
    params=EdgeLogGroups,
    reads=READS,
    title="Logs expire when they should",
    severity="low",
    passes=(
        "In each edge region that has the function's log group, or the one where CloudFront notes"
        " answers of functions that it did not accept, retention is set and not too long."
    ),
    why=(
        "A group that Lambda made keeps its logs for ever: the bill grows, and so does what has to"
        " be answered for in a data request."
    ),
    mend_console=(
        "CloudWatch, in the region, Log groups, the group, Actions, Edit retention setting."
    ),
    mend_cli=_mend_retention,
    documentation="Amazon CloudWatch Logs User Guide: Change log data retention",
)
class Retention:
    """Retention is set, and within the limit, wherever the group exists."""

    @staticmethod
    def needs(params: EdgeLogGroups) -> Iterable[Fetch]:
        return all_group_fetches(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeLogGroups) -> Verdict:
        longest = params.log_retention_days_max

        def look(region: str) -> Part:
            groups = groups_in(region, facts, params)
            if not groups:
                return Part(None, {"group": False})
            days = {each.log_group_name: each.retention_in_days for each in groups}
            wrong = {name: kept for name, kept in days.items() if kept is None or kept > longest}
            said = (_said_of_kept(kept, name, params) for name, kept in wrong.items())
            seen: dict[str, Any] = {"group": params.group in days}
            for name, kept in days.items():
                seen["days" if name == params.group else "cloudfront_days"] = kept
            seen["too_long"] = list(wrong)
            return Part(not wrong, seen, ", ".join(said))

        tally = look_at(params.edge_regions, look)
        observed: Observed = {"regions": tally.table, "log_group": params.group}
        if len(tally.nothing) == tally.total:
            return no_group(params, observed)
        return tally.verdict(
            observed,
            passed=f"Logs expire within {longest} days wherever the group exists",
            failed=f"Logs should expire within {longest} days: {tally.wrongs()}",
        )


def _said_of_kept(days: int | None, group: str, params: EdgeLogGroups) -> str:
    kept = "kept for ever" if days is None else f"kept for {days} days"
    return kept if group == params.group else f"CloudFront's {kept}"
