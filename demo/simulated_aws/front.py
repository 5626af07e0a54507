"""What stands beside the distribution: its cache policy, its web ACL and its further metrics."""

from typing import Any

from demo.simulated_aws.account import CACHE_TTL, CACHE_TTL_MAX, FUNCTION_NAME, TAG_LIST, Account


def create_cache_policy(account: Account) -> str:
    """The id of a policy by which an asset is kept for an hour, or for a day if it says so."""
    created = account.client("cloudfront").create_cache_policy(
        CachePolicyConfig={
            "Name": FUNCTION_NAME,
            "Comment": "Assets, by their path alone",
            "MinTTL": 0,
            "DefaultTTL": CACHE_TTL,
            "MaxTTL": CACHE_TTL_MAX,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": True,
                "EnableAcceptEncodingBrotli": True,
                "HeadersConfig": {"HeaderBehavior": "none"},
                "CookiesConfig": {"CookieBehavior": "none"},
                "QueryStringsConfig": {"QueryStringBehavior": "none"},
            },
        }
    )
    return str(created["CachePolicy"]["Id"])


def create_web_acl(account: Account) -> str:
    """The ARN of a web ACL that stops whoever asks too often."""
    created = account.client("wafv2").create_web_acl(
        Name=FUNCTION_NAME,
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        Rules=[
            {
                "Name": "flood",
                "Priority": 1,
                "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}},
                "Action": {"Block": {}},
                "VisibilityConfig": _visible("flood"),
            }
        ],
        VisibilityConfig=_visible(FUNCTION_NAME),
        Tags=TAG_LIST,
    )
    return str(created["Summary"]["ARN"])


def turn_on_metrics(account: Account, distribution_id: str) -> None:
    account.client("cloudfront").create_monitoring_subscription(
        DistributionId=distribution_id,
        MonitoringSubscription={
            "RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}
        },
    )


def _visible(name: str) -> dict[str, Any]:
    return {
        "SampledRequestsEnabled": True,
        "CloudWatchMetricsEnabled": True,
        "MetricName": name,
    }
