import pytest
from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from readiness.aws.errors import (
    UNKNOWN,
    AnswerTooLong,
    CredentialsExpired,
    CredentialsRejected,
    NoCredentials,
    ReadRefused,
    Status,
    classify,
)
from readiness.aws.fetch import Fetch

GROUPS = Fetch.of("logs", "eu-west-1", "describe_log_groups")
OPT_IN = Fetch.of("logs", "eu-south-1", "describe_log_groups")
BUCKET = Fetch.of("s3", "eu-west-1", "head_bucket", Bucket="b")
VERSIONING = Fetch.of("s3", "eu-west-1", "get_bucket_versioning", Bucket="b")
DISTRIBUTION = Fetch.of("cloudfront", "us-east-1", "get_distribution", Id="E1")
# Whatever region comes next has to be enabled first, as all have since 2019.
UNHEARD_OF = Fetch.of("logs", "eu-atlantis-1", "describe_log_groups")
STACKS = Fetch.of("cloudformation", "eu-west-1", "describe_stacks")


def answered(code, http=400, message=""):
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": http},
    }
    return sdk.ClientError(response, "Operation")


@pytest.mark.parametrize(
    ("error", "fetch", "status"),
    [
        (answered("AccessDenied", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("AccessDeniedException"), GROUPS, Status.NOT_AUTHORISED),
        (answered("AuthorizationError", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("403", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("WhateverComesNext", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("OptInRequired", 403), OPT_IN, Status.NOT_AUTHORISED),
        (answered("UnrecognizedClientException"), OPT_IN, Status.NOT_AUTHORISED),
        (answered("InvalidToken", 400), OPT_IN, Status.NOT_AUTHORISED),
        (answered("ThrottlingException"), GROUPS, Status.THROTTLED),
        (answered("Throttling"), GROUPS, Status.THROTTLED),
        (answered("SlowDown", 503), GROUPS, Status.THROTTLED),
        (answered("RequestLimitExceeded", 503), GROUPS, Status.THROTTLED),
        (answered("", 429), GROUPS, Status.THROTTLED),
        (answered("NoSuchBucket", 404), GROUPS, Status.NOT_FOUND),
        (answered("ResourceNotFoundException"), GROUPS, Status.NOT_FOUND),
        (answered("NotFound", 404), GROUPS, Status.NOT_FOUND),
        (answered("AWS.SimpleQueueService.NonExistentQueue"), GROUPS, Status.NOT_FOUND),
        (answered("ReplicationConfigurationNotFoundError", 404), GROUPS, Status.NOT_FOUND),
        (answered("PermanentRedirect", 301), VERSIONING, Status.UNSUPPORTED),
        (answered("301", 301), BUCKET, Status.UNSUPPORTED),
        (answered("TemporaryRedirect", 307), VERSIONING, Status.UNSUPPORTED),
        (answered("AuthorizationHeaderMalformed"), VERSIONING, Status.UNSUPPORTED),
        (answered("IllegalLocationConstraintException"), VERSIONING, Status.UNSUPPORTED),
        (answered("OptInRequired", 403), GROUPS, Status.NOT_AUTHORISED),
        (answered("SubscriptionRequiredException"), GROUPS, Status.NOT_AUTHORISED),
        (answered("InvalidClientTokenId", 403), OPT_IN, Status.NOT_AUTHORISED),
        (answered("AuthFailure", 401), OPT_IN, Status.NOT_AUTHORISED),
        (answered("InvalidClientTokenId", 403), UNHEARD_OF, Status.NOT_AUTHORISED),
        (answered("TooManyRequests", 400), DISTRIBUTION, Status.THROTTLED),
        (answered("Throttling", 400, "Rate exceeded"), DISTRIBUTION, Status.THROTTLED),
        (answered("TooManyRequestsException", 429), GROUPS, Status.THROTTLED),
        (answered("PriorRequestNotComplete"), DISTRIBUTION, Status.THROTTLED),
        (answered("404", 404), BUCKET, Status.NOT_FOUND),
        (answered("404", 404), GROUPS, Status.UNSUPPORTED),
        (answered("", 404), GROUPS, Status.UNSUPPORTED),
        (answered("ValidationError", 400, "Stack a does not exist"), STACKS, Status.NOT_FOUND),
        (answered("ValidationError", 400, "Stack a does not exist"), GROUPS, Status.ERROR),
        (answered("ValidationError", 400, "bad name"), STACKS, Status.ERROR),
        (answered("UnknownOperationException"), GROUPS, Status.UNSUPPORTED),
        (answered("NotImplemented", 501), GROUPS, Status.UNSUPPORTED),
        (answered("501", 501), GROUPS, Status.UNSUPPORTED),
        (answered("RequestTimeout"), GROUPS, Status.TIMEOUT),
        (answered("InternalError", 500), GROUPS, Status.ERROR),
        (answered("500", 500), GROUPS, Status.ERROR),
        (answered("503", 503), GROUPS, Status.ERROR),
        (sdk.ConnectTimeoutError(endpoint_url="u"), GROUPS, Status.TIMEOUT),
        (sdk.ReadTimeoutError(endpoint_url="u"), GROUPS, Status.TIMEOUT),
        (sdk.EndpointConnectionError(endpoint_url="u"), GROUPS, Status.ERROR),
        (sdk.SSLError(endpoint_url="u", error="e"), GROUPS, Status.ERROR),
        (sdk.ProxyConnectionError(proxy_url="u"), GROUPS, Status.ERROR),
        (sdk.ConnectionClosedError(endpoint_url="u"), GROUPS, Status.ERROR),
        (sdk.IncompleteReadError(actual_bytes=1, expected_bytes=2), GROUPS, Status.ERROR),
        (sdk.PaginationError(message="m"), GROUPS, Status.ERROR),
        (sdk.ParamValidationError(report="r"), GROUPS, Status.ERROR),
        (sdk.UnknownServiceError(service_name="s", known_service_names="k"), GROUPS, Status.ERROR),
        (ResponseParserError("<html>"), GROUPS, Status.UNSUPPORTED),
        (AnswerTooLong("Too long."), GROUPS, Status.ERROR),
        (ReadRefused("No."), GROUPS, Status.ERROR),
        (KeyError("a"), GROUPS, Status.ERROR),
    ],
)
def test_every_error_has_one_status_of_the_family_that_could_not_look(error, fetch, status):
    failure = classify(error, fetch)
    assert failure.status is status
    assert failure.status in UNKNOWN
    assert failure.reason.endswith(".")
    assert "eu-west-1" not in failure.reason


def test_a_refusal_names_the_action_to_grant():
    failure = classify(answered("AccessDenied", 403), Fetch.of("s3", "r", "get_bucket_replication"))
    assert failure.iam_action == "s3:GetReplicationConfiguration"
    assert failure.reason == "AWS refused s3:GetReplicationConfiguration."


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "... is not authorized ... with an explicit deny in a service control policy",
            "AWS refused logs:DescribeLogGroups by an explicit deny; a grant alone will not help.",
        ),
        (
            "... because no service control policy allows the logs:DescribeLogGroups action",
            "AWS refused logs:DescribeLogGroups by a policy of the organisation,"
            " which must allow it too.",
        ),
        (
            "... because no permissions boundary allows the logs:DescribeLogGroups action",
            "AWS refused logs:DescribeLogGroups by a permissions boundary,"
            " which must allow it too.",
        ),
    ],
)
def test_where_a_grant_does_not_help_none_is_asked_for(message, said):
    failure = classify(answered("AccessDeniedException", 400, message), GROUPS)
    assert (failure.status, failure.reason) == (Status.NOT_AUTHORISED, said)
    assert failure.iam_action is None


def test_a_refusal_for_want_of_a_grant_asks_for_it():
    message = "... because no identity-based policy allows the logs:DescribeLogGroups action"
    failure = classify(answered("AccessDeniedException", 400, message), GROUPS)
    assert failure.iam_action == "logs:DescribeLogGroups"


def test_what_only_the_management_account_may_ask_is_said_to_be_just_that():
    tags = Fetch.of("ce", "us-east-1", "list_cost_allocation_tags")
    message = (
        "Failed to list Cost Allocation Tags:"
        " Linked account doesn't have access to cost allocation tags."
    )
    failure = classify(answered("AccessDeniedException", 400, message), tags)
    assert failure.reason == (
        "AWS refused ce:ListCostAllocationTags to a member of the organisation;"
        " only its management account may ask that."
    )
    assert failure.iam_action is None


def test_a_bucket_elsewhere_is_said_to_be_just_that_and_only_s3_has_buckets():
    said = classify(answered("PermanentRedirect", 301), VERSIONING)
    assert said.reason == "The bucket is not in the region that its component names."
    assert classify(answered("PermanentRedirect", 301), GROUPS).status is Status.ERROR


def test_a_region_that_is_not_enabled_is_not_mended_by_a_grant():
    failure = classify(answered("UnrecognizedClientException"), OPT_IN)
    assert failure.iam_action is None
    assert "may not be enabled" in failure.reason


def test_the_message_of_aws_is_not_repeated():
    for code in ("AccessDenied", "NoSuchBucket", "InternalError", "Throttling"):
        assert "secret" not in classify(answered(code, 400, "secret"), GROUPS).reason


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (answered("ExpiredToken", 403), CredentialsExpired),
        (answered("ExpiredTokenException"), CredentialsExpired),
        (answered("InvalidClientTokenId", 403), CredentialsRejected),
        (answered("InvalidAccessKeyId", 403), CredentialsRejected),
        (answered("SignatureDoesNotMatch", 403), CredentialsRejected),
        (answered("UnrecognizedClientException"), CredentialsRejected),
        (answered("RequestTimeTooSkewed", 403), CredentialsRejected),
        (sdk.NoCredentialsError(), NoCredentials),
        (sdk.PartialCredentialsError(provider="p", cred_var="v"), NoCredentials),
        (sdk.CredentialRetrievalError(provider="p", error_msg="e"), NoCredentials),
        (sdk.ProfileNotFound(profile="p"), NoCredentials),
        (sdk.SSOTokenLoadError(error_msg="e"), CredentialsExpired),
        (sdk.UnauthorizedSSOTokenError(), CredentialsExpired),
        (sdk.TokenRetrievalError(provider="p", error_msg="e"), CredentialsExpired),
        (sdk.LoginRefreshRequired(), CredentialsExpired),
    ],
)
def test_credentials_that_are_no_good_stop_everything_with_one_sentence(error, raised):
    with pytest.raises(raised) as caught:
        classify(error, GROUPS)
    assert str(caught.value).endswith(".")


def test_expired_credentials_stop_everything_in_a_region_that_must_be_enabled_too():
    with pytest.raises(CredentialsExpired):
        classify(answered("ExpiredToken", 403), OPT_IN)
