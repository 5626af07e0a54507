"""Fills a simulated account with the S3 router, by ordinary calls through its endpoint."""

from collections.abc import Iterable
from contextlib import closing

from demo.simulated_aws.account import (
    BUCKETS,
    BUDGET_NAME,
    CACHE_TTL_MAX,
    COMMENT,
    DASHBOARD_NAME,
    EDGE_REGIONS,
    FAILOVER_HEADER,
    FUNCTION_EVENT,
    FUNCTION_NAME,
    HOME_REGION,
    LAMBDA_CONCURRENCY_MIN,
    LOG_RETENTION_DAYS_MAX,
    OWNER_TAG,
    PIPELINE_NAME,
    PURGER_NAME,
    RECORD_NAME,
    RECORD_TTL,
    RUNBOOK,
    ZONE_NAME,
    Account,
    RouterParameters,
)
from demo.simulated_aws.gaps import GAPS, Gap
from demo.simulated_aws.router import build_router

__all__ = ["GAPS", "Gap", "RouterParameters", "seed_asset_router", "seed_complete_router"]


def seed_asset_router(endpoint_url: str, gaps: Iterable[Gap] = GAPS) -> RouterParameters:
    """Builds the router, opens the gaps and returns the parameters of the component.

    Changes nothing when the router is there already, whatever has been mended or broken since.
    """
    with closing(Account(endpoint_url)) as account:
        if _distribution_id(account) is None:
            build_router(account)
            parameters = _parameters(account)
            for gap in gaps:
                gap.open(account, parameters)
        return _parameters(account)


def seed_complete_router(endpoint_url: str) -> RouterParameters:
    """The same component without any gap."""
    return seed_asset_router(endpoint_url, gaps=())


def _distribution_id(account: Account) -> str | None:
    listed = account.client("cloudfront").list_distributions()["DistributionList"]
    for distribution in listed.get("Items", ()):
        if distribution["Comment"] == COMMENT:
            return str(distribution["Id"])
    return None


def _parameters(account: Account) -> RouterParameters:
    zones = account.client("route53").list_hosted_zones_by_name(DNSName=ZONE_NAME)["HostedZones"]
    return {
        "distribution_id": _distribution_id(account) or "",
        "function_name": FUNCTION_NAME,
        "function_event": FUNCTION_EVENT,
        "edge_regions": list(EDGE_REGIONS),
        "buckets": dict(BUCKETS),
        "hosted_zone_id": zones[0]["Id"].rpartition("/")[2],
        "record_name": RECORD_NAME,
        "log_retention_days_max": LOG_RETENTION_DAYS_MAX,
        "record_ttl_max": RECORD_TTL,
        "failover_header": FAILOVER_HEADER,
        "cache_ttl_max": CACHE_TTL_MAX,
        "pipeline_name": PIPELINE_NAME,
        "pipeline_region": HOME_REGION,
        "owner_tag": OWNER_TAG,
        "budget_name": BUDGET_NAME,
        "log_shipping": "http",
        "runbook_prefix": RUNBOOK,
        "dashboard_name": DASHBOARD_NAME,
        "plain_function_name": PURGER_NAME,
        "plain_function_region": HOME_REGION,
        "lambda_concurrency_min": LAMBDA_CONCURRENCY_MIN,
    }
