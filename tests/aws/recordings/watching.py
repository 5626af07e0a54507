"""The part of the complete account that watches the component: further alarms, filters, probes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from readiness.aws.fetch import Fetch
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


def history(region: str, name: str) -> Fetch:
    return Fetch.first_page(
        "cloudwatch",
        region,
        "describe_alarm_history",
        AlarmName=name,
        AlarmTypes=["MetricAlarm"],
        MaxRecords=100,
        ScanBy="TimestampDescending",
    )


def state_update(to: str, days_ago: float = 5) -> dict[str, Any]:
    return {
        "AlarmName": "edge-errors",
        "AlarmType": "MetricAlarm",
        "Timestamp": aws.NOW - timedelta(days=days_ago),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from OK to {to}",
        "HistoryData": json.dumps({"version": "1.0", "newState": {"stateValue": to}}),
    }


def configuration_update(kind: str) -> dict[str, Any]:
    return {
        **state_update("OK", days_ago=6),
        "HistoryItemType": "ConfigurationUpdate",
        "HistorySummary": "Alarm changed",
        "HistoryData": json.dumps({"version": "1.0", "type": kind}),
    }


def told(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"AlarmHistoryItems": list(items), **more}


def add(account: aws.Account) -> None:
    for region in aws.REGIONS:
        here = alarms(region, aws.metric_alarm(region))
        account.says(aws.alarms(region), here)
        drilled = told(state_update("OK", 4), state_update("ALARM"), configuration_update("Create"))
        account.says(history(region, "edge-errors"), drilled)
    account.says(history("us-east-1", "edge-5xx"), drilled)
