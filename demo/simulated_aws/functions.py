"""What functions are made of, who may sign them, and the one that does not run at the edge."""

import io
import zipfile

from demo.simulated_aws.account import (
    ACCOUNT_ID,
    HOME_REGION,
    PURGER_NAME,
    TAGS,
    Account,
    topic_arn,
)
from demo.simulated_aws.policies import allow, create_role, put_role_policy

SIGNING_PROFILE = f"arn:aws:signer:{HOME_REGION}:{ACCOUNT_ID}:/signing-profiles/release/Zk2J7pQx1s"

PURGER = """import boto3


def handler(event, context):
    key = event["detail"]["object"]["key"]
    boto3.client("cloudfront").create_invalidation(
        DistributionId=event["detail"]["distribution"],
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": [f"/{key}"]},
            "CallerReference": event["id"],
        },
    )
"""


def zipped(name: str, source: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        # A ZipInfo has a fixed date, so that the same code has the same digest each time.
        files.writestr(zipfile.ZipInfo(name), source)
    return archive.getvalue()


def create_code_signing(account: Account) -> str:
    """Only what the pipeline has signed is accepted. Returns the ARN."""
    created = account.client("lambda").create_code_signing_config(
        Description="What the release pipeline has signed",
        AllowedPublishers={"SigningProfileVersionArns": [SIGNING_PROFILE]},
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
    )
    return str(created["CodeSigningConfig"]["CodeSigningConfigArn"])


def create_purger(account: Account) -> None:
    """Calls an asset back from the caches when it is replaced."""
    _purger_role(account)
    functions = account.client("lambda")
    functions.create_function(
        FunctionName=PURGER_NAME,
        Description="Calls a replaced asset back from the caches",
        Runtime="python3.13",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{PURGER_NAME}",
        Code={"ZipFile": zipped("index.py", PURGER)},
        Timeout=30,
        TracingConfig={"Mode": "Active"},
        Tags=TAGS,
    )
    functions.put_function_concurrency(FunctionName=PURGER_NAME, ReservedConcurrentExecutions=20)
    functions.put_function_event_invoke_config(
        FunctionName=PURGER_NAME,
        DestinationConfig={"OnFailure": {"Destination": topic_arn(HOME_REGION)}},
    )


def _purger_role(account: Account) -> None:
    iam = account.client("iam")
    logs = f"arn:aws:logs:{HOME_REGION}:{ACCOUNT_ID}:log-group:/aws/lambda/{PURGER_NAME}:*"
    distributions = f"arn:aws:cloudfront::{ACCOUNT_ID}:distribution/*"
    write = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    create_role(iam, PURGER_NAME, "lambda.amazonaws.com")
    put_role_policy(
        iam,
        PURGER_NAME,
        allow(write, logs),
        allow(["cloudfront:CreateInvalidation"], distributions),
        allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        allow(["sns:Publish"], topic_arn(HOME_REGION)),
    )
