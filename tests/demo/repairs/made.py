"""What the tests of repairs make in an empty account."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from demo.simulated_aws.account import ACCOUNT_ID

FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:router"


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    response = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def make_role(client, name, *services):
    trust = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)


def make_function(client, name="router", role="edge", **settings):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(zipfile.ZipInfo("index.js"), name)
    return client("lambda").create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{role}",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
        Publish=True,
        **settings,
    )
