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


def test_an_explicit_deny_says_that_a_grant_will_not_help():
    message = "... is not authorized ... with an explicit deny in a service control policy"
    failure = classify(answered("AccessDenied", 403, message), GROUPS)
    assert "explicit deny" in failure.reason


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
