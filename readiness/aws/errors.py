"""What can go wrong when we look at AWS, in our words. The only reader of botocore's errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from readiness.aws.iam_policy import action_of

if TYPE_CHECKING:
    from readiness.aws.fetch import Fetch


class Status(StrEnum):
    """What a check says. Only PASS and FAIL move a requirement; see UNKNOWN."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NOT_AUTHORISED = "not_authorised"
    NOT_FOUND = "not_found"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"
    ERROR = "error"


#: The "could not look" family: neither all fine nor failed.
UNKNOWN = frozenset(
    {
        Status.NOT_AUTHORISED,
        Status.NOT_FOUND,
        Status.THROTTLED,
        Status.TIMEOUT,
        Status.UNSUPPORTED,
        Status.ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one read gave no data. `reason` is one sentence that names no region: the Fetch does."""

    status: Status
    reason: str
    code: str = ""
    iam_action: str | None = None  # set where granting this action would help


class AwsError(Exception):
    """Base of everything this package raises on purpose."""


class CouldNotLook(AwsError):
    """A fact a check asked for is not to be had. Uncaught, it becomes the check's verdict."""

    def __init__(self, status: Status, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.code = code


class SubjectMissing(AwsError):
    """The thing the check is about does not exist: that is a fail, with this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReadRefused(AwsError):
    """Somebody asked for an operation that is not a read. Nothing was sent."""


class UndeclaredRead(AwsError):
    """A check asked for an operation missing from its `reads`, so no policy would grant it."""


class AnswerTooLong(AwsError):
    """AWS had more to say than we are willing to read. The message is one sentence."""


class NotFromAws(AwsError):
    """Something else answered, such as a proxy with a page of its own."""


class CredentialsError(AwsError):
    """No read of this run can succeed. The message is one sentence for a person."""


class NoCredentials(CredentialsError):
    """There are no credentials to sign with."""


class CredentialsExpired(CredentialsError):
    """The credentials were good once."""


class CredentialsRejected(CredentialsError):
    """AWS knows neither the key nor the signature, or does not let us assume the role."""


EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
REJECTED_CODES = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
OPT_IN_CODES = frozenset({"OptInRequired", "SubscriptionRequiredException"})
AUTHORISATION_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "ForbiddenException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
THROTTLE_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
TIMEOUT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException"})
UNSUPPORTED_CODES = frozenset(
    {
        "InvalidAction",
        "MethodNotAllowed",
        "NotImplemented",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    }
)
#: What S3 says of a bucket that is in another region; also by a bare HTTP status.
ELSEWHERE_CODES = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)
REDIRECTS = (301, 302, 307)
NOT_FOUND_CODE = re.compile(r"NoSuch|NotFound|Nonexist|NonExist|DoesNotExist")

#: Every account has these regions; all later ones refuse valid credentials until they are enabled.
REGIONS_WITHOUT_OPT_IN = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }
)


def classify(error: Exception, fetch: Fetch) -> Failure:
    """Say what `error` means for `fetch`.

    Raises CredentialsError where no further read can succeed: then the whole run has one message.
    """
    from botocore.exceptions import (  # noqa: PLC0415 - web workers import Status, not botocore
        BotoCoreError,
        ClientError,
    )

    if isinstance(error, AnswerTooLong | ReadRefused):
        return Failure(Status.ERROR, str(error))
    if isinstance(error, NotFromAws):
        return Failure(Status.UNSUPPORTED, str(error))
    if isinstance(error, ClientError):
        return _of_answer(error.response, fetch)
    if isinstance(error, BotoCoreError):
        return _of_sdk(error, fetch)
    return _of_surprise(error, fetch)


def _of_answer(response: dict[str, Any], fetch: Fetch) -> Failure:
    """AWS answered with an error: its code decides, then the HTTP status."""
    code = str(response.get("Error", {}).get("Code", ""))
    message = str(response.get("Error", {}).get("Message", ""))
    http = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    _raise_if_credentials(code, fetch)
    action = action_of(fetch.service, fetch.operation)
    if code in THROTTLE_CODES or http == 429:
        return Failure(Status.THROTTLED, f"AWS throttled {action}.", code)
    if code in REJECTED_CODES or code in OPT_IN_CODES:
        reason = "The region or service did not accept the account; it may not be enabled for it."
        return Failure(Status.NOT_AUTHORISED, reason, code)
    if fetch.service == "s3" and (code in ELSEWHERE_CODES or http in REDIRECTS):
        reason = "The bucket is not in the region that its component names."
        return Failure(Status.UNSUPPORTED, reason, code)
    if _says_not_found(code, message, fetch):
        return Failure(Status.NOT_FOUND, f"{action} found nothing ({code}).", code)
    if code in AUTHORISATION_CODES or http in (401, 403):
        return _refused(action, code, message)
    if code in TIMEOUT_CODES:
        return Failure(Status.TIMEOUT, f"AWS gave up on {action} before it was done.", code)
    if code in UNSUPPORTED_CODES or http == 501 or (http < 500 and _is_no_code(code)):
        return Failure(Status.UNSUPPORTED, f"{action} is not understood by what answered.", code)
    return Failure(Status.ERROR, f"{action} failed ({code or 'no code'}, HTTP {http}).", code)


def _raise_if_credentials(code: str, fetch: Fetch) -> None:
    if code in EXPIRED_CODES:
        raise CredentialsExpired("The AWS credentials have expired; renew them and run again.")
    if code in REJECTED_CODES and fetch.region in REGIONS_WITHOUT_OPT_IN:
        raise CredentialsRejected(
            f"AWS does not accept the credentials ({code});"
            " check the access key and the clock of this machine."
        )


def _says_not_found(code: str, message: str, fetch: Fetch) -> bool:
    if NOT_FOUND_CODE.search(code):
        return True
    # HEAD answers have no body and so no code: there a bare 404 is all AWS says.
    if code == "404" and fetch.operation.startswith("head_"):
        return True
    # CloudFormation calls a missing stack a validation error.
    missing_stack = code == "ValidationError" and "does not exist" in message
    return missing_stack and fetch.service == "cloudformation"


def _is_no_code(code: str) -> bool:
    """A page of HTML, or another server than AWS: botocore then shows the HTTP status as code."""
    return not code or code.isdigit()


#: Phrases of AWS's messages behind which granting the action does not help, and why not. The first
#: four: "Troubleshoot access denied error messages" in IAM's user guide.
NO_GRANT_HELPS = {
    "explicit deny": "by an explicit deny; a grant alone will not help",
    "no service control policy allows": "by a policy of the organisation, which must allow it too",
    "no resource control policy allows": "by a policy of the organisation, which must allow it too",
    "no permissions boundary allows": "by a permissions boundary, which must allow it too",
    "Linked account doesn't have access": (
        "to a member of the organisation; only its management account may ask that"
    ),
}


def _refused(action: str, code: str, message: str) -> Failure:
    for phrase, why in NO_GRANT_HELPS.items():
        if phrase in message:
            return Failure(Status.NOT_AUTHORISED, f"AWS refused {action} {why}.", code)
    return Failure(Status.NOT_AUTHORISED, f"AWS refused {action}.", code, iam_action=action)


def _of_sdk(error: Exception, fetch: Fetch) -> Failure:
    """Nothing came back from AWS: credentials, network, or an answer that cannot be read."""
    from botocore import exceptions as sdk  # noqa: PLC0415 - see classify

    name = type(error).__name__
    action = action_of(fetch.service, fetch.operation)
    match error:
        case (
            sdk.SSOTokenLoadError()
            | sdk.UnauthorizedSSOTokenError()
            | sdk.TokenRetrievalError()
            | sdk.LoginError()
        ):
            raise CredentialsExpired("The AWS sign-in has expired; sign in and run again.")
        case (
            sdk.NoCredentialsError()
            | sdk.PartialCredentialsError()
            | sdk.CredentialRetrievalError()
            | sdk.NoAuthTokenError()
            | sdk.MetadataRetrievalError()
            | sdk.ProfileNotFound()
        ):
            raise NoCredentials("There are no AWS credentials to read the account with.")
        case sdk.ConnectTimeoutError() | sdk.ReadTimeoutError():
            return Failure(Status.TIMEOUT, f"AWS did not answer {action} in time.", name)
        case sdk.ConnectionError() | sdk.HTTPClientError():
            reason = (
                f"No connection to {fetch.service}; the region may not exist,"
                " or the network does not lead there."
            )
            return Failure(Status.ERROR, reason, name)
        case sdk.PaginationError():
            return Failure(Status.ERROR, f"The pages of {action} went in a circle.", name)
        case sdk.IncompleteReadError() | sdk.ResponseStreamingError():
            return Failure(Status.ERROR, f"The answer to {action} broke off.", name)
    return Failure(Status.ERROR, f"{action} could not be asked ({name}).", name)


def _of_surprise(error: Exception, fetch: Fetch) -> Failure:
    """Not one of the SDK's errors: an answer that crashed its parser, or a mistake of ours."""
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - see classify

    name = type(error).__name__
    action = action_of(fetch.service, fetch.operation)
    if isinstance(error, ResponseParserError):
        return Failure(Status.UNSUPPORTED, f"The answer to {action} could not be parsed.", name)
    return Failure(Status.ERROR, f"Reading {action} failed unexpectedly ({name}).", name)
