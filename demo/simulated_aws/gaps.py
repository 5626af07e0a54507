"""What the demo's account lacks, on purpose: how each gap is opened, and how it is mended by hand.

The words in capitals in a command stand for parameters of the component; `Gap.commands` fills
them in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from demo.simulated_aws.account import (
    ALARM_NAME,
    BUCKETS,
    EDGE_FUNCTION_NAME,
    FUNCTION_NAME,
    LOG_BUCKETS,
    LOG_GROUP,
    LOG_RETENTION_DAYS,
    OTHER_ACCOUNT_ID,
    RECORD_NAME,
    RECORD_TTL,
    REPLICATION_ROLE,
    RUNBOOK,
    Account,
    RouterParameters,
    bucket_host,
    function_arn,
    topic_arn,
)
from demo.simulated_aws.policies import allow, document
from demo.simulated_aws.router import error_alarm, weighted_record
from demo.simulated_aws.watching import (
    LOOKUP_FAILED,
    METRIC_FILTER,
    METRIC_NAME,
    SHIPPING,
    SHIPPING_ROLE,
    stream_arn,
)

FIRST_EXPERIMENT = "first-experiment"

Opening = Callable[[Account, RouterParameters], None]


@dataclass(frozen=True)
class Gap:
    name: str
    what: str
    mend_cli: tuple[str, ...]
    """Lines for a POSIX shell, in this order."""
    open: Opening

    def commands(self, parameters: RouterParameters, endpoint_url: str) -> tuple[str, ...]:
        """The mending commands for this component behind this endpoint."""
        words = {
            "DISTRIBUTION_ID": parameters["distribution_id"],
            "HOSTED_ZONE_ID": parameters["hosted_zone_id"],
            "aws --region": f"aws --endpoint-url {endpoint_url} --region",
        }
        lines = "\n".join(self.mend_cli)
        for word, value in words.items():
            lines = lines.replace(word, value)
        return tuple(lines.split("\n"))


def _put_alarm(region: str) -> str:
    return (
        f"aws --region {region} cloudwatch put-metric-alarm --alarm-name {ALARM_NAME}"
        f" --alarm-description 'The router fails in {region}. Runbook: {RUNBOOK}#errors'"
        " --namespace AWS/Lambda --metric-name Errors --statistic Sum"
        f" --dimensions Name=FunctionName,Value={EDGE_FUNCTION_NAME}"
        " --period 60 --evaluation-periods 3 --threshold 5"
        " --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data notBreaching"
        f" --alarm-actions {topic_arn(region)}"
    )


def _put_retention(region: str) -> str:
    return (
        f"aws --region {region} logs put-retention-policy --log-group-name {LOG_GROUP}"
        f" --retention-in-days {LOG_RETENTION_DAYS}"
    )


def _put_metric_filter(region: str) -> str:
    return (
        f"aws --region {region} logs put-metric-filter --log-group-name {LOG_GROUP}"
        f" --filter-name {METRIC_FILTER} --filter-pattern '{LOOKUP_FAILED}'"
        f" --metric-transformations metricName={METRIC_NAME},metricNamespace={FUNCTION_NAME},"
        "metricValue=1"
    )


def _put_subscription(region: str) -> str:
    return (
        f"aws --region {region} logs put-subscription-filter --log-group-name {LOG_GROUP}"
        f" --filter-name {SHIPPING} --filter-pattern ''"
        f" --destination-arn {stream_arn(region)} --role-arn {SHIPPING_ROLE}"
    )


def _try_alarm(region: str) -> str:
    return (
        f"aws --region {region} cloudwatch set-alarm-state --alarm-name {ALARM_NAME}"
        " --state-value ALARM --state-reason 'Drill: does it arrive?'"
    )


def _open_version_drift(account: Account, parameters: RouterParameters) -> None:
    cloudfront = account.client("cloudfront")
    read = cloudfront.get_distribution_config(Id=parameters["distribution_id"])
    config = read["DistributionConfig"]
    (images,) = config["CacheBehaviors"]["Items"]
    (association,) = images["LambdaFunctionAssociations"]["Items"]
    association["LambdaFunctionARN"] = function_arn(2)
    cloudfront.update_distribution(
        Id=parameters["distribution_id"], DistributionConfig=config, IfMatch=read["ETag"]
    )


VERSION_DRIFT = Gap(
    name="version-drift",
    what="/images/* still runs version 2 of the function, everything else version 3",
    mend_cli=(
        "ETAG=$(aws --region us-east-1 cloudfront get-distribution-config --id DISTRIBUTION_ID"
        " --query ETag --output text)",
        "aws --region us-east-1 cloudfront get-distribution-config --id DISTRIBUTION_ID"
        " --query DistributionConfig --output json"
        f" | sed 's/function:{FUNCTION_NAME}:2/function:{FUNCTION_NAME}:3/'"
        " | aws --region us-east-1 cloudfront update-distribution --id DISTRIBUTION_ID"
        " --if-match $ETAG --distribution-config file:///dev/stdin",
    ),
    open=_open_version_drift,
)


def _open_log_group_missing(account: Account, _: RouterParameters) -> None:
    account.client("logs", "ap-northeast-1").delete_log_group(logGroupName=LOG_GROUP)


LOG_GROUP_MISSING = Gap(
    name="log-group-missing",
    what="there is no log group in ap-northeast-1",
    mend_cli=(
        f"aws --region ap-northeast-1 logs create-log-group --log-group-name {LOG_GROUP}",
        _put_retention("ap-northeast-1"),
        _put_metric_filter("ap-northeast-1"),
        _put_subscription("ap-northeast-1"),
    ),
    open=_open_log_group_missing,
)


def _open_log_group_never_expires(account: Account, _: RouterParameters) -> None:
    account.client("logs", "eu-central-1").delete_retention_policy(logGroupName=LOG_GROUP)


LOG_GROUP_NEVER_EXPIRES = Gap(
    name="log-group-never-expires",
    what="the logs in eu-central-1 are kept for ever",
    mend_cli=(_put_retention("eu-central-1"),),
    open=_open_log_group_never_expires,
)


def _open_alarm_missing(account: Account, _: RouterParameters) -> None:
    account.client("cloudwatch", "ap-southeast-2").delete_alarms(AlarmNames=[ALARM_NAME])


ALARM_MISSING = Gap(
    name="alarm-missing",
    what="nobody is told of errors in ap-southeast-2: there is no alarm",
    mend_cli=(_put_alarm("ap-southeast-2"), _try_alarm("ap-southeast-2")),
    open=_open_alarm_missing,
)


def _open_alarm_never_tried(account: Account, _: RouterParameters) -> None:
    cloudwatch = account.client("cloudwatch", "us-west-2")
    cloudwatch.delete_alarms(AlarmNames=[ALARM_NAME])
    cloudwatch.put_metric_alarm(**error_alarm("us-west-2"))


ALARM_NEVER_TRIED = Gap(
    name="alarm-never-tried",
    what="nobody has ever seen the alarm in us-west-2 go off",
    mend_cli=(_try_alarm("us-west-2"),),
    open=_open_alarm_never_tried,
)


def _open_alarm_muted(account: Account, _: RouterParameters) -> None:
    account.client("cloudwatch", "eu-west-1").disable_alarm_actions(AlarmNames=[ALARM_NAME])


ALARM_MUTED = Gap(
    name="alarm-muted",
    what="the alarm in eu-west-1 is muted: its actions are disabled",
    mend_cli=(
        f"aws --region eu-west-1 cloudwatch enable-alarm-actions --alarm-names {ALARM_NAME}",
    ),
    open=_open_alarm_muted,
)


def _open_replication_one_way(account: Account, _: RouterParameters) -> None:
    account.client("s3", "us-west-2").delete_bucket_replication(Bucket=BUCKETS["us-west-2"])


REPLICATION_ONE_WAY = Gap(
    name="replication-one-way",
    what="what is written in us-west-2 never reaches us-east-1",
    mend_cli=(
        f"aws --region us-west-2 s3api put-bucket-replication --bucket {BUCKETS['us-west-2']}"
        " --replication-configuration '"
        f'{{"Role": "{REPLICATION_ROLE}", "Rules": [{{"ID": "to-us-east-1", "Priority": 1,'
        ' "Status": "Enabled", "Filter": {"Prefix": ""},'
        ' "DeleteMarkerReplication": {"Status": "Enabled"},'
        f' "Destination": {{"Bucket": "arn:aws:s3:::{BUCKETS["us-east-1"]}",'
        ' "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},'
        ' "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}}}]}'
        "'",
    ),
    open=_open_replication_one_way,
)


def _open_record_without_health_check(account: Account, parameters: RouterParameters) -> None:
    route53 = account.client("route53")
    change = {"Action": "UPSERT", "ResourceRecordSet": weighted_record("us-west-2", None)}
    route53.change_resource_record_sets(
        HostedZoneId=parameters["hosted_zone_id"], ChangeBatch={"Changes": [change]}
    )
    for health_check in route53.list_health_checks()["HealthChecks"]:
        if health_check["HealthCheckConfig"]["FullyQualifiedDomainName"] == bucket_host(
            "us-west-2"
        ):
            route53.delete_health_check(HealthCheckId=health_check["Id"])


RECORD_WITHOUT_HEALTH_CHECK = Gap(
    name="record-without-health-check",
    what="half of the requests go to us-west-2 whether it answers or not",
    mend_cli=(
        "HEALTH_CHECK=$(aws --region us-east-1 route53 create-health-check"
        " --caller-reference us-west-2-again"
        f" --health-check-config Type=HTTPS,FullyQualifiedDomainName={bucket_host('us-west-2')},"
        "Port=443,ResourcePath=/healthy.txt,RequestInterval=10,FailureThreshold=3"
        " --query HealthCheck.Id --output text)",
        "aws --region us-east-1 route53 change-resource-record-sets --hosted-zone-id HOSTED_ZONE_ID"
        ' --change-batch \'{"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {'
        f'"Name": "{RECORD_NAME}", "Type": "CNAME", "SetIdentifier": "us-west-2", "Weight": 50,'
        f' "TTL": {RECORD_TTL}, "HealthCheckId": "\'$HEALTH_CHECK\'",'
        f' "ResourceRecords": [{{"Value": "{bucket_host("us-west-2")}"}}]}}}}]}}\'',
    ),
    open=_open_record_without_health_check,
)


def _open_topic_of_another_account(account: Account, _: RouterParameters) -> None:
    foreign = f"arn:aws:sns:eu-central-1:{OTHER_ACCOUNT_ID}:central-operations"
    alarm = error_alarm("eu-central-1") | {"AlarmActions": [foreign]}
    account.client("cloudwatch", "eu-central-1").put_metric_alarm(**alarm)


TOPIC_OF_ANOTHER_ACCOUNT = Gap(
    name="topic-of-another-account",
    what=(
        "the alarm in eu-central-1 notifies a topic of another account:"
        " whether anybody listens there cannot be seen from here"
    ),
    mend_cli=(_put_alarm("eu-central-1"),),
    open=_open_topic_of_another_account,
)


def _open_metrics_off(account: Account, parameters: RouterParameters) -> None:
    account.client("cloudfront").delete_monitoring_subscription(
        DistributionId=parameters["distribution_id"]
    )


METRICS_OFF = Gap(
    name="metrics-off",
    what="a 502 of the function looks like a 504 of S3: the additional metrics are off",
    mend_cli=(
        "aws --region us-east-1 cloudfront create-monitoring-subscription"
        " --distribution-id DISTRIBUTION_ID --monitoring-subscription"
        " 'RealtimeMetricsSubscriptionConfig={RealtimeMetricsSubscriptionStatus=Enabled}'",
    ),
    open=_open_metrics_off,
)


def _open_bucket_unlogged(account: Account, _: RouterParameters) -> None:
    account.client("s3", "us-west-2").put_bucket_logging(
        Bucket=BUCKETS["us-west-2"], BucketLoggingStatus={}
    )


BUCKET_UNLOGGED = Gap(
    name="bucket-unlogged",
    what="who reads or deletes an object in us-west-2 is written down nowhere",
    mend_cli=(
        f"aws --region us-west-2 s3api put-bucket-logging --bucket {BUCKETS['us-west-2']}"
        ' --bucket-logging-status \'{"LoggingEnabled":'
        f' {{"TargetBucket": "{LOG_BUCKETS["us-west-2"]}", "TargetPrefix": "s3/"}}}}\'',
    ),
    open=_open_bucket_unlogged,
)


def _open_role_too_wide(account: Account, _: RouterParameters) -> None:
    account.client("iam").put_role_policy(
        RoleName=FUNCTION_NAME,
        PolicyName=FIRST_EXPERIMENT,
        PolicyDocument=document(allow(["s3:*"], "*")),
    )


ROLE_TOO_WIDE = Gap(
    name="role-too-wide",
    what="the function may do everything to every bucket: nobody took the first experiment away",
    mend_cli=(
        f"aws --region us-east-1 iam delete-role-policy --role-name {FUNCTION_NAME}"
        f" --policy-name {FIRST_EXPERIMENT}",
    ),
    open=_open_role_too_wide,
)

GAPS = (
    VERSION_DRIFT,
    LOG_GROUP_MISSING,
    LOG_GROUP_NEVER_EXPIRES,
    ALARM_MISSING,
    ALARM_NEVER_TRIED,
    ALARM_MUTED,
    REPLICATION_ONE_WAY,
    RECORD_WITHOUT_HEALTH_CHECK,
    TOPIC_OF_ANOTHER_ACCOUNT,
    METRICS_OFF,
    BUCKET_UNLOGGED,
    ROLE_TOO_WIDE,
)
