"""Amazon CloudFront. Documentation: https://docs.aws.amazon.com/cloudfront/latest/APIReference/"""

import json
import re
from collections.abc import Callable
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.cloudfront import models
from moto.cloudfront.exceptions import CloudFrontException, OriginDoesNotExist
from moto.cloudfront.models import (
    CacheBehaviour,
    CloudFrontBackend,
    DefaultCacheBehaviour,
    Distribution,
    DistributionConfig,
    Origin,
    ViewerCertificate,
)
from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.moto_api._internal.managed_state_model import ManagedState

from demo.simulated_aws.repairs.patching import expect, wrap

NUMBERED_VERSION = re.compile(
    r"arn:aws:lambda:(?P<region>[^:]+):(?P<account>\d{12}):function:[^:]+:\d+"
)


def apply() -> None:
    expect(DefaultCacheBehaviour.__init__, "lambda_function_associations", "function_associations")
    expect(ViewerCertificate.__init__, "cloud_front_default_certificate", "certificate_source")
    expect(DistributionConfig.__init__, "target_origin_id", "DefaultCacheBehavior")
    expect(Distribution.__init__, "etag", "last_modified_time")
    expect(ManagedState.__init__, "_status", "_tick")
    wrap(models, "random_id", id_as_engineers_know_it)
    for behaviour in (DefaultCacheBehaviour, CacheBehaviour):
        wrap(behaviour, "__init__", keep_what_a_behaviour_says)
    wrap(Origin, "__init__", keep_origin_access)
    wrap(ViewerCertificate, "__init__", name_the_certificate_in_use)
    wrap(DistributionConfig, "__init__", check_targets_and_associations)
    wrap(Distribution, "__init__", modified_when_it_was)
    wrap(CloudFrontBackend, "update_distribution", update_only_what_was_read)


def id_as_engineers_know_it(
    original: Callable[..., str], uppercase: bool = True, length: int = 13
) -> str:
    # Ids of distributions start with E, their host names with d. API_GetDistribution.html
    return ("E" if uppercase else "d") + original(uppercase, length)[1:]


def keep_what_a_behaviour_says(original: Callable[..., None], self: Any, config: Any) -> None:
    # The functions of a behaviour come back as they were put; with a cache policy there are no
    # forwarded values or TTLs. API_DefaultCacheBehavior.html
    original(self, config)
    lambdas = [
        {"IncludeBody": False} | association
        for association in _items(config.get("LambdaFunctionAssociations"))
    ]
    self.lambda_function_associations = _listed(lambdas)
    self.function_associations = _listed(_items(config.get("FunctionAssociations")))
    if config.get("CachePolicyId"):
        self.forwarded_values = self.min_ttl = self.default_ttl = self.max_ttl = None
    else:
        self.cache_policy_id = None


def keep_origin_access(original: Callable[..., None], self: Any, origin: Any) -> None:
    # An S3 origin names the identity or access control that CloudFront reads it with.
    # API_Origin.html
    original(self, origin)
    self.origin_access_control_id = origin.get("OriginAccessControlId") or ""
    self.s3_origin_config = origin.get("S3OriginConfig")


def name_the_certificate_in_use(original: Callable[..., None], self: Any, config: Any) -> None:
    # A certificate of one's own and the default one exclude each other, and the default one pins
    # TLSv1. API_ViewerCertificate.html
    original(self, config)
    own = self.acm_certificate_arn or self.iam_certificate_id
    self.cloud_front_default_certificate = not own
    if own:
        self.certificate = own
        self.certificate_source = "acm" if self.acm_certificate_arn else "iam"
    else:
        self.minimum_protocol_version = "TLSv1"


def check_targets_and_associations(original: Callable[..., None], self: Any, config: Any) -> None:
    # Every behaviour may target an origin or a group of origins. API_OriginGroup.html
    origins = [origin["Id"] for origin in config["Origins"]["Items"]]
    groups = [group["Id"] for group in _items(config.get("OriginGroups"))]
    default = config["DefaultCacheBehavior"]
    for behaviour in (default, *_items(config.get("CacheBehaviors"))):
        if behaviour["TargetOriginId"] not in origins + groups:
            raise OriginDoesNotExist
        for association in _items(behaviour.get("LambdaFunctionAssociations")):
            _check_association(association["LambdaFunctionARN"])
    # moto knows origins only: it is shown one, and the target is set to what was asked for after.
    original(self, config | {"DefaultCacheBehavior": default | {"TargetOriginId": origins[0]}})
    self.DefaultCacheBehavior.target_origin_id = default["TargetOriginId"]


def modified_when_it_was(original: Callable[..., None], self: Any, *args: Any) -> None:
    # LastModifiedTime is when the distribution was last changed. API_Distribution.html
    original(self, *args)
    self.last_modified_time = utcnow()


def update_only_what_was_read(
    original: Callable[..., Any], self: Any, dist_config: Any, _id: str, if_match: Any
) -> Any:
    # An update names the version that it read, makes a new one, and takes time to be deployed.
    # API_UpdateDistribution.html
    known = self.distributions.get(_id)
    if known and if_match and if_match != known.etag:
        raise CloudFrontException(
            "PreconditionFailed", "The request failed because it didn't meet the preconditions."
        )
    distribution, location, _ = original(self, dist_config, _id, if_match)
    distribution.etag = models.random_id()
    distribution.last_modified_time = utcnow()
    distribution.status, distribution._tick = "InProgress", 0
    return distribution, location, distribution.etag


def _check_association(arn: str) -> None:
    # Lambda@Edge runs numbered versions from us-east-1 whose role trusts both principals.
    # API_LambdaFunctionAssociation.html and
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
    match = NUMBERED_VERSION.fullmatch(arn)
    if match is None:
        raise _refused(
            "The function ARN must reference a specific function version. "
            f"(The ARN must end with the version number.) ARN: {arn}"
        )
    if match["region"] != "us-east-1":
        raise _refused(f"The function must be in region 'us-east-1'. ARN: {arn}")
    try:
        function: LambdaFunction = lambda_backends[match["account"]]["us-east-1"].get_function(arn)
    except UnknownFunctionException as unknown:
        raise _refused(f"The function doesn't exist. ARN: {arn}") from unknown
    role = iam_backends[match["account"]]["aws"].get_role_by_arn(function.role)
    trusted = json.dumps(json.loads(role.assume_role_policy_document))
    if not all(f'"{name}.amazonaws.com"' in trusted for name in ("lambda", "edgelambda")):
        raise _refused(
            "The function execution role must be assumable with edgelambda.amazonaws.com as well "
            "as lambda.amazonaws.com principals. Update the IAM role and try again. "
            f"Role: {role.arn}"
        )


def _refused(message: str) -> CloudFrontException:
    return CloudFrontException("InvalidLambdaFunctionAssociation", message)


def _items(listed: dict[str, Any] | None) -> list[Any]:
    return (listed or {}).get("Items") or []


def _listed(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}
