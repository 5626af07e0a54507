"""A complete account: every check passes on it. Tests change one thing and look what turns.

The answers have the fields that AWS sends, as botocore parses them, with made-up values. What is
marked SECRET must never come out of a check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from readiness.aws.checks import CHECKS
from readiness.aws.engine import ROUNDS
from readiness.aws.errors import CouldNotLook, Failure, Status, SubjectMissing
from readiness.aws.facts import Facts
from readiness.aws.fetch import Answer, Fetch
from readiness.aws.recording import Recording
from readiness.aws.registry import BoundCheck, Verdict
from readiness.aws.verdicts import judge
from tests.aws.recordings import edge, governance, lambdas, watching

SECRET = "s3cr3t-value"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
REGIONS = ("ap-northeast-1", "eu-west-1", "us-east-1")
BUCKETS = {"eu-west-1": "files-eu", "us-east-1": "files-us"}
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:edge-router"
GROUP = "/aws/lambda/us-east-1.edge-router"
CLOUDFRONT_GROUP = "/aws/cloudfront/LambdaEdge/E1A2B3C4D5E6F7"
RECORD = "origin.example.com."
HEALTH_CHECKS = {"eu": "11111111-aaaa-4000-8000-000000000001", "us": "22222222-bbbb-4000-8000-2"}

PARAMETERS: dict[str, Any] = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "edge-router",
    "function_event": "origin-request",
    "edge_regions": list(REGIONS),
    "log_retention_days_max": 400,
    "log_shipping": "splunk",
    "buckets": dict(BUCKETS),
    "hosted_zone_id": "Z0123456789ABC",
    "record_name": RECORD,
    "record_ttl_max": 60,
    "failover_header": "x-failover",
    "error_ttl_max": 10,
    "cache_ttl_max": 3600,
    "response_headers": ["strict-transport-security", "x-frame-options", "x-team"],
    "stripped_headers": ["server"],
    "precompressed": "yes",
    "runbook_prefix": "https://runbooks.example.com/",
    "dashboard_name": "edge-router",
    "canary_name": "edge-probe",
    "canary_region": "eu-west-1",
    "bucket_encryption": "kms",
    "backup_days_max": 2,
    "stack_name": "edge-router",
    "stack_region": "us-east-1",
    "pipeline_name": "edge-router-release",
    "pipeline_region": "eu-west-1",
    "owner_tag": "team",
    "budget_name": "edge router monthly",
    "cost_tag": "service",
    **lambdas.PARAMETERS,
}

DISTRIBUTION = Fetch.of("cloudfront", "us-east-1", "get_distribution", Id="E1A2B3C4D5E6F7")
VERSIONS = Fetch.of("lambda", "us-east-1", "list_versions_by_function", FunctionName="edge-router")
RECORDS_CALL = ("route53", "us-east-1", "list_resource_record_sets")
RECORDS = Fetch.first_page(
    *RECORDS_CALL,
    HostedZoneId="Z0123456789ABC",
    StartRecordName=RECORD,
    MaxItems="300",
)


def groups(region: str, name: str = GROUP) -> Fetch:
    return Fetch.of("logs", region, "describe_log_groups", logGroupNamePrefix=name)


def alarms(region: str) -> Fetch:
    types = ["CompositeAlarm", "MetricAlarm"]
    return Fetch.of("cloudwatch", region, "describe_alarms", AlarmTypes=types)


def topic_arn(region: str, name: str = "on-call") -> str:
    return f"arn:aws:sns:{region}:{ACCOUNT}:{name}"


def subscriptions(region: str, name: str = "on-call") -> Fetch:
    arn = topic_arn(region, name)
    return Fetch.of("sns", region, "list_subscriptions_by_topic", TopicArn=arn)


def versioning(region: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_versioning", Bucket=BUCKETS[region])


def replication(region: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_replication", Bucket=BUCKETS[region])


def health_check(side: str) -> Fetch:
    return Fetch.of("route53", "us-east-1", "get_health_check", HealthCheckId=HEALTH_CHECKS[side])


def association(version: str = "7", event: str = "origin-request") -> dict[str, Any]:
    arn = f"{FUNCTION_ARN}:{version}" if version else FUNCTION_ARN
    return {"LambdaFunctionARN": arn, "EventType": event, "IncludeBody": False}


def behaviour(*associations: dict[str, Any], path: str = "") -> dict[str, Any]:
    items = {"Items": list(associations)} if associations else {}
    made = {
        **edge.behaviour_settings(),
        "LambdaFunctionAssociations": {"Quantity": len(associations), **items},
        "FunctionAssociations": {"Quantity": 0},
    }
    return {"PathPattern": path, **made} if path else made


def distribution(default: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    paths = {"Items": list(others)} if others else {}
    return {
        "ETag": "E2QWRUHAPOMQZL",
        "Distribution": {
            "Id": "E1A2B3C4D5E6F7",
            "ARN": edge.ARN,
            "Status": "Deployed",
            "LastModifiedTime": edge.MODIFIED,
            "DistributionConfig": {
                **edge.settings(),
                "DefaultCacheBehavior": default,
                "CacheBehaviors": {"Quantity": len(others), **paths},
            },
        },
    }


def version(number: str) -> dict[str, Any]:
    return lambdas.version(number, Description=SECRET)


def log_group(name: str = GROUP, days: int | None = 90) -> dict[str, Any]:
    made: dict[str, Any] = {"logGroupName": name, "storedBytes": 1024, "metricFilterCount": 0}
    return made if days is None else {**made, "retentionInDays": days}


def metric_alarm(region: str, name: str = "edge-errors", **changes: Any) -> dict[str, Any]:
    made = {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}",
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [topic_arn(region)],
        "InsufficientDataActions": [],
        "AlarmDescription": "The function fails. Runbook: https://runbooks.example.com/edge#errors",
        "StateValue": "OK",
        "StateUpdatedTimestamp": NOW - timedelta(days=1),
        "StateTransitionedTimestamp": NOW - timedelta(days=4),
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Dimensions": [{"Name": "FunctionName", "Value": "us-east-1.edge-router"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    return {**made, **changes}


def other_alarm(region: str, **changes: Any) -> dict[str, Any]:
    """An alarm on something else, and a mute one: not ours to judge."""
    dimensions = [{"Name": "QueueName", "Value": "orders"}]
    made = {"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage"}
    mute = {"AlarmActions": [], "ActionsEnabled": False, "Dimensions": dimensions}
    return metric_alarm(region, "orders-stuck", **{**made, **mute, **changes})


def composite_alarm(name: str, rule: str, **changes: Any) -> dict[str, Any]:
    made = {"AlarmName": name, "AlarmRule": rule, "ActionsEnabled": True, "StateValue": "OK"}
    return {**made, "AlarmActions": [topic_arn("eu-west-1")], **changes}


def subscription(arn: str = "", endpoint: str = f"{SECRET}@example.com") -> dict[str, Any]:
    return {
        "SubscriptionArn": arn or f"{topic_arn('eu-west-1')}:6b0e71bd-7e97-4d97-80ce-4a0994e55286",
        "Owner": ACCOUNT,
        "Protocol": "email",
        "Endpoint": endpoint,
        "TopicArn": topic_arn("eu-west-1"),
    }


def rule(to: str, **changes: Any) -> dict[str, Any]:
    made = {
        "ID": f"to-{to}",
        "Priority": 1,
        "Filter": {},
        "Status": "Enabled",
        "Destination": {"Bucket": f"arn:aws:s3:::{to}"},
        "DeleteMarkerReplication": {"Status": "Enabled"},
    }
    return {**made, **changes}


def replication_to(*rules: dict[str, Any]) -> dict[str, Any]:
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    return {"ReplicationConfiguration": {"Role": role, "Rules": list(rules)}}


def record(side: str, type_: str = "CNAME", **changes: Any) -> dict[str, Any]:
    made = {
        "Name": RECORD,
        "Type": type_,
        "SetIdentifier": side,
        "Weight": 50,
        "TTL": 60,
        "ResourceRecords": [{"Value": f"{side}.files.example.com"}],
        "HealthCheckId": HEALTH_CHECKS.get(side, "none"),
    }
    return {**made, **changes}


def alias_record(side: str, *, evaluates: bool) -> dict[str, Any]:
    target = {
        "HostedZoneId": "Z3AQBSTGFYJSTF",
        "DNSName": f"{side}.elb.amazonaws.com.",
        "EvaluateTargetHealth": evaluates,
    }
    made = {"Name": RECORD, "Type": "A", "SetIdentifier": side, "Weight": 50}
    return {**made, "AliasTarget": target}


def records(*sets: dict[str, Any], **more: Any) -> dict[str, Any]:
    cut = {"IsTruncated": False, "MaxItems": "300"}
    return {"ResourceRecordSets": list(sets), **cut, **more}


def checked(side: str, **changes: Any) -> dict[str, Any]:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": f"{side}.files.example.com", **changes}
    made = {"Id": HEALTH_CHECKS[side], "CallerReference": side, "HealthCheckVersion": 1}
    return {"HealthCheck": {**made, "HealthCheckConfig": config}}


class Account:
    """Answers that can be changed, and what a check says to them."""

    def __init__(self, data: dict[Fetch, dict[str, Any]]) -> None:
        self.now = NOW
        self.answers = {fetch: Answer(fetch, said) for fetch, said in data.items()}

    def says(self, fetch: Fetch, data: Any) -> None:
        self.answers[fetch] = Answer(fetch, data)

    def fails(self, fetch: Fetch, status: Status, code: str = "", reason: str = "") -> None:
        failure = Failure(status, reason or f"{fetch.operation}: {status}.", code)
        self.answers[fetch] = Answer(fetch, failure=failure)

    def denies(self, fetch: Fetch, action: str) -> None:
        self.fails(fetch, Status.NOT_AUTHORISED, "AccessDenied", f"AWS refused {action}.")

    def changes(self, change: Callable[[Answer], Answer], operation: str) -> None:
        """Every answer to that operation, in all regions."""
        for fetch, answer in self.answers.items():
            if fetch.operation == operation:
                self.answers[fetch] = change(answer)

    def source(self) -> Recording:
        return Recording(self.answers.values(), self.now)

    def facts(self, bound: BoundCheck) -> Facts:
        """What the engine would hand to the check, without its threads."""
        asked = bound.needs()
        for _ in range(ROUNDS - 1):
            asked = list(dict.fromkeys([*asked, *self._more(bound, asked)]))
        return Facts({fetch: self._answer(fetch) for fetch in asked}, self.now)

    def verdict(self, check_id: str, **parameters: Any) -> Verdict:
        bound = CHECKS[check_id].bind({**PARAMETERS, **parameters})
        assert bound is not None
        return judge(bound, self.facts(bound))

    def reads_of(self, check_id: str) -> list[Fetch]:
        bound = CHECKS[check_id].bind(PARAMETERS)
        assert bound is not None
        return list(self.facts(bound)._answers)

    def _more(self, bound: BoundCheck, asked: list[Fetch]) -> list[Fetch]:
        try:
            answers = {fetch: self._answer(fetch) for fetch in asked}
            return bound.needs_more(Facts(answers, self.now))
        except (CouldNotLook, SubjectMissing):
            return []

    def _answer(self, fetch: Fetch) -> Answer:
        unknown = Failure(Status.ERROR, f"The account has no answer to {fetch.operation}.")
        return replace(self.answers.get(fetch, Answer(fetch, failure=unknown)), fetch=fetch)


def complete() -> Account:
    """A new one for each test, to be changed at will."""
    data: dict[Fetch, dict[str, Any]] = {
        DISTRIBUTION: distribution(
            behaviour(association()), behaviour(association(), path="/images/*")
        ),
        VERSIONS: {"Versions": [version(each) for each in ("$LATEST", "6", "7")]},
        RECORDS: records(record("eu"), record("us")),
        health_check("eu"): checked("eu"),
        health_check("us"): checked("us"),
    }
    for region in REGIONS:
        data[groups(region, CLOUDFRONT_GROUP)] = {"logGroups": []}
        data[groups(region)] = {"logGroups": [log_group(), log_group(f"{GROUP}-test", None)]}
        data[subscriptions(region)] = {"Subscriptions": [subscription()]}
    for region in BUCKETS:
        data[versioning(region)] = {"Status": "Enabled"}
    account = Account(data)
    governance.add(account)
    lambdas.add(account)
    watching.add(account)
    edge.add(account)
    return account


def replicating(*rules: dict[str, Any]) -> Account:
    """The complete account but for the replication rules of files-eu."""
    account = complete()
    account.says(replication("eu-west-1"), replication_to(*rules))
    return account


def thorough() -> Account:
    """A complete account laid out so that checks make every read that they declare, also those that
    only some answers call for. All pass but the one that has to see a drift to ask what drifted."""
    account = complete()
    open_here = governance.of_bucket("get_public_access_block", "eu-west-1")
    account.says(open_here, governance.block(BlockPublicAcls=False))
    account.says(governance.ACCOUNT_BLOCK, governance.block())
    selective = governance.trail(HasCustomEventSelectors=True)
    account.says(governance.TRAILS, governance.trails(selective))
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
    account.says(governance.SELECTORS, {"EventSelectors": [selector]})
    drifted = governance.stack(DriftInformation=governance.drift("DRIFTED"))
    account.says(governance.STACK, drifted)
    account.says(governance.DRIFTS, {"StackResourceDrifts": []})
    return account
