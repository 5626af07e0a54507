"""What an account has beside the component: a trail, recorders, a pipeline and a budget."""

from typing import Any

from demo.simulated_aws.account import (
    ACCOUNT_ID,
    BUDGET_NAME,
    EDGE_REGIONS,
    HOME_REGION,
    LOG_BUCKETS,
    PIPELINE_NAME,
    TAG_LIST,
    Account,
    topic_arn,
)
from demo.simulated_aws.policies import create_role


def create_governance(account: Account) -> None:
    _trail(account)
    _recorders(account)
    _pipeline(account)
    _budget(account)


def _trail(account: Account) -> None:
    cloudtrail = account.client("cloudtrail")
    cloudtrail.create_trail(
        Name="all-regions",
        S3BucketName=LOG_BUCKETS[HOME_REGION],
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
    )
    cloudtrail.start_logging(Name="all-regions")


def _recorders(account: Account) -> None:
    create_role(account.client("iam"), "config-recorder", "config.amazonaws.com")
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/config-recorder"
    for region in EDGE_REGIONS:
        config = account.client("config", region)
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role}
        )
        config.put_delivery_channel(
            DeliveryChannel={"name": "default", "s3BucketName": LOG_BUCKETS[HOME_REGION]}
        )
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def _pipeline(account: Account) -> None:
    create_role(account.client("iam"), "asset-router-release", "codepipeline.amazonaws.com")
    account.client("codepipeline").create_pipeline(
        pipeline={
            "name": PIPELINE_NAME,
            "roleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/asset-router-release",
            "artifactStore": {"type": "S3", "location": LOG_BUCKETS[HOME_REGION]},
            "stages": [
                _stage("Source", "CodeStarSourceConnection"),
                _stage("Test", "CodeBuild"),
                _stage("Approval", "Manual"),
                _stage("Deploy", "CloudFormation"),
            ],
        },
        tags=[{"key": each["Key"], "value": each["Value"]} for each in TAG_LIST],
    )


def _stage(category: str, provider: str) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": category, "actions": [{"name": category, "actionTypeId": kind, "runOrder": 1}]}


def _budget(account: Account) -> None:
    account.client("budgets").create_budget(
        AccountId=ACCOUNT_ID,
        Budget={
            "BudgetName": BUDGET_NAME,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "400", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[
            {
                "Notification": {
                    "NotificationType": "FORECASTED",
                    "ComparisonOperator": "GREATER_THAN",
                    "Threshold": 100,
                },
                "Subscribers": [
                    {"SubscriptionType": "SNS", "Address": topic_arn(HOME_REGION)},
                ],
            }
        ],
    )
