"""Amazon S3. Documentation: https://docs.aws.amazon.com/AmazonS3/latest/API/"""

import json
from collections.abc import Callable
from typing import Any

import xmltodict
from moto.iam.access_control import IAMPolicy
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from demo.simulated_aws.repairs.patching import expect, wrap


def apply() -> None:
    expect(S3Response._replication_config_from_xml, "ReplicationConfiguration", "parse")
    wrap(S3Response, "get_bucket_replication", return_replication_as_put)
    wrap(FakeBucket, "get_permission", judge_by_unconditional_statements)


def return_replication_as_put(original: Callable[..., Any], self: Any) -> Any:
    # Filter and delete markers come back as they were put. API_GetBucketReplication.html
    replication = self.backend.get_bucket_replication(self.bucket_name)
    if not replication:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    body = xmltodict.unparse({"ReplicationConfiguration": replication})
    return 200, {"content-type": "application/xml"}, body


def judge_by_unconditional_statements(
    original: Callable[..., Any], self: Any, action: str, resource: str
) -> Any:
    # A statement counts only where its conditions hold; moto knows none of them, so that a policy
    # that denies plain HTTP would lock everybody out.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    if self.policy is None:
        return original(self, action, resource)
    policy = json.loads(self.policy)
    statements = policy["Statement"]
    if isinstance(statements, dict):
        statements = [statements]
    policy["Statement"] = [each for each in statements if "Condition" not in each]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)
