"""The part of the complete account that says who may, who did, whose it is and what it costs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from readiness.aws.fetch import Fetch
from tests.aws.recordings import complete as aws

ACCOUNT = "123456789012"  # here again, as the whole is made of its parts
TRAIL_ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
DISTRIBUTION_ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1A2B3C4D5E6F7"

CALLER = Fetch.of("sts", "us-east-1", "get_caller_identity")
TRAILS = Fetch.of("cloudtrail", "us-east-1", "describe_trails", includeShadowTrails=True)
TRAIL_STATUS = Fetch.of("cloudtrail", "eu-west-1", "get_trail_status", Name=TRAIL_ARN)
SELECTORS = Fetch.of("cloudtrail", "eu-west-1", "get_event_selectors", TrailName=TRAIL_ARN)
STACK = Fetch.of("cloudformation", "us-east-1", "describe_stacks", StackName="edge-router")
RESOURCES = Fetch.of("cloudformation", "us-east-1", "list_stack_resources", StackName="edge-router")
DRIFTS = Fetch.of(
    "cloudformation",
    "us-east-1",
    "describe_stack_resource_drifts",
    StackName="edge-router",
    StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
)
PIPELINE = Fetch.of("codepipeline", "eu-west-1", "get_pipeline", name="edge-router-release")
ACCOUNT_BLOCK = Fetch.of("s3control", "us-east-1", "get_public_access_block", AccountId=ACCOUNT)
COST_TAGS = Fetch.of("ce", "us-east-1", "list_cost_allocation_tags", TagKeys=["service"])

FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def of_bucket(operation: str, region: str) -> Fetch:
    return Fetch.of("s3", region, operation, Bucket=aws.BUCKETS[region])


def of_budget(operation: str) -> Fetch:
    arguments = {"AccountId": aws.ACCOUNT, "BudgetName": "edge router monthly"}
    return Fetch.of("budgets", "us-east-1", operation, **arguments)


def recorders(region: str) -> Fetch:
    return Fetch.of("config", region, "describe_configuration_recorder_status")


def protected(region: str) -> Fetch:
    return Fetch.of("backup", region, "list_protected_resources")


def tags(region: str, arn: str) -> Fetch:
    return Fetch.of("resourcegroupstaggingapi", region, "get_resources", ResourceARNList=[arn])


def timed_rule(to: str, **changes: Any) -> dict[str, Any]:
    """What AWS sends of a rule with replication time control and metrics."""
    within = {"Minutes": 15}
    destination = {
        "Bucket": f"arn:aws:s3:::{to}",
        "ReplicationTime": {"Status": "Enabled", "Time": within},
        "Metrics": {"Status": "Enabled", "EventThreshold": within},
    }
    return aws.rule(to, **{"Destination": destination, **changes})


def block(**changes: bool) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": {**dict.fromkeys(FLAGS, True), **changes}}


def policy_status(*, public: bool = False) -> dict[str, Any]:
    return {"PolicyStatus": {"IsPublic": public}}


def encryption(algorithm: str = "aws:kms") -> dict[str, Any]:
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm},
        "BucketKeyEnabled": True,
    }
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def access_logs(region: str) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": f"logs-{region}", "TargetPrefix": "s3/"}}


def tls_only(region: str, **changes: Any) -> dict[str, Any]:
    arn = f"arn:aws:s3:::{aws.BUCKETS[region]}"
    made = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {key: value for key, value in {**made, **changes}.items() if value is not None}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def trail(name: str = "audit", **changes: Any) -> dict[str, Any]:
    made = {
        "Name": name,
        "S3BucketName": "trail-bucket",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": "eu-west-1",
        "TrailARN": f"arn:aws:cloudtrail:eu-west-1:{aws.ACCOUNT}:trail/{name}",
        "LogFileValidationEnabled": True,
        "HasCustomEventSelectors": False,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
    }
    return {**made, **changes}


def trails(*found: dict[str, Any]) -> dict[str, Any]:
    return {"trailList": list(found)}


def recorder(**changes: Any) -> dict[str, Any]:
    made = {"name": "default", "recording": True, "lastStatus": "SUCCESS"}
    return {"ConfigurationRecordersStatus": [{**made, **changes}]}


def backed_up(region: str, hours: int = 20) -> dict[str, Any]:
    found = {
        "ResourceArn": f"arn:aws:s3:::{aws.BUCKETS[region]}",
        "ResourceType": "S3",
        "LastBackupTime": aws.NOW - timedelta(hours=hours),
    }
    other = {**found, "ResourceArn": "arn:aws:s3:::another", "LastBackupTime": aws.NOW}
    return {"Results": [other, found]}


def drift(status: str = "IN_SYNC", days: int | None = 3) -> dict[str, Any]:
    checked = {} if days is None else {"LastCheckTimestamp": aws.NOW - timedelta(days=days)}
    return {"StackDriftStatus": status, **checked}


def stack(status: str = "UPDATE_COMPLETE", **changes: Any) -> dict[str, Any]:
    made = {
        "StackName": "edge-router",
        "CreationTime": aws.NOW - timedelta(days=400),
        "StackStatus": status,
        "DriftInformation": drift(),
        "Parameters": [{"ParameterKey": "OriginKey", "ParameterValue": aws.SECRET}],
    }
    return {"Stacks": [{**made, **changes}]}


def resource(name: str = "edge-router", **changes: Any) -> dict[str, Any]:
    return {
        "LogicalResourceId": "Function",
        "PhysicalResourceId": name,
        "ResourceType": "AWS::Lambda::Function",
        "LastUpdatedTimestamp": aws.NOW,
        "ResourceStatus": "UPDATE_COMPLETE",
        **changes,
    }


def resources(*found: dict[str, Any]) -> dict[str, Any]:
    role = resource("edge-router-role", LogicalResourceId="Role", ResourceType="AWS::IAM::Role")
    return {"StackResourceSummaries": [role, *found]}


def action(category: str, order: int = 1) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": "Any", "version": "1"}
    configuration = {"OAuthToken": aws.SECRET}
    return {
        "name": category,
        "actionTypeId": kind,
        "runOrder": order,
        "configuration": configuration,
    }


def pipeline(*stages: list[dict[str, Any]]) -> dict[str, Any]:
    named = [{"name": f"Stage{n}", "actions": actions} for n, actions in enumerate(stages)]
    role = f"arn:aws:iam::{aws.ACCOUNT}:role/release"
    made = {"name": "edge-router-release", "roleArn": role, "stages": named, "version": 1}
    return {"pipeline": made, "metadata": {"pipelineArn": "arn"}}


def tagged(arn: str, **tags_: str) -> dict[str, Any]:
    listed = [{"Key": key, "Value": value} for key, value in tags_.items()]
    return {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": listed}]}


def budget(kind: str = "COST") -> dict[str, Any]:
    made = {"BudgetName": "edge router monthly", "TimeUnit": "MONTHLY", "BudgetType": kind}
    return {"Budget": made}


def notification(**changes: Any) -> dict[str, Any]:
    made = {
        "NotificationType": "FORECASTED",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 100.0,
    }
    return {**made, **changes}


def cost_tag(status: str = "Active", key: str = "service") -> dict[str, Any]:
    return {"TagKey": key, "Type": "UserDefined", "Status": status}


def add(account: aws.Account) -> None:
    """What the checks of this part read where all is well."""
    for region in aws.REGIONS:
        account.says(recorders(region), recorder())
    for region, bucket in aws.BUCKETS.items():
        _add_bucket(account, region, bucket)
    account.says(TRAILS, trails(trail(), trail("local", IsMultiRegionTrail=False)))
    account.says(TRAIL_STATUS, {"IsLogging": True, "LatestDeliveryError": ""})
    account.says(STACK, stack())
    account.says(RESOURCES, resources(resource()))
    source, build = [action("Source")], [action("Build"), action("Test", 2)]
    account.says(PIPELINE, pipeline(source, build, [action("Deploy")]))
    account.says(CALLER, {"UserId": "AID", "Account": aws.ACCOUNT, "Arn": "arn:aws:iam::1:user/a"})
    for arn in (DISTRIBUTION_ARN, aws.FUNCTION_ARN):
        account.says(tags("us-east-1", arn), tagged(arn, team="edge", contact=aws.SECRET))
    account.says(of_budget("describe_budget"), budget())
    account.says(
        of_budget("describe_notifications_for_budget"), {"Notifications": [notification()]}
    )
    account.says(COST_TAGS, {"CostAllocationTags": [cost_tag()]})


def _add_bucket(account: aws.Account, region: str, bucket: str) -> None:
    others = (name for name in aws.BUCKETS.values() if name != bucket)
    rules = [timed_rule(name) for name in others]
    account.says(aws.replication(region), aws.replication_to(*rules))
    account.says(of_bucket("get_public_access_block", region), block())
    account.says(of_bucket("get_bucket_policy_status", region), policy_status())
    account.says(of_bucket("get_bucket_encryption", region), encryption())
    account.says(of_bucket("get_bucket_logging", region), access_logs(region))
    account.says(of_bucket("get_bucket_policy", region), policy(tls_only(region)))
    account.says(protected(region), backed_up(region))
    arn = f"arn:aws:s3:::{bucket}"
    account.says(tags(region, arn), tagged(arn, team="edge"))
