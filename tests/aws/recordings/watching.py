"""The part of the complete account that watches the component: further alarms, filters, probes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from readiness.aws.fetch import Fetch
from tests.aws.recordings import complete as aws

NO_POLICY: dict[str, Any] = {"accountPolicies": []}


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


def metric_filters(region: str) -> Fetch:
    return Fetch.of("logs", region, "describe_metric_filters", logGroupName=aws.GROUP)


def filtered(*names: str) -> dict[str, Any]:
    transformation = {"metricName": "Sides", "metricNamespace": "Edge", "metricValue": "1"}
    made = {"filterPattern": "ERROR", "metricTransformations": [transformation]}
    return {"metricFilters": [{"filterName": name, **made} for name in names]}


def subscription_filters(region: str, group: str = "") -> Fetch:
    return Fetch.of(
        "logs", region, "describe_subscription_filters", logGroupName=group or aws.GROUP
    )


def stream_arn(region: str) -> str:
    return f"arn:aws:firehose:{region}:{aws.ACCOUNT}:deliverystream/logs"


def subscribed(*arns: str) -> dict[str, Any]:
    made = {"filterName": "ship", "logGroupName": aws.GROUP, "filterPattern": ""}
    return {"subscriptionFilters": [{**made, "destinationArn": arn} for arn in arns]}


def account_policies(region: str) -> Fetch:
    kind = "SUBSCRIPTION_FILTER_POLICY"
    return Fetch.of("logs", region, "describe_account_policies", policyType=kind)


def for_all_groups(arn: str, **more: Any) -> dict[str, Any]:
    document = json.dumps({"DestinationArn": arn, "FilterPattern": "", "Distribution": "Random"})
    made = {"policyName": "ship", "policyDocument": document, "scope": "ALL", **more}
    return {"accountPolicies": [made]}


def stream(region: str) -> Fetch:
    name = "logs"
    return Fetch.of("firehose", region, "describe_delivery_stream", DeliveryStreamName=name)


def delivering(status: str = "ACTIVE", to: str = "Splunk") -> dict[str, Any]:
    settings = {"HECEndpoint": "https://example.com", "HECToken": aws.SECRET}
    destination = {"DestinationId": "1", f"{to}DestinationDescription": settings}
    made = {"DeliveryStreamName": "logs", "DeliveryStreamStatus": status}
    return {"DeliveryStreamDescription": {**made, "Destinations": [destination]}}


DASHBOARD = Fetch.of("cloudwatch", "us-east-1", "get_dashboard", DashboardName="edge-router")


def graph(region: str, *rows: list[Any]) -> dict[str, Any]:
    metrics = list(rows) or [["AWS/Lambda", "Errors", "FunctionName", "us-east-1.edge-router"]]
    properties = {"region": region, "metrics": metrics, "view": "timeSeries"}
    return {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": properties}


def dashboard(*widgets: dict[str, Any]) -> dict[str, Any]:
    arn = f"arn:aws:cloudwatch::{aws.ACCOUNT}:dashboard/edge-router"
    body = json.dumps({"start": "-PT3H", "widgets": list(widgets)})
    return {"DashboardArn": arn, "DashboardName": "edge-router", "DashboardBody": body}


CANARY_CALL = ("synthetics", "eu-west-1")
CANARY = Fetch.of(*CANARY_CALL, "describe_canaries", Names=["edge-probe"])
LAST_RUN = Fetch.of(*CANARY_CALL, "describe_canaries_last_run", Names=["edge-probe"])


def canary(state: str = "RUNNING", schedule: str = "rate(5 minutes)") -> dict[str, Any]:
    made = {"Name": "edge-probe", "Schedule": {"Expression": schedule, "DurationInSeconds": 0}}
    return {"Canaries": [{**made, "Status": {"State": state, "StateReasonCode": "SUCCEEDED"}}]}


def last_runs(*states: str) -> dict[str, Any]:
    runs = [{"Name": "edge-probe", "Status": {"State": state}} for state in states]
    return {"CanariesLastRun": [{"CanaryName": "edge-probe", "LastRun": run} for run in runs]}


def add(account: aws.Account) -> None:
    for region in aws.REGIONS:
        here = alarms(region, aws.metric_alarm(region))
        account.says(aws.alarms(region), here)
        drilled = told(state_update("OK", 4), state_update("ALARM"), configuration_update("Create"))
        account.says(history(region, "edge-errors"), drilled)
        add_logs(account, region)
    account.says(history("us-east-1", "edge-5xx"), drilled)
    account.says(DASHBOARD, dashboard(*map(graph, aws.REGIONS)))
    account.says(CANARY, canary())
    account.says(LAST_RUN, last_runs("PASSED"))


def add_logs(account: aws.Account, region: str) -> None:
    """Shipped by the group's own subscription, in one region by that of the account."""
    is_wide = region == "ap-northeast-1"
    arn = stream_arn(region)
    account.says(metric_filters(region), filtered("sides"))
    account.says(subscription_filters(region), subscribed(*([] if is_wide else [arn])))
    account.says(account_policies(region), for_all_groups(arn) if is_wide else NO_POLICY)
    account.says(stream(region), delivering())
