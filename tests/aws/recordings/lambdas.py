"""The functions of the complete account, the role of the one at the edge, and the quotas.

Two regions have a quota of their own; in the third AWS knows of none, so that its default holds.
"""

from __future__ import annotations

from typing import Any

from readiness.aws.errors import Status
from readiness.aws.fetch import Fetch

ACCOUNT = "123456789012"
ROLE = "edge-router"
PLAIN = "asset-purger"
PLAIN_REGION = "eu-west-1"
WITH_OWN_QUOTA = ("ap-northeast-1", "us-east-1")
WITH_DEFAULT = "eu-west-1"
CONCURRENCY = 1000

SIGNING_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:csc-0d4518bd353a0a7c6"
MANAGED_ARN = f"arn:aws:iam::{ACCOUNT}:policy/write-edge-logs"

PARAMETERS: dict[str, Any] = {
    "plain_function_name": PLAIN,
    "plain_function_region": PLAIN_REGION,
    "lambda_concurrency_min": CONCURRENCY,
}


def plain(operation: str) -> Fetch:
    return Fetch.of("lambda", PLAIN_REGION, operation, FunctionName=PLAIN)


def iam(operation: str, **arguments: str) -> Fetch:
    return Fetch.of("iam", "us-east-1", operation, **arguments)


def settings(region: str) -> Fetch:
    return Fetch.of("lambda", region, "get_account_settings")


def _quota(region: str, operation: str) -> Fetch:
    code = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    return Fetch.of("service-quotas", region, operation, **code)


def quota(region: str) -> Fetch:
    return _quota(region, "get_service_quota")


def default_quota(region: str) -> Fetch:
    return _quota(region, "get_aws_default_service_quota")


SIGNING = Fetch.of(
    "lambda", "us-east-1", "get_function_code_signing_config", FunctionName="edge-router"
)
SIGNING_POLICY = Fetch.of(
    "lambda", "us-east-1", "get_code_signing_config", CodeSigningConfigArn=SIGNING_ARN
)
CONFIGURATION = plain("get_function_configuration")
RESERVED = plain("get_function_concurrency")
INVOCATION = plain("get_function_event_invoke_config")
GET_ROLE = iam("get_role", RoleName=ROLE)
INLINE_LIST = iam("list_role_policies", RoleName=ROLE)
INLINE = iam("get_role_policy", RoleName=ROLE, PolicyName="create-log-groups")
ATTACHED_LIST = iam("list_attached_role_policies", RoleName=ROLE)
MANAGED = iam("get_policy", PolicyArn=MANAGED_ARN)
MANAGED_VERSION = iam("get_policy_version", PolicyArn=MANAGED_ARN, VersionId="v3")


def version(number: str, **changes: Any) -> dict[str, Any]:
    """One of edge-router; $LATEST has the code of version 7 and later."""
    built = "older" if number.isdigit() and int(number) < 7 else "newest"
    made = {
        "FunctionName": "edge-router",
        "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:edge-router:{number}",
        "Version": number,
        "Runtime": "nodejs24.x",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/service-role/{ROLE}",
        "Handler": "index.handler",
        "CodeSize": 2048,
        "CodeSha256": f"{built}+5fd8HJhwP1hDGQ2hxkqBbwcEfPyuoH3sHcbAM=",
        "Timeout": 5,
        "MemorySize": 128,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
    }
    return {**made, **changes}


def configuration(**changes: Any) -> dict[str, Any]:
    made = {
        "FunctionName": PLAIN,
        "FunctionArn": f"arn:aws:lambda:{PLAIN_REGION}:{ACCOUNT}:function:{PLAIN}",
        "Version": "$LATEST",
        "Runtime": "python3.13",
        "TracingConfig": {"Mode": "Active"},
    }
    return {**made, **changes}


def invocation(destination: str = "") -> dict[str, Any]:
    to = {"Destination": destination} if destination else {}
    return {
        "FunctionArn": f"arn:aws:lambda:{PLAIN_REGION}:{ACCOUNT}:function:{PLAIN}:$LATEST",
        "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": to},
    }


def signing_policy(policy: str = "Enforce") -> dict[str, Any]:
    return {
        "CodeSigningConfig": {
            "CodeSigningConfigId": "csc-0d4518bd353a0a7c6",
            "CodeSigningConfigArn": SIGNING_ARN,
            "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
        }
    }


def account_settings(left: int = CONCURRENCY) -> dict[str, Any]:
    limit = {"ConcurrentExecutions": 2000, "UnreservedConcurrentExecutions": left}
    return {"AccountLimit": limit, "AccountUsage": {"FunctionCount": 4}}


def quota_of(value: float = CONCURRENCY) -> dict[str, Any]:
    return {"Quota": {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384", "Value": float(value)}}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), **more}


def trust(*services: str, **more: Any) -> dict[str, Any]:
    return allow("sts:AssumeRole", Principal={"Service": list(services)}, **more)


EDGE_TRUST = trust("lambda.amazonaws.com", "edgelambda.amazonaws.com")


def role(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {
        "RoleName": ROLE,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/service-role/{ROLE}",
        "AssumeRolePolicyDocument": policy(*(statements or (EDGE_TRUST,))),
    }
    return {"Role": {**made, **more}}


def inline(*statements: dict[str, Any]) -> dict[str, Any]:
    document = policy(*statements)
    return {"RoleName": ROLE, "PolicyName": "create-log-groups", "PolicyDocument": document}


def managed(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyVersion": {"VersionId": "v3", "Document": policy(*statements)}}


def add(account: Any) -> None:
    logs = "arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.edge-router:*"
    attached = {"PolicyName": "write-edge-logs", "PolicyArn": MANAGED_ARN}
    said = {
        SIGNING: {"CodeSigningConfigArn": SIGNING_ARN, "FunctionName": "edge-router"},
        SIGNING_POLICY: signing_policy(),
        CONFIGURATION: configuration(),
        RESERVED: {"ReservedConcurrentExecutions": 20},
        INVOCATION: invocation(f"arn:aws:sqs:{PLAIN_REGION}:{ACCOUNT}:not-purged"),
        GET_ROLE: role(),
        INLINE_LIST: {"PolicyNames": ["create-log-groups"], "IsTruncated": False},
        INLINE: inline(allow("logs:CreateLogGroup", Resource="*")),
        ATTACHED_LIST: {"AttachedPolicies": [attached], "IsTruncated": False},
        MANAGED: {"Policy": {**attached, "DefaultVersionId": "v3"}},
        MANAGED_VERSION: managed(
            allow("logs:CreateLogStream", "logs:PutLogEvents", Resource=[logs])
        ),
        default_quota(WITH_DEFAULT): quota_of(),
    }
    for fetch, data in said.items():
        account.says(fetch, data)
    for region in WITH_OWN_QUOTA:
        account.says(quota(region), quota_of())
    account.fails(quota(WITH_DEFAULT), Status.NOT_FOUND, "NoSuchResourceException")
    for region in (*WITH_OWN_QUOTA, WITH_DEFAULT):
        account.says(settings(region), account_settings())
