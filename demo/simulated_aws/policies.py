"""Roles and policies, as short as they can be said."""

import json
from typing import Any

from demo.simulated_aws.account import TAG_LIST


def create_role(iam: Any, name: str, *services: str) -> None:
    trusted = services[0] if len(services) == 1 else services
    trust = allow(["sts:AssumeRole"]) | {"Principal": {"Service": trusted}}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), Tags=TAG_LIST)


def put_role_policy(iam: Any, name: str, *statements: dict[str, Any]) -> None:
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document(*statements))


def allow(actions: list[str], *resources: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": actions}
    if resources:
        statement["Resource"] = resources[0] if len(resources) == 1 else resources
    return statement


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
