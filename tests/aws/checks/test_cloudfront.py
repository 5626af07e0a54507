import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.distribution import READS_DISTRIBUTION
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

ASSOCIATED = "cloudfront.function-associated"
PUBLISHED = "cloudfront.published-version"
NEWEST = "cloudfront.same-newest-version"


def account_with(*behaviours):
    return edge.account_with(aws.distribution(*behaviours))


def test_associated_passes_and_shows_where():
    assert aws.complete().verdict(ASSOCIATED) == (
        Status.PASS,
        "The function edge-router is called at origin-request on default and /images/*.",
        {
            "associations": {
                "default origin-request": {"version": "7"},
                "/images/* origin-request": {"version": "7"},
            }
        },
    )


def test_associated_passes_on_a_path_alone():
    account = account_with(aws.behaviour(), aws.behaviour(aws.association(), path="/images/*"))
    assert account.verdict(ASSOCIATED).status is Status.PASS


def test_associated_fails_at_another_event_and_says_which():
    account = account_with(aws.behaviour(aws.association(event="viewer-request")))
    assert account.verdict(ASSOCIATED)[:2] == (
        Status.FAIL,
        "No behaviour of E1A2B3C4D5E6F7 calls edge-router at origin-request;"
        " it is called at viewer-request on default.",
    )
    assert account.verdict(ASSOCIATED, function_event="viewer-request").status is Status.PASS


def test_associated_fails_without_any_association():
    verdict = account_with(aws.behaviour()).verdict(ASSOCIATED)
    assert verdict.status is Status.FAIL
    assert verdict.observed == {"associations": {}}


def test_a_function_whose_name_only_begins_alike_is_another_function():
    other = aws.association()
    other["LambdaFunctionARN"] = f"{aws.FUNCTION_ARN}-test:7"
    account = account_with(aws.behaviour(other))
    assert account.verdict(ASSOCIATED).status is Status.FAIL


@pytest.mark.parametrize(
    "check_id", [each.id for each in CHECKS.values() if READS_DISTRIBUTION in each.reads]
)
def test_a_distribution_that_does_not_exist_is_a_fail(check_id):
    account = aws.complete()
    account.fails(aws.DISTRIBUTION, Status.NOT_FOUND, "NoSuchDistribution")
    assert account.verdict(check_id) == (
        Status.FAIL,
        "There is no distribution E1A2B3C4D5E6F7.",
        {"exists": False},
    )


@pytest.mark.parametrize("check_id", [ASSOCIATED, PUBLISHED, NEWEST])
def test_a_list_that_was_cut_short_is_not_an_empty_list(check_id):
    short = aws.behaviour(aws.association())
    del short["LambdaFunctionAssociations"]["Items"]
    assert account_with(short).verdict(check_id).status is Status.UNSUPPORTED


def test_behaviours_of_one_path_are_not_judged():
    account = account_with(
        *[aws.behaviour(aws.association(), path=path) for path in ("", "*", "*")]
    )
    assert account.verdict(PUBLISHED).status is Status.UNSUPPORTED


def test_published_passes_with_numbers_only():
    verdict = aws.complete().verdict(PUBLISHED)
    assert verdict[:2] == (Status.PASS, "All 2 associations name a numbered version.")


@pytest.mark.parametrize("version", ["$LATEST", "live", ""])
def test_published_fails_on_what_is_not_a_number(version):
    account = account_with(
        aws.behaviour(aws.association()),
        aws.behaviour(aws.association(version), path="/images/*"),
    )
    assert account.verdict(PUBLISHED)[:2] == (
        Status.FAIL,
        "No numbered version is named on /images/* origin-request.",
    )


@pytest.mark.parametrize("check_id", [PUBLISHED, NEWEST])
def test_versions_are_not_judged_where_the_function_is_not_called(check_id):
    assert account_with(aws.behaviour()).verdict(check_id) == (
        Status.NOT_APPLICABLE,
        "No behaviour of E1A2B3C4D5E6F7 calls edge-router.",
        {"associations": {}},
    )


def test_newest_passes_and_shows_the_newest():
    verdict = aws.complete().verdict(NEWEST)
    assert verdict[:2] == (Status.PASS, "Version 7, the newest published, is called everywhere.")
    assert verdict.observed["newest_version"] == 7


def test_newest_compares_numbers_and_not_texts():
    account = account_with(aws.behaviour(aws.association("10")))
    account.says(aws.VERSIONS, {"Versions": [aws.version("9"), aws.version("10")]})
    assert account.verdict(NEWEST).status is Status.PASS


def test_newest_fails_when_something_newer_was_published():
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": [aws.version("7"), aws.version("8")]})
    assert account.verdict(NEWEST)[:2] == (
        Status.FAIL,
        "Version 7 is called everywhere, but 8 is the newest published.",
    )


def test_newest_fails_on_two_versions_even_if_lambda_may_not_be_asked():
    account = account_with(
        aws.behaviour(aws.association("7")),
        aws.behaviour(aws.association("6"), path="/images/*"),
    )
    account.denies(aws.VERSIONS, "lambda:ListVersionsByFunction")
    assert account.verdict(NEWEST)[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 calls different versions:"
        " 7 on default origin-request and 6 on /images/* origin-request.",
    )


def test_newest_fails_when_nothing_was_published_but_something_is_called():
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": [aws.version("$LATEST")]})
    assert account.verdict(NEWEST).status is Status.FAIL


def test_newest_fails_when_the_function_is_gone():
    account = aws.complete()
    account.fails(aws.VERSIONS, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(NEWEST)[:2] == (
        Status.FAIL,
        "There is no function edge-router in us-east-1.",
    )


def test_newest_does_not_believe_a_function_without_any_version():
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": []})
    assert account.verdict(NEWEST).status is Status.UNSUPPORTED


def test_newest_could_not_look_when_lambda_refuses():
    account = aws.complete()
    account.denies(aws.VERSIONS, "lambda:ListVersionsByFunction")
    assert account.verdict(NEWEST)[:2] == (
        Status.NOT_AUTHORISED,
        "AWS refused lambda:ListVersionsByFunction.",
    )
