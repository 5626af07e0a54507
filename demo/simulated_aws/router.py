"""Builds the S3 router of the article as it should be: nothing missing, everything guarded."""

from itertools import permutations
from typing import Any

from demo.simulated_aws.account import (
    ALARM_NAME,
    BUCKETS,
    EDGE_FUNCTION_NAME,
    EDGE_REGIONS,
    FUNCTION_NAME,
    HOME_REGION,
    LOG_GROUP,
    LOG_RETENTION_DAYS,
    ONCALL_ENDPOINT,
    RECORD_NAME,
    RECORD_TTL,
    RUNBOOK,
    TAG_LIST,
    TAGS,
    TOPIC_NAME,
    ZONE_NAME,
    Account,
    bucket_host,
    topic_arn,
)
from demo.simulated_aws.buckets import create_buckets, let_only_the_distribution_read
from demo.simulated_aws.edge import create_distribution, create_function
from demo.simulated_aws.functions import create_purger
from demo.simulated_aws.governance import create_governance
from demo.simulated_aws.watching import (
    count_what_is_logged,
    lag_alarm,
    put_dashboard,
    ship_logs,
)


def build_router(account: Account) -> None:
    """One of everything in an empty account. In one order, so that ids are the same each time."""
    create_function(account)
    create_buckets(account)
    distribution_id = create_distribution(account)
    let_only_the_distribution_read(account, distribution_id)
    _topics(account)
    create_purger(account)
    _hosted_zone(account)
    _log_groups(account)
    _alarms(account, distribution_id)
    count_what_is_logged(account)
    ship_logs(account)
    put_dashboard(account)
    create_governance(account)


def error_alarm(region: str) -> dict[str, Any]:
    """Lambda@Edge counts errors in the region where the function ran."""
    return {
        "AlarmName": ALARM_NAME,
        "AlarmDescription": f"The router fails in {region}. Runbook: {RUNBOOK}#errors",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": EDGE_FUNCTION_NAME}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        # No traffic in a region is no failure.
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic_arn(region)],
    }


def weighted_record(region: str, health_check_id: str | None) -> dict[str, Any]:
    record: dict[str, Any] = {
        "Name": RECORD_NAME,
        "Type": "CNAME",
        "SetIdentifier": region,
        "Weight": 50,
        "TTL": RECORD_TTL,
        "ResourceRecords": [{"Value": bucket_host(region)}],
    }
    return record | ({"HealthCheckId": health_check_id} if health_check_id else {})


def _topics(account: Account) -> None:
    for region in EDGE_REGIONS:
        sns = account.client("sns", region)
        arn = sns.create_topic(Name=TOPIC_NAME, Tags=TAG_LIST)["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="https", Endpoint=ONCALL_ENDPOINT)
        # The simulated account takes the endpoint for the token that was sent there.
        sns.confirm_subscription(TopicArn=arn, Token=ONCALL_ENDPOINT)


def _hosted_zone(account: Account) -> None:
    route53 = account.client("route53")
    zone_id = route53.create_hosted_zone(Name=ZONE_NAME, CallerReference=FUNCTION_NAME)[
        "HostedZone"
    ]["Id"]
    changes = []
    for region in BUCKETS:
        health_check = route53.create_health_check(
            CallerReference=f"{FUNCTION_NAME}-{region}",
            HealthCheckConfig={
                "Type": "HTTPS",
                "FullyQualifiedDomainName": bucket_host(region),
                "Port": 443,
                "ResourcePath": "/healthy.txt",
                "RequestInterval": 10,
                "FailureThreshold": 3,
            },
        )["HealthCheck"]
        record = weighted_record(region, health_check["Id"])
        changes.append({"Action": "CREATE", "ResourceRecordSet": record})
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def _log_groups(account: Account) -> None:
    for region in EDGE_REGIONS:
        logs = account.client("logs", region)
        logs.create_log_group(logGroupName=LOG_GROUP, tags=TAGS)
        logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=LOG_RETENTION_DAYS)


def _alarms(account: Account, distribution_id: str) -> None:
    for region in EDGE_REGIONS:
        _alarm(account, region, error_alarm(region))
    # CloudFront counts everything in us-east-1, as "Global".
    dimensions = {"DistributionId": distribution_id, "Region": "Global"}
    _alarm(
        account,
        HOME_REGION,
        error_alarm(HOME_REGION)
        | {
            "AlarmName": "asset-delivery-5xx",
            "AlarmDescription": f"Assets are answered with 5xx. Runbook: {RUNBOOK}#5xx",
            "Namespace": "AWS/CloudFront",
            "MetricName": "5xxErrorRate",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": "Average",
            "Threshold": 1,
        },
    )

    for source, target in permutations(BUCKETS, 2):
        _alarm(account, target, lag_alarm(source, target))


def _alarm(account: Account, region: str, alarm: dict[str, Any]) -> None:
    cloudwatch = account.client("cloudwatch", region)
    cloudwatch.put_metric_alarm(**alarm, Tags=TAG_LIST)
    for state, reason in (("ALARM", "Drill: does it arrive?"), ("OK", "Below the threshold")):
        cloudwatch.set_alarm_state(
            AlarmName=alarm["AlarmName"], StateValue=state, StateReason=reason
        )
