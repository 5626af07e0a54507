"""S3."""

import json

import pytest

from demo.simulated_aws.account import ACCOUNT_ID
from tests.demo.repairs.made import refusal

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/edge"


@pytest.fixture
def bucket(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="assets")
    s3.put_bucket_versioning(Bucket="assets", VersioningConfiguration={"Status": "Enabled"})
    return s3


@pytest.mark.parametrize(
    "wanted",
    [
        {"Filter": {"Prefix": ""}},
        {"Filter": {"Prefix": "images/"}},
        {"Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}] * 2}}},
    ],
)
@pytest.mark.parametrize("deletes", ["Enabled", "Disabled"])
def test_s3_replication_comes_back_as_put(bucket, wanted, deletes):
    rule = wanted | {
        "ID": "all",
        "Priority": 3,
        "Status": "Enabled",
        "DeleteMarkerReplication": {"Status": deletes},
        "Destination": {
            "Bucket": "arn:aws:s3:::c",
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        },
    }
    configuration = {"Role": ROLE, "Rules": [rule, rule | {"ID": "second", "Priority": 4}]}
    bucket.put_bucket_replication(Bucket="assets", ReplicationConfiguration=configuration)
    read = bucket.get_bucket_replication(Bucket="assets")
    assert read["ReplicationConfiguration"] == configuration


def test_s3_bucket_without_replication_says_so(bucket):
    assert refusal(bucket.get_bucket_replication, Bucket="assets") == (
        404,
        "ReplicationConfigurationNotFoundError",
    )


def test_s3_conditional_denial_does_not_lock_everybody_out(bucket):
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::assets/*",
    }
    condition = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = {"Version": "2012-10-17", "Statement": [deny | condition]}
    bucket.put_bucket_policy(Bucket="assets", Policy=json.dumps(policy))
    bucket.put_object(Bucket="assets", Key="k", Body=b"here")
    assert bucket.get_object(Bucket="assets", Key="k")["Body"].read() == b"here"
    policy["Statement"].append(deny)
    bucket.put_bucket_policy(Bucket="assets", Policy=json.dumps(policy))
    assert refusal(bucket.get_object, Bucket="assets", Key="k")[0] == 403
