"""How much does AWS allow the account at most?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from readiness.aws.errors import CouldNotLook
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, look_at, to_mend
from readiness.aws.parameter_types import Concurrency, EdgeRegions
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_QUOTA = ("service-quotas", "get_service_quota")
READS_DEFAULT = ("service-quotas", "get_aws_default_service_quota")

CONCURRENT_EXECUTIONS = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}


class EdgeCapacity(CheckParameters):
    edge_regions: EdgeRegions
    lambda_concurrency_min: Concurrency


class Quota(Shape):
    value: float


class QuotaAnswer(Shape):
    quota: Quota


def quota_fetch(region: str) -> Fetch:
    return Fetch.of("service-quotas", region, "get_service_quota", **CONCURRENT_EXECUTIONS)


def default_fetch(region: str) -> Fetch:
    return Fetch.of(
        "service-quotas", region, "get_aws_default_service_quota", **CONCURRENT_EXECUTIONS
    )


def applied_quota(facts: Facts, region: str) -> QuotaAnswer | None:
    """None where AWS keeps no value of the account's own: then its default holds."""
    absent = ("NoSuchResourceException",)
    return facts.read(quota_fetch(region), QuotaAnswer, absent=absent)


def lacks_applied_quota(facts: Facts, region: str) -> bool:
    """Whether AWS said so; an answer that could not be had says nothing."""
    try:
        return applied_quota(facts, region) is None
    except CouldNotLook:
        return False


def mend_capacity(params: EdgeCapacity, observed: Observed) -> str:
    """A command for each region that has not enough; for all if that is known of none."""
    return "\n".join(
        f"aws service-quotas request-service-quota-increase --region {shlex.quote(region)}"
        f" --service-code {CONCURRENT_EXECUTIONS['ServiceCode']}"
        f" --quota-code {CONCURRENT_EXECUTIONS['QuotaCode']}"
        f" --desired-value {params.lambda_concurrency_min}"
        for region in to_mend(observed, "regions", params.edge_regions)
    )


@check(
    "quotas.lambda-concurrency",
    version=1,
    criteria=["quota-headroom"],
    params=EdgeCapacity,
    reads=[READS_QUOTA, READS_DEFAULT],
    title="The quota of Lambda covers the peak in each edge region",
    severity="medium",
    passes=(
        "In each edge region, the quota of concurrent executions is at least the component's least"
        " concurrency."
    ),
    why=(
        "Quotas are kept region by region, and a new account begins with a small one. Traffic that"
        " moves to another region meets the quota of that region; to raise it takes days."
    ),
    mend_console=(
        "Service Quotas, in the region, AWS services, AWS Lambda, Concurrent executions: Request"
        " increase at account level."
    ),
    mend_cli=mend_capacity,
    documentation="Service Quotas User Guide: Requesting a quota increase",
)
class LambdaConcurrency:
    """The applied quota of each edge region, or else AWS's default, is high enough."""

    @staticmethod
    def needs(params: EdgeCapacity) -> Iterable[Fetch]:
        return (quota_fetch(region) for region in params.edge_regions)

    @staticmethod
    def needs_more(facts: Facts, params: EdgeCapacity) -> Iterable[Fetch]:
        for region in params.edge_regions:
            if lacks_applied_quota(facts, region):
                yield default_fetch(region)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeCapacity) -> Verdict:
        wanted = params.lambda_concurrency_min

        def look(region: str) -> Part:
            applied = applied_quota(facts, region)
            answer = applied or facts.read(default_fetch(region), QuotaAnswer)
            value = int(answer.quota.value)
            seen = {"quota": value, "default": applied is None}
            return Part(value >= wanted, seen, wrong=f"the quota is {value}")

        tally = look_at(params.edge_regions, look)
        return tally.verdict(
            {"regions": tally.table, "wanted": wanted},
            passed=f"The quota allows {wanted} executions or more in {tally.total} edge regions",
            failed=f"{wanted} executions at the same time are wanted: {tally.wrongs()}",
        )
