"""From the operations that checks declare to the least IAM policy that lets them read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

#: IAM's name of a service where it is not boto3's.
PREFIXES = {
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}

#: IAM's name of an action where it is not the operation's, or cannot be told from boto3's spelling.
ACTIONS = {
    # One action stands for all reads of a budget.
    ("budgets", "describe_budget"): "budgets:ViewBudget",
    ("budgets", "describe_notifications_for_budget"): "budgets:ViewBudget",
    # S3's actions are older than its operations, and name what is read.
    ("s3", "get_bucket_encryption"): "s3:GetEncryptionConfiguration",
    ("s3", "get_bucket_lifecycle_configuration"): "s3:GetLifecycleConfiguration",
    ("s3", "get_bucket_notification_configuration"): "s3:GetBucketNotification",
    ("s3", "get_bucket_replication"): "s3:GetReplicationConfiguration",
    ("s3", "get_public_access_block"): "s3:GetBucketPublicAccessBlock",
    ("s3", "head_bucket"): "s3:ListBucket",
    ("s3", "list_buckets"): "s3:ListAllMyBuckets",
    ("s3", "list_objects_v2"): "s3:ListBucket",
    ("s3control", "get_public_access_block"): "s3:GetAccountPublicAccessBlock",
    # boto3 writes all words small: capitals within them are lost.
    ("route53", "test_dns_answer"): "route53:TestDNSAnswer",
    ("service-quotas", "get_aws_default_service_quota"): (
        "servicequotas:GetAWSDefaultServiceQuota"
    ),
    ("wafv2", "get_web_acl"): "wafv2:GetWebACL",
    ("wafv2", "list_web_acls"): "wafv2:ListWebACLs",
}


class HasReads(Protocol):
    """Whatever declares (service, operation) pairs: a Check."""

    @property
    def reads(self) -> tuple[tuple[str, str], ...]: ...


def action_of(service: str, operation: str) -> str:
    """IAM's action for an operation of boto3: ("logs", "describe_x") -> "logs:DescribeX"."""
    try:
        return ACTIONS[service, operation]
    except KeyError:
        name = "".join(word[:1].upper() + word[1:] for word in operation.split("_"))
        return f"{PREFIXES.get(service, service)}:{name}"


def policy(checks: Iterable[HasReads]) -> dict[str, Any]:
    """The identity policy that `checks` need: sorted, no wildcard in any action.

    The resource stays "*": most list and describe actions know no other, and DescribeAlarms hides
    composite alarms from a narrower grant.
    """
    actions = {action_of(*read) for check in checks for read in check.reads}
    statement = {
        "Sid": "ReadinessChecks",
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
