from datetime import UTC, date, datetime, timedelta

import pytest
from botocore.session import get_session

from readiness.aws.checks.lambda_function import NOTICE_DAYS
from readiness.aws.errors import Status
from readiness.aws.lambda_runtimes import DEPRECATION, TABLE_OF
from tests.aws.recordings import complete as aws
from tests.aws.recordings import lambdas

RUNTIME = "lambda.runtime-supported"
MATCHES = "lambda.published-matches-latest"
KEPT = "lambda.versions-kept"
SIGNING = "lambda.code-signing"


def account_with(*versions):
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": list(versions)})
    return account


def days_before(runtime, days):
    day = DEPRECATION[runtime] - timedelta(days=days)
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)


def test_runtime_passes_and_shows_until_when():
    assert aws.complete().verdict(RUNTIME) == (
        Status.PASS,
        "The runtime of edge-router is supported in 1 version looked at.",
        {
            "versions": {
                "version 7": {
                    "runtime": "nodejs24.x",
                    "supported_until": "2028-04-30",
                    "days": (date(2028, 4, 30) - aws.NOW.date()).days,
                }
            },
            "table_of": TABLE_OF,
        },
    )


def test_runtime_is_that_of_the_version_called_and_not_of_the_latest_code():
    account = account_with(
        lambdas.version("$LATEST"),
        lambdas.version("7", Runtime="nodejs20.x"),
        lambdas.version("8"),
    )
    assert account.verdict(RUNTIME)[:2] == (
        Status.FAIL,
        "The runtime is not supported for long:"
        " nodejs20.x is deprecated since 2026-04-30 (version 7).",
    )


def test_runtime_of_the_newest_version_counts_before_it_is_called():
    account = account_with(
        lambdas.version("$LATEST"), lambdas.version("7"), lambdas.version("8", Runtime="python3.9")
    )
    assert account.verdict(RUNTIME).reason.endswith("since 2025-12-15 (version 8).")


def test_runtime_of_a_version_that_nobody_calls_any_more_does_not_count():
    account = account_with(
        lambdas.version("$LATEST", Runtime="nodejs18.x"),
        lambdas.version("6", Runtime="nodejs18.x"),
        lambdas.version("7"),
    )
    assert account.verdict(RUNTIME).status is Status.PASS


@pytest.mark.parametrize(
    ("left", "status", "said"),
    [
        (NOTICE_DAYS + 1, Status.PASS, "supported in 1 version"),
        (NOTICE_DAYS, Status.FAIL, "nodejs24.x is deprecated on 2028-04-30"),
        (1, Status.FAIL, "nodejs24.x is deprecated on 2028-04-30"),
        (0, Status.FAIL, "nodejs24.x is deprecated since 2028-04-30"),
        (-400, Status.FAIL, "nodejs24.x is deprecated since 2028-04-30"),
    ],
)
def test_runtime_is_judged_at_the_moment_of_the_answers(left, status, said):
    account = aws.complete()
    account.now = days_before("nodejs24.x", left)
    verdict = account.verdict(RUNTIME)
    assert verdict.status is status
    assert said in verdict.reason
    assert verdict.observed["versions"]["version 7"]["days"] == left


def test_a_runtime_that_the_table_does_not_have_is_unknown():
    account = account_with(lambdas.version("$LATEST"), lambdas.version("7", Runtime="nodejs40.x"))
    assert account.verdict(RUNTIME)[:2] == (
        Status.UNSUPPORTED,
        f"Could not look: our table of runtimes, of {TABLE_OF}, does not have nodejs40.x"
        " (version 7).",
    )


def test_the_table_of_runtimes_names_no_runtime_that_lambda_never_had():
    known = get_session().get_service_model("lambda").shape_for("Runtime").enum
    assert set(DEPRECATION) <= set(known)


def test_runtime_does_not_believe_a_list_without_the_version_that_is_called():
    account = account_with(lambdas.version("$LATEST"), lambdas.version("6"))
    assert account.verdict(RUNTIME).status is Status.UNSUPPORTED


@pytest.mark.parametrize("check_id", [RUNTIME, MATCHES])
def test_without_a_published_version_there_is_nothing_to_judge(check_id):
    account = account_with(lambdas.version("$LATEST"))
    account.says(aws.DISTRIBUTION, aws.distribution(aws.behaviour()))
    assert account.verdict(check_id) == (
        Status.NOT_APPLICABLE,
        "No version of edge-router is published.",
        {"versions": {}},
    )


@pytest.mark.parametrize("check_id", [RUNTIME, MATCHES, KEPT])
def test_a_function_that_is_gone_is_a_fail(check_id):
    account = aws.complete()
    account.fails(aws.VERSIONS, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(check_id) == (
        Status.FAIL,
        "There is no function edge-router in us-east-1.",
        {"exists": False},
    )


@pytest.mark.parametrize("check_id", [RUNTIME, MATCHES, KEPT])
def test_versions_that_may_not_be_listed_are_unknown(check_id):
    account = aws.complete()
    account.denies(aws.VERSIONS, "lambda:ListVersionsByFunction")
    assert account.verdict(check_id).status is Status.NOT_AUTHORISED


def test_matches_compares_with_the_newest_by_number():
    account = account_with(
        lambdas.version("$LATEST", CodeSha256="ten"),
        lambdas.version("10", CodeSha256="ten"),
        lambdas.version("9", CodeSha256="nine"),
    )
    assert account.verdict(MATCHES) == (
        Status.PASS,
        "Version 10, the newest published, has the code of $LATEST.",
        {"newest_version": 10, "matches": True},
    )


def test_matches_fails_on_code_that_waits():
    account = account_with(lambdas.version("$LATEST", CodeSha256="new"), lambdas.version("7"))
    assert account.verdict(MATCHES)[:2] == (
        Status.FAIL,
        "The code of $LATEST is not that of version 7, the newest published.",
    )


def test_matches_does_not_believe_a_list_without_the_latest_code():
    assert account_with(lambdas.version("7")).verdict(MATCHES).status is Status.UNSUPPORTED


def test_kept_passes_and_names_the_two_newest_by_number():
    account = account_with(*map(lambdas.version, ("$LATEST", "10", "9", "2")))
    assert account.verdict(KEPT) == (
        Status.PASS,
        "3 versions are kept; before 10 came 9.",
        {"kept": 3, "newest_first": ["10", "9", "2"]},
    )


@pytest.mark.parametrize(
    ("numbers", "said"), [((), "none was ever published"), (("7",), "only version 7 exists")]
)
def test_kept_fails_without_a_version_to_return_to(numbers, said):
    account = account_with(*map(lambdas.version, ("$LATEST", *numbers)))
    verdict = account.verdict(KEPT)
    assert verdict[:2] == (Status.FAIL, f"There is no earlier version to return to: {said}.")


def test_signing_passes_when_it_refuses():
    assert aws.complete().verdict(SIGNING) == (
        Status.PASS,
        "The function refuses code that is not signed by whom it trusts.",
        {"config": lambdas.SIGNING_ARN, "policy": "Enforce"},
    )


def test_signing_fails_when_it_only_warns_and_names_the_configuration_to_mend():
    account = aws.complete()
    account.says(lambdas.SIGNING_POLICY, lambdas.signing_policy("Warn"))
    verdict = account.verdict(SIGNING)
    assert verdict[:2] == (
        Status.FAIL,
        "The function warns of untrusted code and accepts it.",
    )
    bound = aws.CHECKS[SIGNING].bind(aws.PARAMETERS)
    assert lambdas.SIGNING_ARN in bound.mend_command(verdict.observed)


@pytest.mark.parametrize("said", [{}, {"CodeSigningConfigArn": ""}])
def test_signing_fails_when_none_is_set(said):
    account = aws.complete()
    account.says(lambdas.SIGNING, {"FunctionName": "edge-router", **said})
    assert account.verdict(SIGNING) == (
        Status.FAIL,
        "The function edge-router accepts code that nobody has signed.",
        {"config": ""},
    )


def test_signing_is_not_set_either_when_its_configuration_is_gone():
    account = aws.complete()
    account.fails(lambdas.SIGNING, Status.NOT_FOUND, "CodeSigningConfigNotFoundException")
    assert account.verdict(SIGNING).observed == {"config": ""}


def test_signing_of_a_function_that_is_gone_is_a_fail_with_its_reason():
    account = aws.complete()
    account.fails(lambdas.SIGNING, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(SIGNING).reason == "There is no function edge-router in us-east-1."


def test_a_signing_policy_that_is_not_found_is_unknown():
    account = aws.complete()
    account.fails(lambdas.SIGNING_POLICY, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(SIGNING).status is Status.NOT_FOUND
