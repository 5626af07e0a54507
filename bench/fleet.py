"""More routers for the simulated account: each with its function, distribution, log groups, alarms.

Buckets, hosted zone, topics and origin access are those of the first: what a platform team shares.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import closing
from typing import Any

from demo.simulated_aws.account import ACCOUNT_ID, EDGE_REGIONS, HOME_REGION, Account
from demo.simulated_aws.router import error_alarm


def build(endpoint: str, first: dict[str, Any], routers: int) -> list[dict[str, Any]]:
    """Add routers until there are so many; returns the parameters of each, the first's included."""
    with closing(Account(endpoint)) as account:
        found = account.client("cloudfront").get_distribution_config(Id=first["distribution_id"])
        others = [
            first | _router(account, found["DistributionConfig"], f"router-{number:03}")
            for number in range(1, routers)
        ]
    return [first, *others]


def _router(account: Account, config: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns what its parameters have of their own."""
    arn = _function(account, name)
    association = {
        "LambdaFunctionARN": arn, "EventType": "origin-request", "IncludeBody": False,
    }  # fmt: skip
    behaviour = config["DefaultCacheBehavior"] | {
        "LambdaFunctionAssociations": {"Quantity": 1, "Items": [association]}
    }
    own = {
        "CallerReference": name, "Comment": name, "Aliases": {"Quantity": 0},
        "DefaultCacheBehavior": behaviour, "CacheBehaviors": {"Quantity": 0},
    }  # fmt: skip
    made = account.client("cloudfront").create_distribution(DistributionConfig=config | own)
    for region in EDGE_REGIONS:
        _watched(account, region, name)
    return {"distribution_id": made["Distribution"]["Id"], "function_name": name}


def _function(account: Account, name: str) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.js", "exports.handler = async (event) => event;\n")
    made = account.client("lambda").create_function(
        FunctionName=name, Runtime="nodejs22.x", Handler="index.handler", Publish=True,
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/asset-router",
        Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    return f"arn:aws:lambda:{HOME_REGION}:{ACCOUNT_ID}:function:{name}:{made['Version']}"


def _watched(account: Account, region: str, name: str) -> None:
    function = f"{HOME_REGION}.{name}"
    logs = account.client("logs", region)
    logs.create_log_group(logGroupName=f"/aws/lambda/{function}")
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{function}", retentionInDays=365)
    own = {
        "AlarmName": f"{name}-errors", "Dimensions": [{"Name": "FunctionName", "Value": function}],
    }  # fmt: skip
    account.client("cloudwatch", region).put_metric_alarm(**error_alarm(region) | own)
