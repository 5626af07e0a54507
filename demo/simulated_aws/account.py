"""The names in the demo's account, and the clients that look into it."""

from functools import cache
from typing import Any, TypedDict

import boto3
from botocore.config import Config

ACCOUNT_ID = "123456789012"
OTHER_ACCOUNT_ID = "210987654321"

# A Lambda@Edge function lives in us-east-1 and runs wherever its callers are.
HOME_REGION = "us-east-1"
EDGE_REGIONS = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-northeast-1",
    "ap-southeast-2",
)
FUNCTION_NAME = "asset-router"
PURGER_NAME = "asset-purger"
EDGE_FUNCTION_NAME = f"{HOME_REGION}.{FUNCTION_NAME}"
FUNCTION_EVENT = "origin-request"
# By this the distribution is found again.
COMMENT = "Assets from two regions, routed at the edge"
LOG_GROUP = f"/aws/lambda/{EDGE_FUNCTION_NAME}"
LOG_RETENTION_DAYS = 365
LOG_RETENTION_DAYS_MAX = 400

BUCKETS = {"us-east-1": "example-assets-us-east-1", "us-west-2": "example-assets-us-west-2"}
LOG_BUCKETS = {region: f"example-asset-logs-{region}" for region in BUCKETS}
REPLICATION_ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/asset-replication"

ZONE_NAME = "example.net"
SITE = f"assets.{ZONE_NAME}"
RECORD_NAME = "assets-origin.example.net"
RECORD_TTL = 60

FAILOVER_HEADER = "x-failover"
# In seconds: how long an asset is kept that says nothing, and one that asks for long.
CACHE_TTL = 3600
CACHE_TTL_MAX = 86400
LAMBDA_CONCURRENCY_MIN = 500

ALARM_NAME = "asset-router-errors"
RUNBOOK = "https://runbooks.example.net/asset-router"
DASHBOARD_NAME = "asset-delivery"
TOPIC_NAME = "oncall"
ONCALL_ENDPOINT = "https://oncall.example.net/sns"

PIPELINE_NAME = "asset-router-release"
BUDGET_NAME = "asset-delivery"
OWNER_TAG = "team"
TAGS = {"team": "edge-delivery", "service": "asset-delivery"}
TAG_LIST = [{"Key": key, "Value": value} for key, value in TAGS.items()]


class RouterParameters(TypedDict):
    """What the readiness review knows of the component."""

    distribution_id: str
    function_name: str
    function_event: str
    edge_regions: list[str]
    buckets: dict[str, str]
    hosted_zone_id: str
    record_name: str
    log_retention_days_max: int
    record_ttl_max: int
    log_shipping: str
    runbook_prefix: str
    dashboard_name: str
    failover_header: str
    cache_ttl_max: int
    pipeline_name: str
    pipeline_region: str
    owner_tag: str
    budget_name: str
    plain_function_name: str
    plain_function_region: str
    lambda_concurrency_min: int


@cache
def _session() -> boto3.Session:
    # One in a process, as it reads the models of the services, which takes longer than most calls.
    return boto3.Session("demo", "demo", region_name=HOME_REGION)


class Account:
    """Ordinary boto3 clients of the account behind an endpoint, one of each."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        # Loopback: no proxy is to be asked, and whatever fails fails again.
        self._config = Config(proxies={}, retries={"total_max_attempts": 1})

    def client(self, service: str, region: str = HOME_REGION) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = _session().client(
                service, region, endpoint_url=self._endpoint_url, config=self._config
            )
        return self._clients[service, region]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def function_arn(version: int) -> str:
    return f"arn:aws:lambda:{HOME_REGION}:{ACCOUNT_ID}:function:{FUNCTION_NAME}:{version}"


def topic_arn(region: str) -> str:
    return f"arn:aws:sns:{region}:{ACCOUNT_ID}:{TOPIC_NAME}"


def bucket_host(region: str) -> str:
    return f"{BUCKETS[region]}.s3.{region}.amazonaws.com"
