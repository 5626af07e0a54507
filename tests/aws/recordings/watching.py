"""The part of the complete account that watches the component: further alarms, filters, probes."""

from __future__ import annotations

from typing import Any

from tests.aws.recordings import complete as aws


def dimensions(**named: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in named.items()]


def distribution_alarm(name: str = "edge-5xx", **changes: Any) -> dict[str, Any]:
    made = {
        "Namespace": "AWS/CloudFront",
        "MetricName": "5xxErrorRate",
        "Dimensions": dimensions(DistributionId="E1A2B3C4D5E6F7", Region="Global"),
        "Statistic": "Average",
    }
    return aws.metric_alarm("us-east-1", name, **{**made, **changes})


def replication_alarm(region: str, **changes: Any) -> dict[str, Any]:
    """On the lag of what arrives in `region`: that is where AWS publishes it."""
    (source,) = (name for where, name in aws.BUCKETS.items() if where != region)
    target = aws.BUCKETS[region]
    made = {
        "Namespace": "AWS/S3",
        "MetricName": "ReplicationLatency",
        "Dimensions": dimensions(
            SourceBucket=source, DestinationBucket=target, RuleId=f"to-{target}"
        ),
        "Statistic": "Maximum",
    }
    return aws.metric_alarm(region, "late-copies", **{**made, **changes})


def further_alarms(region: str) -> list[dict[str, Any]]:
    """What a region has beside the alarm on the function's errors."""
    distribution = [distribution_alarm()] if region == "us-east-1" else []
    replication = [replication_alarm(region)] if region in aws.BUCKETS else []
    return [aws.other_alarm(region), *distribution, *replication]


def alarms(region: str, *on_function: dict[str, Any]) -> dict[str, Any]:
    """The answer of a region where these are the alarms on the function."""
    return {"MetricAlarms": [*on_function, *further_alarms(region)], "CompositeAlarms": []}


def add(account: aws.Account) -> None:
    for region in aws.REGIONS:
        account.says(aws.alarms(region), alarms(region, aws.metric_alarm(region)))
