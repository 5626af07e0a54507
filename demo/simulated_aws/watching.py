"""What watches the router beside the alarms on errors: lag, figures, shipped logs, a dashboard."""

import json
from typing import Any

from demo.simulated_aws.account import (
    ACCOUNT_ID,
    BUCKETS,
    DASHBOARD_NAME,
    EDGE_FUNCTION_NAME,
    EDGE_REGIONS,
    FUNCTION_NAME,
    HOME_REGION,
    LOG_BUCKETS,
    LOG_GROUP,
    RUNBOOK,
    TAG_LIST,
    Account,
    topic_arn,
)
from demo.simulated_aws.policies import allow, create_role, put_role_policy

SHIPPING = f"{FUNCTION_NAME}-logs"
SHIPPING_ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/{SHIPPING}"
METRIC_FILTER, METRIC_NAME = "lookups-that-failed", "LookupsFailed"
LOOKUP_FAILED = '"queryCname"'
COLLECTOR = "https://collector.example.net/logs"


def stream_arn(region: str) -> str:
    return f"arn:aws:firehose:{region}:{ACCOUNT_ID}:deliverystream/{SHIPPING}"


def lag_alarm(source: str, target: str) -> dict[str, Any]:
    """The lag of a way is measured in the region that receives."""
    dimensions = {
        "SourceBucket": BUCKETS[source],
        "DestinationBucket": BUCKETS[target],
        "RuleId": f"to-{target}",
    }
    return {
        "AlarmName": f"assets-late-from-{source}",
        "AlarmDescription": f"Copies from {source} are late. Runbook: {RUNBOOK}#replication",
        "Namespace": "AWS/S3",
        "MetricName": "ReplicationLatency",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Threshold": 900,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic_arn(target)],
    }


def count_what_is_logged(account: Account) -> None:
    for region in EDGE_REGIONS:
        account.client("logs", region).put_metric_filter(
            logGroupName=LOG_GROUP,
            filterName=METRIC_FILTER,
            filterPattern=LOOKUP_FAILED,
            metricTransformations=[
                {
                    "metricName": METRIC_NAME,
                    "metricNamespace": FUNCTION_NAME,
                    "metricValue": "1",
                }
            ],
        )


def ship_logs(account: Account) -> None:
    iam = account.client("iam")
    create_role(iam, SHIPPING, "firehose.amazonaws.com", "logs.amazonaws.com")
    put_role_policy(iam, SHIPPING, allow(["firehose:PutRecord", "s3:PutObject"], "*"))
    for region in EDGE_REGIONS:
        _ship_from(account, region)


def _ship_from(account: Account, region: str) -> None:
    left_behind = {
        "RoleARN": SHIPPING_ROLE,
        "BucketARN": f"arn:aws:s3:::{LOG_BUCKETS[HOME_REGION]}",
        "Prefix": f"not-shipped/{region}/",
    }
    account.client("firehose", region).create_delivery_stream(
        DeliveryStreamName=SHIPPING,
        HttpEndpointDestinationConfiguration={
            "EndpointConfiguration": {"Url": COLLECTOR, "Name": "collector"},
            "S3Configuration": left_behind,
        },
        Tags=TAG_LIST,
    )
    account.client("logs", region).put_subscription_filter(
        logGroupName=LOG_GROUP,
        filterName=SHIPPING,
        filterPattern="",
        destinationArn=stream_arn(region),
        roleArn=SHIPPING_ROLE,
    )


def put_dashboard(account: Account) -> None:
    body = {"widgets": [_graph(metric) for metric in ("Invocations", "Errors", "Duration")]}
    account.client("cloudwatch").put_dashboard(
        DashboardName=DASHBOARD_NAME, DashboardBody=json.dumps(body)
    )


def _graph(metric: str) -> dict[str, Any]:
    metric_id = ["AWS/Lambda", metric, "FunctionName", EDGE_FUNCTION_NAME]
    rows = [[*metric_id, {"region": region, "label": region}] for region in EDGE_REGIONS]
    properties = {"title": metric, "view": "timeSeries", "region": HOME_REGION, "metrics": rows}
    return {"type": "metric", "width": 8, "height": 6, "properties": properties}
