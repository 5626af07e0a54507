"""The part of the complete account that answers users: the distribution and what belongs to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from readiness.aws.fetch import Fetch
from tests.aws.recordings import complete as aws

ACCOUNT = "123456789012"
ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1A2B3C4D5E6F7"
CERTIFICATE_ID = "11112222-3333-4444-5555-666677778888"
CERTIFICATE_ARN = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{CERTIFICATE_ID}"
CACHE_POLICY_ID = "aaaaaaaa-0000-4000-8000-000000000001"
HEADERS_POLICY_ID = "bbbbbbbb-0000-4000-8000-000000000002"
MODIFIED = datetime(2026, 11, 1, 8, tzinfo=UTC)
SOURCE = "edge-access"

SOURCES = Fetch.of("logs", "us-east-1", "describe_delivery_sources")
DELIVERIES = Fetch.of("logs", "us-east-1", "describe_deliveries")
SUBSCRIPTION = Fetch.of(
    "cloudfront", "us-east-1", "get_monitoring_subscription", DistributionId="E1A2B3C4D5E6F7"
)
CACHE_POLICY = Fetch.of("cloudfront", "us-east-1", "get_cache_policy", Id=CACHE_POLICY_ID)
HEADERS_POLICY = Fetch.of(
    "cloudfront", "us-east-1", "get_response_headers_policy", Id=HEADERS_POLICY_ID
)
CERTIFICATE = Fetch.of("acm", "us-east-1", "describe_certificate", CertificateArn=CERTIFICATE_ARN)


def listed(*items: Any) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


def behaviour_settings() -> dict[str, Any]:
    return {
        "TargetOriginId": "either",
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": CACHE_POLICY_ID,
        "ResponseHeadersPolicyId": HEADERS_POLICY_ID,
    }


def origin(region: str, **headers: str) -> dict[str, Any]:
    bucket = aws.BUCKETS[region]
    custom = [{"HeaderName": name, "HeaderValue": value} for name, value in headers.items()]
    return {
        "Id": bucket,
        "DomainName": f"{bucket}.s3.{region}.amazonaws.com",
        "OriginPath": "",
        "CustomHeaders": listed(*custom),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": "E2QWRUHAPOMQZL",
    }


def group(*origins: str, codes: tuple[int, ...] = (500, 502, 503, 504)) -> dict[str, Any]:
    return {
        "Id": "either",
        "FailoverCriteria": {"StatusCodes": listed(*codes)},
        "Members": listed(*({"OriginId": each} for each in origins)),
        "SelectionCriteria": "default",
    }


def settings() -> dict[str, Any]:
    """What a distribution has beside its behaviours."""
    second = origin("us-east-1", **{"X-Origin-Key": aws.SECRET, "X-Failover": aws.SECRET})
    return {
        "CallerReference": "readiness",
        "Aliases": listed("www.example.com"),
        "Origins": listed(origin("eu-west-1"), second),
        "OriginGroups": listed(group("files-eu", "files-us")),
        "CustomErrorResponses": listed(error_response(404, 5)),
        "Comment": "",
        # Standard logging of the second kind does not show here.
        "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        "Enabled": True,
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": False,
            "ACMCertificateArn": CERTIFICATE_ARN,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "Certificate": CERTIFICATE_ARN,
            "CertificateSource": "acm",
        },
        "WebACLId": f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/edge/a1b2",
    }


def error_response(code: int, seconds: int) -> dict[str, Any]:
    page = {"ResponsePagePath": "", "ResponseCode": ""}
    return {"ErrorCode": code, **page, "ErrorCachingMinTTL": seconds}


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The answer about the complete distribution, after `change` to its settings."""
    answer = copy.deepcopy(aws.complete().answers[aws.DISTRIBUTION].data)
    assert answer is not None
    change(answer["Distribution"]["DistributionConfig"])
    return dict(answer)


def with_settings(**settings: Any) -> dict[str, Any]:
    return changed(lambda config: config.update(settings))


def account_with(distribution: dict[str, Any]) -> aws.Account:
    """The complete account but for this answer about the distribution."""
    account = aws.complete()
    account.says(aws.DISTRIBUTION, distribution)
    return account


def with_behaviour(**settings: Any) -> dict[str, Any]:
    """The default behaviour has these too; None takes a setting away."""

    def change(config: dict[str, Any]) -> None:
        default = {**config["DefaultCacheBehavior"], **settings}
        kept = {name: value for name, value in default.items() if value is not None}
        config["DefaultCacheBehavior"] = kept

    return changed(change)


def sources(*sources: dict[str, Any]) -> dict[str, Any]:
    return {"deliverySources": list(sources)}


def source(**changes: Any) -> dict[str, Any]:
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:{SOURCE}"
    made = {"name": SOURCE, "arn": arn, "service": "cloudfront", "logType": "ACCESS_LOGS"}
    return {**made, "resourceArns": [ARN], **changes}


def deliveries(*sources: str) -> dict[str, Any]:
    target = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:bucket"
    to = {"deliveryDestinationArn": target, "deliveryDestinationType": "S3"}
    return {"deliveries": [{"id": "d1", "deliverySourceName": each, **to} for each in sources]}


def subscription(status: str = "Enabled") -> dict[str, Any]:
    config = {"RealtimeMetricsSubscriptionStatus": status}
    return {"MonitoringSubscription": {"RealtimeMetricsSubscriptionConfig": config}}


def cache_policy(
    *headers: str, most: int = 3600, gzip: bool = True, brotli: bool = True
) -> dict[str, Any]:
    named = {"Headers": listed(*headers)} if headers else {}
    key = {
        "EnableAcceptEncodingGzip": gzip,
        "EnableAcceptEncodingBrotli": brotli,
        "HeadersConfig": {"HeaderBehavior": "whitelist" if headers else "none", **named},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    times = {"DefaultTTL": min(600, most), "MaxTTL": most, "MinTTL": 0}
    config = {"Name": "edge", **times, "ParametersInCacheKeyAndForwardedToOrigin": key}
    made = {"Id": CACHE_POLICY_ID, "LastModifiedTime": MODIFIED, "CachePolicyConfig": config}
    return {"CachePolicy": made, "ETag": "E2QWRUHAPOMQZL"}


def headers_policy(*without: str, **changes: Any) -> dict[str, Any]:
    security = {
        "FrameOptions": {"Override": True, "FrameOption": "DENY"},
        "StrictTransportSecurity": {"Override": True, "AccessControlMaxAgeSec": 31_536_000},
    }
    config = {
        "Name": "edge",
        "SecurityHeadersConfig": {
            name: each for name, each in security.items() if name not in without
        },
        "CustomHeadersConfig": listed({"Header": "X-Team", "Value": "edge", "Override": False}),
        "RemoveHeadersConfig": listed({"Header": "Server"}),
        **changes,
    }
    made = {"Id": HEADERS_POLICY_ID, "LastModifiedTime": MODIFIED}
    policy = {**made, "ResponseHeadersPolicyConfig": config}
    return {"ResponseHeadersPolicy": policy, "ETag": "E2QWRUHAPOMQZL"}


def certificate(days: float = 200, **changes: Any) -> dict[str, Any]:
    made = {
        "CertificateArn": CERTIFICATE_ARN,
        "DomainName": "www.example.com",
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "NotBefore": MODIFIED,
        "NotAfter": aws.NOW + timedelta(days=days),
        "RenewalEligibility": "ELIGIBLE",
    }
    return {"Certificate": {**made, **changes}}


def add(account: aws.Account) -> None:
    account.says(SOURCES, sources(source()))
    account.says(DELIVERIES, deliveries(SOURCE))
    account.says(SUBSCRIPTION, subscription())
    account.says(CACHE_POLICY, cache_policy())
    account.says(HEADERS_POLICY, headers_policy())
    account.says(CERTIFICATE, certificate())
