"""The router in the simulated account: complete, and with each of its gaps, read back by boto3."""

import json
import os
import shlex
import subprocess
import sys
from contextlib import closing

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from demo.simulated_aws.account import (
    ALARM_NAME,
    BUCKETS,
    EDGE_REGIONS,
    LOG_GROUP,
    Account,
    bucket_host,
    function_arn,
    topic_arn,
)
from demo.simulated_aws.gaps import (
    ALARM_MISSING,
    ALARM_MUTED,
    ALARM_NEVER_TRIED,
    BUCKET_UNLOGGED,
    GAPS,
    LOG_GROUP_MISSING,
    LOG_GROUP_NEVER_EXPIRES,
    METRICS_OFF,
    RECORD_WITHOUT_HEALTH_CHECK,
    REPLICATION_ONE_WAY,
    ROLE_TOO_WIDE,
    TOPIC_OF_ANOTHER_ACCOUNT,
    VERSION_DRIFT,
)
from demo.simulated_aws.seed import seed_asset_router, seed_complete_router
from demo.simulated_aws.server import SimulatedAWS


@pytest.fixture(scope="module")
def complete():
    """An account without gaps, and the parameters of the router in it."""
    with SimulatedAWS() as aws, closing(Account(aws.endpoint_url)) as account:
        yield account, seed_complete_router(aws.endpoint_url)


@pytest.fixture(scope="module", autouse=True)
def command():
    """The command in a process of its own; it seeds while the tests before it have their turn."""
    # Other hashes than here: no id may depend on the order of a set.
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "demo.simulated_aws", "--seed"],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.terminate()
        assert process.wait(timeout=1) == 0


@pytest.fixture(scope="module")
def seeded(command):
    """What the command prints of an account with all gaps, and what it explains."""
    ready = json.loads(command.stdout.readline())
    os.set_blocking(command.stderr.fileno(), False)
    return ready, command.stderr.read()


def _distribution(account, parameters):
    read = account.client("cloudfront").get_distribution(Id=parameters["distribution_id"])
    return read["Distribution"]["DistributionConfig"]


def _behaviours(config):
    return {"default": config["DefaultCacheBehavior"]} | {
        behaviour["PathPattern"]: behaviour for behaviour in config["CacheBehaviors"]["Items"]
    }


def _alarm(account, region):
    page = account.client("cloudwatch", region).describe_alarms(AlarmNames=[ALARM_NAME])
    return next(iter(page["MetricAlarms"]), None)


def _log_group(account, region):
    page = account.client("logs", region).describe_log_groups(logGroupNamePrefix=LOG_GROUP)
    return next(iter(page["logGroups"]), None)


def _records(account, parameters):
    page = account.client("route53").list_resource_record_sets(
        HostedZoneId=parameters["hosted_zone_id"], StartRecordName=parameters["record_name"]
    )
    return {record["SetIdentifier"]: record for record in page["ResourceRecordSets"]}


def _replicates(account, region):
    try:
        account.client("s3", region).get_bucket_replication(Bucket=BUCKETS[region])
    except ClientError:
        return False
    return True


def _listeners(account, region):
    """The endpoints that hear of the alarm in a region, or how looking for them was refused."""
    heard = []
    for topic in _alarm(account, region)["AlarmActions"]:
        try:
            page = account.client("sns", region).list_subscriptions_by_topic(TopicArn=topic)
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        heard += [each["SubscriptionArn"].startswith(topic) for each in page["Subscriptions"]]
    return heard


def _has_metrics(account, parameters):
    try:
        account.client("cloudfront").get_monitoring_subscription(
            DistributionId=parameters["distribution_id"]
        )
    except ClientError:
        return False
    return True


def _was_tried(account, region):
    history = account.client("cloudwatch", region).describe_alarm_history(AlarmName=ALARM_NAME)
    summaries = [each["HistorySummary"] for each in history["AlarmHistoryItems"]]
    return any(each.endswith(" to ALARM") for each in summaries)


NEWEST, OLDER = function_arn(3), function_arn(2)
EDGE = set(EDGE_REGIONS)
COMPLETE = {
    VERSION_DRIFT: {"default": NEWEST, "/images/*": NEWEST},
    LOG_GROUP_MISSING: EDGE,
    LOG_GROUP_NEVER_EXPIRES: 365,
    ALARM_MISSING: EDGE,
    ALARM_NEVER_TRIED: True,
    ALARM_MUTED: set(),
    REPLICATION_ONE_WAY: set(BUCKETS),
    RECORD_WITHOUT_HEALTH_CHECK: set(BUCKETS),
    TOPIC_OF_ANOTHER_ACCOUNT: [True],
    METRICS_OFF: True,
    BUCKET_UNLOGGED: set(BUCKETS),
    ROLE_TOO_WIDE: ["asset-router"],
}
OPEN = {
    VERSION_DRIFT: {"default": NEWEST, "/images/*": OLDER},
    LOG_GROUP_MISSING: EDGE - {"ap-northeast-1"},
    LOG_GROUP_NEVER_EXPIRES: None,
    ALARM_MISSING: EDGE - {"ap-southeast-2"},
    ALARM_NEVER_TRIED: False,
    ALARM_MUTED: {"eu-west-1"},
    REPLICATION_ONE_WAY: {"us-east-1"},
    RECORD_WITHOUT_HEALTH_CHECK: {"us-east-1"},
    TOPIC_OF_ANOTHER_ACCOUNT: "AuthorizationError",
    METRICS_OFF: False,
    BUCKET_UNLOGGED: {"us-east-1"},
    ROLE_TOO_WIDE: ["asset-router", "first-experiment"],
}


def _look(account, parameters):
    """What can be seen of each gap."""
    behaviours = _behaviours(_distribution(account, parameters))
    log_groups = {region: _log_group(account, region) for region in EDGE_REGIONS}
    alarms = {region: _alarm(account, region) for region in EDGE_REGIONS}
    records = _records(account, parameters)
    return {
        VERSION_DRIFT: {
            path: behaviour["LambdaFunctionAssociations"]["Items"][0]["LambdaFunctionARN"]
            for path, behaviour in behaviours.items()
        },
        LOG_GROUP_MISSING: {region for region, group in log_groups.items() if group},
        LOG_GROUP_NEVER_EXPIRES: log_groups["eu-central-1"].get("retentionInDays"),
        ALARM_MISSING: {region for region, alarm in alarms.items() if alarm},
        ALARM_NEVER_TRIED: _was_tried(account, "us-west-2"),
        ALARM_MUTED: {
            region for region, alarm in alarms.items() if alarm and not alarm["ActionsEnabled"]
        },
        REPLICATION_ONE_WAY: {region for region in BUCKETS if _replicates(account, region)},
        RECORD_WITHOUT_HEALTH_CHECK: {
            region for region, record in records.items() if "HealthCheckId" in record
        },
        TOPIC_OF_ANOTHER_ACCOUNT: _listeners(account, "eu-central-1"),
        METRICS_OFF: _has_metrics(account, parameters),
        BUCKET_UNLOGGED: {
            region
            for region, bucket in BUCKETS.items()
            if account.client("s3", region).get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
        },
        ROLE_TOO_WIDE: account.client("iam").list_role_policies(RoleName="asset-router")[
            "PolicyNames"
        ],
    }


def test_every_gap_can_be_seen():
    assert tuple(COMPLETE) == tuple(OPEN) == GAPS


def test_each_gap_opens_itself_and_nothing_else():
    with SimulatedAWS() as aws, closing(Account(aws.endpoint_url)) as account:
        parameters = seed_complete_router(aws.endpoint_url)
        expected = dict(COMPLETE)
        assert _look(account, parameters) == expected
        for gap in GAPS:
            gap.open(account, parameters)
            expected[gap] = OPEN[gap]
            assert _look(account, parameters) == expected, gap.name


def test_parameters_are_those_of_the_component(complete):
    _, parameters = complete
    assert parameters["distribution_id"].startswith("E")
    assert parameters["hosted_zone_id"].startswith("Z")
    assert {name: value for name, value in parameters.items() if not name.endswith("_id")} == {
        "function_name": "asset-router",
        "function_event": "origin-request",
        "edge_regions": [
            "us-east-1",
            "us-west-2",
            "eu-west-1",
            "eu-central-1",
            "ap-northeast-1",
            "ap-southeast-2",
        ],
        "buckets": {
            "us-east-1": "example-assets-us-east-1",
            "us-west-2": "example-assets-us-west-2",
        },
        "record_name": "assets-origin.example.net",
        "log_retention_days_max": 400,
        "record_ttl_max": 60,
        "log_shipping": "http",
        "runbook_prefix": "https://runbooks.example.net/asset-router",
        "dashboard_name": "asset-delivery",
        "pipeline_name": "asset-router-release",
        "pipeline_region": "us-east-1",
        "owner_tag": "team",
        "budget_name": "asset-delivery",
        "failover_header": "x-failover",
        "cache_ttl_max": 86400,
        "plain_function_name": "asset-purger",
        "plain_function_region": "us-east-1",
        "lambda_concurrency_min": 500,
    }


def test_distribution_is_guarded(complete):
    account, parameters = complete
    config = _distribution(account, parameters)
    for behaviour in _behaviours(config).values():
        (association,) = behaviour["LambdaFunctionAssociations"]["Items"]
        assert association["EventType"] == "origin-request"
        assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    access_controls = account.client("cloudfront").list_origin_access_controls()
    (access_control,) = access_controls["OriginAccessControlList"]["Items"]
    assert {
        origin["DomainName"]: origin["OriginAccessControlId"]
        for origin in config["Origins"]["Items"]
    } == {bucket_host(region): access_control["Id"] for region in BUCKETS}
    assert config["Logging"]["Enabled"] is True
    certificate = config["ViewerCertificate"]
    assert certificate["CloudFrontDefaultCertificate"] is False
    assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"
    arn = certificate["ACMCertificateArn"]
    assert arn.split(":")[3] == "us-east-1"
    described = account.client("acm").describe_certificate(CertificateArn=arn)
    assert described["Certificate"]["Status"] == "ISSUED"


def test_function_has_three_versions_tags_and_the_trust_of_the_edge(complete):
    account, _ = complete
    functions = account.client("lambda")
    latest, *versions = functions.list_versions_by_function(FunctionName="asset-router")["Versions"]
    digests = [version["CodeSha256"] for version in versions]
    assert [version["Version"] for version in versions] == ["1", "2", "3"]
    assert (len(set(digests)), digests[-1]) == (3, latest["CodeSha256"])
    tags = functions.list_tags(Resource=function_arn(3).rpartition(":")[0])["Tags"]
    assert set(tags) == {"team", "service", "git_sha"}
    role = account.client("iam").get_role(RoleName=latest["Role"].rpartition("/")[2])["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"]["Service"] == ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]


@pytest.mark.parametrize("region", BUCKETS)
def test_buckets_replicate_and_are_closed(complete, region):
    account, parameters = complete
    s3, bucket = account.client("s3", region), BUCKETS[region]
    assert s3.get_bucket_location(Bucket=bucket).get("LocationConstraint") in (
        (None,) if region == "us-east-1" else (region,)
    )
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    logging = s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
    assert logging["TargetBucket"].endswith(region)
    read, encrypted_only = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    source = read["Condition"]["StringEquals"]["AWS:SourceArn"]
    assert source.endswith(f"distribution/{parameters['distribution_id']}")
    assert encrypted_only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    (other,) = set(BUCKETS) - {region}
    (rule,) = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{BUCKETS[other]}"
    assert (rule["Status"], rule["DeleteMarkerReplication"]["Status"]) == ("Enabled", "Enabled")


def test_records_share_the_traffic(complete):
    account, parameters = complete
    records = _records(account, parameters)
    assert set(records) == set(BUCKETS)
    for region, record in records.items():
        assert (record["Type"], record["Weight"], record["TTL"]) == ("CNAME", 50, 60)
        assert record["ResourceRecords"] == [{"Value": bucket_host(region)}]
        check = account.client("route53").get_health_check(HealthCheckId=record["HealthCheckId"])
        config = check["HealthCheck"]["HealthCheckConfig"]
        assert config["FullyQualifiedDomainName"] == bucket_host(region)


@pytest.mark.parametrize("region", EDGE_REGIONS)
def test_every_region_is_watched(complete, region):
    account, _ = complete
    alarm = _alarm(account, region)
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "us-east-1.asset-router"}]
    assert "https://runbooks.example.net/" in alarm["AlarmDescription"]
    assert (alarm["StateValue"], alarm["AlarmActions"]) == ("OK", [topic_arn(region)])
    assert _listeners(account, region) == [True]
    assert _log_group(account, region)["retentionInDays"] == 365


def test_errors_of_the_distribution_are_watched(complete):
    account, parameters = complete
    alarms = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = (each for each in alarms if each["MetricName"] == "5xxErrorRate")
    assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
        "DistributionId": parameters["distribution_id"],
        "Region": "Global",
    }
    assert alarm["AlarmActions"] == [topic_arn("us-east-1")]


def test_seed_opens_every_gap_and_a_second_time_changes_nothing(seeded):
    ready, _ = seeded
    endpoint_url, parameters = ready["endpoint_url"], ready["parameters"]
    with closing(Account(endpoint_url)) as account:
        assert _look(account, parameters) == OPEN
        account.client("cloudwatch", "eu-west-1").enable_alarm_actions(AlarmNames=[ALARM_NAME])
        assert seed_asset_router(endpoint_url) == parameters
        assert _look(account, parameters) == OPEN | {ALARM_MUTED: set()}


def test_ids_are_the_same_on_every_start(seeded, complete):
    assert seeded[0]["parameters"] == complete[1]


def test_command_explains_how_to_mend_what_it_seeded(seeded):
    ready, hints = seeded
    for gap in GAPS:
        for command in gap.commands(ready["parameters"], ready["endpoint_url"]):
            assert command in hints


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.name)
def test_mending_commands_are_written_as_the_cli_reads_them(gap):
    for line in gap.mend_cli:
        assert "aws --region " in line
        for command in line.split("aws --region ")[1:]:
            region, service, operation, *options = shlex.split(command.partition(" | ")[0])
            assert region in EDGE_REGIONS
            model = boto3.client(
                service.replace("s3api", "s3"), region_name=region
            ).meta.service_model
            names = {xform_name(name, "-"): name for name in model.operation_names}
            members = model.operation_model(names[operation]).input_shape.members
            given = {option.rstrip(")") for option in options if option.startswith("--")}
            known = {f"--{xform_name(member, '-')}" for member in members}
            assert given <= known | {"--query", "--output"}


def test_commands_name_the_component_and_the_endpoint():
    parameters = {"distribution_id": "E1", "hosted_zone_id": "Z1"}
    for gap in GAPS:
        text = "\n".join(gap.commands(parameters, "http://127.0.0.1:1"))
        assert text.count("aws --endpoint-url http://127.0.0.1:1 --region") == text.count("aws --")
        assert "_ID" not in text
