import re
from functools import lru_cache

import pytest
from botocore import xform_name
from botocore.session import get_session

from readiness.aws.checks import CHECKS
from readiness.aws.iam_policy import ACTIONS, PREFIXES, action_of, policy

DECLARED = sorted({read for check in CHECKS.values() for read in check.reads})


SESSION = get_session()


@lru_cache
def operations_of(service):
    """botocore's own names by boto3's spelling."""
    names = SESSION.get_service_model(service).operation_names
    return {xform_name(name): name for name in names}


@pytest.mark.parametrize(("service", "operation"), DECLARED)
def test_every_declared_read_is_an_operation_of_aws_and_its_action_is_named_after_it(
    service, operation
):
    name = operations_of(service)[operation]
    expected = f"{PREFIXES.get(service, service)}:{name}"
    assert action_of(service, operation) == ACTIONS.get((service, operation), expected)


@pytest.mark.parametrize(("service", "operation"), sorted(ACTIONS))
def test_every_exception_is_about_an_operation_of_aws_and_is_one(service, operation):
    name = operations_of(service)[operation]
    guessed = "".join(word.capitalize() for word in operation.split("_"))
    assert ACTIONS[service, operation] != f"{service}:{guessed}"
    assert name


@pytest.mark.parametrize("service", sorted({service for service, _ in DECLARED}))
def test_a_prefix_is_a_name_that_aws_itself_has_for_the_service_or_a_declared_one(service):
    """As requests are signed, as endpoints are called, or as boto3 calls it. IAM has no list."""
    model = SESSION.get_service_model(service)
    names = {model.signing_name, model.endpoint_prefix, service, PREFIXES.get(service)}
    prefixes = {action_of(*read).split(":")[0] for read in DECLARED if read[0] == service}
    assert prefixes <= names


@pytest.mark.parametrize("service", sorted(PREFIXES))
def test_every_prefix_is_of_a_service_of_aws(service):
    assert operations_of(service)


def test_an_action_has_the_name_that_iam_knows():
    assert action_of("logs", "describe_log_groups") == "logs:DescribeLogGroups"
    assert action_of("s3", "get_bucket_replication") == "s3:GetReplicationConfiguration"
    assert action_of("elbv2", "describe_load_balancers") == (
        "elasticloadbalancing:DescribeLoadBalancers"
    )


def test_the_policy_grants_what_the_checks_read_and_nothing_else():
    assert policy(CHECKS.values()) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadinessChecks",
                "Effect": "Allow",
                "Action": [
                    "acm:DescribeCertificate",
                    "backup:ListProtectedResources",
                    "budgets:ViewBudget",
                    "ce:ListCostAllocationTags",
                    "cloudformation:DescribeStackResourceDrifts",
                    "cloudformation:DescribeStacks",
                    "cloudformation:ListStackResources",
                    "cloudfront:GetCachePolicy",
                    "cloudfront:GetDistribution",
                    "cloudfront:GetMonitoringSubscription",
                    "cloudfront:GetResponseHeadersPolicy",
                    "cloudtrail:DescribeTrails",
                    "cloudtrail:GetEventSelectors",
                    "cloudtrail:GetTrailStatus",
                    "cloudwatch:DescribeAlarmHistory",
                    "cloudwatch:DescribeAlarms",
                    "cloudwatch:GetDashboard",
                    "codepipeline:GetPipeline",
                    "config:DescribeConfigurationRecorderStatus",
                    "firehose:DescribeDeliveryStream",
                    "iam:GetPolicy",
                    "iam:GetPolicyVersion",
                    "iam:GetRole",
                    "iam:GetRolePolicy",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListRolePolicies",
                    "lambda:GetAccountSettings",
                    "lambda:GetCodeSigningConfig",
                    "lambda:GetFunctionCodeSigningConfig",
                    "lambda:GetFunctionConcurrency",
                    "lambda:GetFunctionConfiguration",
                    "lambda:GetFunctionEventInvokeConfig",
                    "lambda:ListVersionsByFunction",
                    "logs:DescribeAccountPolicies",
                    "logs:DescribeDeliveries",
                    "logs:DescribeDeliverySources",
                    "logs:DescribeLogGroups",
                    "logs:DescribeMetricFilters",
                    "logs:DescribeSubscriptionFilters",
                    "route53:GetHealthCheck",
                    "route53:ListResourceRecordSets",
                    "s3:GetAccountPublicAccessBlock",
                    "s3:GetBucketLogging",
                    "s3:GetBucketPolicy",
                    "s3:GetBucketPolicyStatus",
                    "s3:GetBucketPublicAccessBlock",
                    "s3:GetBucketVersioning",
                    "s3:GetEncryptionConfiguration",
                    "s3:GetReplicationConfiguration",
                    "servicequotas:GetAWSDefaultServiceQuota",
                    "servicequotas:GetServiceQuota",
                    "sns:ListSubscriptionsByTopic",
                    "sts:GetCallerIdentity",
                    "synthetics:DescribeCanaries",
                    "synthetics:DescribeCanariesLastRun",
                    "tag:GetResources",
                ],
                "Resource": "*",
            }
        ],
    }


def test_the_policy_of_some_checks_is_smaller_and_has_no_wildcard():
    made = policy([CHECKS["logs.retention"], CHECKS["logs.group-in-every-region"]])
    assert made["Statement"][0]["Action"] == ["logs:DescribeLogGroups"]
    assert all(
        re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action)
        for action in policy(CHECKS.values())["Statement"][0]["Action"]
    )
