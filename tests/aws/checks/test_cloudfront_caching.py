import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from readiness.aws.fetch import Fetch
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

ERRORS = "cloudfront.error-caching"
TTL = "cloudfront.cache-policy"
KEY = "cloudfront.accept-encoding-key"
OTHER_ID = "aaaaaaaa-0000-4000-8000-00000000000f"
OTHER_POLICY = Fetch.of("cloudfront", "us-east-1", "get_cache_policy", Id=OTHER_ID)


def errors(*responses):
    return edge.account_with(edge.with_settings(CustomErrorResponses=edge.listed(*responses)))


def older(headers=(), most=3600):
    """The default behaviour with the settings that policies took the place of."""
    forwarded = {"QueryString": False, "Headers": edge.listed(*headers)}
    return edge.account_with(
        edge.with_behaviour(
            CachePolicyId=None, ForwardedValues=forwarded, MinTTL=0, DefaultTTL=60, MaxTTL=most
        )
    )


def policy(*headers, **changes):
    account = aws.complete()
    account.says(edge.CACHE_POLICY, edge.cache_policy(*headers, **changes))
    return account


def test_errors_pass_and_show_what_is_set_and_what_is_not():
    verdict = aws.complete().verdict(ERRORS)
    assert verdict[:2] == (Status.PASS, "No error is kept for more than 10 seconds.")
    assert verdict.observed["errors"]["404"] == {"seconds": 5, "set": True}
    assert verdict.observed["errors"]["503"] == {"seconds": 10, "set": False}


def test_errors_pass_by_the_default_when_nothing_is_set():
    assert errors().verdict(ERRORS).status is Status.PASS


def test_errors_fail_when_one_is_kept_for_longer():
    verdict = errors(edge.error_response(503, 300), edge.error_response(404, 0)).verdict(ERRORS)
    assert verdict[:2] == (
        Status.FAIL,
        "Errors are kept for more than 10 seconds: 300 seconds (503).",
    )
    command = CHECKS[ERRORS].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert "ErrorCachingMinTTL of 503 to at most 10" in command


def test_errors_without_a_setting_are_too_slow_for_a_limit_below_the_default():
    account = errors(*(edge.error_response(code, 1) for code in (404, 414, 500, 501, 502, 504)))
    assert account.verdict(ERRORS, error_ttl_max=9)[:2] == (
        Status.FAIL,
        "Errors are kept for more than 9 seconds: 10 seconds (503).",
    )
    account.says(
        aws.DISTRIBUTION,
        edge.with_settings(
            CustomErrorResponses=edge.listed(
                *(edge.error_response(code, 0) for code in (404, 414, 500, 501, 502, 503, 504))
            )
        ),
    )
    assert account.verdict(ERRORS, error_ttl_max=0).status is Status.PASS


def test_the_one_error_that_is_never_kept_does_not_count():
    assert errors(edge.error_response(416, 86_400)).verdict(ERRORS).status is Status.PASS


def test_errors_have_a_limit_of_their_own():
    account = errors(edge.error_response(404, 300))
    assert account.verdict(ERRORS, error_ttl_max=300).status is Status.PASS
    assert account.verdict(ERRORS, error_ttl_max=None).status is Status.FAIL


def test_ttl_passes_up_to_the_limit():
    verdict = aws.complete().verdict(TTL)
    assert verdict[:2] == (Status.PASS, "Nothing is cached for more than 3600 seconds.")
    seen = {"policy": edge.CACHE_POLICY_ID, "max_seconds": 3600}
    assert verdict.observed["behaviours"] == {"default": seen, "/images/*": seen}
    assert policy(most=3601).verdict(TTL).status is Status.FAIL


def test_ttl_has_no_limit_unless_the_component_gives_one():
    assert CHECKS[TTL].bind({**aws.PARAMETERS, "cache_ttl_max": None}) is None


def test_ttl_fails_on_the_behaviour_with_the_longer_policy():
    account = edge.account_with(edge.with_behaviour(CachePolicyId=OTHER_ID))
    account.says(OTHER_POLICY, edge.cache_policy(most=31_536_000))
    verdict = account.verdict(TTL)
    assert verdict[:2] == (
        Status.FAIL,
        "A wrong answer may stay for more than 3600 seconds: up to 31536000 seconds (default).",
    )
    command = CHECKS[TTL].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert f"get-cache-policy-config --id {OTHER_ID} " in command


def test_ttl_could_not_look_when_one_policy_may_not_be_read():
    account = edge.account_with(edge.with_behaviour(CachePolicyId=OTHER_ID))
    account.denies(OTHER_POLICY, "cloudfront:GetCachePolicy")
    assert account.verdict(TTL)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused cloudfront:GetCachePolicy (default).",
    )


def test_ttl_fails_when_a_policy_is_gone():
    account = aws.complete()
    account.fails(edge.CACHE_POLICY, Status.NOT_FOUND, "NoSuchCachePolicy")
    assert "its cache policy does not exist" in account.verdict(TTL).reason


def test_ttl_judges_the_older_settings_too():
    assert older().verdict(TTL).status is Status.PASS
    verdict = older(most=3601).verdict(TTL)
    assert verdict.status is Status.FAIL
    assert verdict.observed["behaviours"]["default"]["policy"] == "none"


@pytest.mark.parametrize("check_id", [TTL, KEY])
def test_a_behaviour_without_any_settings_is_not_judged(check_id):
    account = edge.account_with(edge.with_behaviour(CachePolicyId=None))
    verdict = account.verdict(check_id)
    assert verdict.status is Status.UNSUPPORTED
    assert "neither a cache policy nor settings of its own (default)" in verdict.reason


def test_ttl_judges_what_the_client_of_aws_parsed():
    made = connection()
    _, stubber = stubbed(made, "cloudfront")
    stubber.add_response(
        "get_cache_policy", edge.cache_policy(most=86_400), {"Id": edge.CACHE_POLICY_ID}
    )
    account = aws.complete()
    account.answers[edge.CACHE_POLICY] = read(made, edge.CACHE_POLICY)
    assert account.verdict(TTL).status is Status.FAIL


@pytest.mark.parametrize(
    ("made", "how"),
    [
        (policy(gzip=True, brotli=False), "compression support"),
        (policy(gzip=False, brotli=True), "compression support"),
        (policy("Accept-Encoding", gzip=False, brotli=False), "header"),
        (policy(gzip=False, brotli=False, most=0), "nothing is cached"),
    ],
)
def test_key_passes_in_each_way_of_a_policy(made, how):
    verdict = made.verdict(KEY)
    assert verdict[:2] == (Status.PASS, "Accept-Encoding is in the key of 2 behaviours.")
    assert {each["key"] for each in verdict.observed["behaviours"].values()} == {how}


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (older(["accept-encoding"]), Status.PASS),
        (older(["*"]), Status.PASS),
        (older(most=0), Status.PASS),
        (older(["Accept"]), Status.FAIL),
        (older(), Status.FAIL),
    ],
)
def test_key_judges_the_older_settings_too(made, status):
    assert made.verdict(KEY).status is status


def test_key_fails_when_neither_kind_of_compression_is_in_it():
    verdict = policy("Accept", gzip=False, brotli=False).verdict(KEY)
    assert verdict[:2] == (
        Status.FAIL,
        "Accept-Encoding is missing from cache keys: not in the key (default and /images/*).",
    )


def test_key_looks_at_the_behaviours_of_the_function_only():
    account = edge.account_with(
        aws.distribution(
            aws.behaviour(aws.association()),
            {**aws.behaviour(path="/plain/*"), "CachePolicyId": OTHER_ID},
        )
    )
    account.says(OTHER_POLICY, edge.cache_policy(gzip=False, brotli=False))
    verdict = account.verdict(KEY)
    assert verdict.status is Status.PASS
    assert list(verdict.observed["behaviours"]) == ["default"]


def test_key_is_not_applicable_before_the_cache_or_where_the_function_is_not_called():
    account = edge.account_with(
        aws.distribution(aws.behaviour(aws.association(event="viewer-request")))
    )
    assert account.verdict(KEY)[:2] == (
        Status.NOT_APPLICABLE,
        "The function edge-router is called before the cache only.",
    )
    account = edge.account_with(aws.distribution(aws.behaviour()))
    assert account.verdict(KEY)[:2] == (
        Status.NOT_APPLICABLE,
        "No behaviour of E1A2B3C4D5E6F7 calls edge-router.",
    )


@pytest.mark.parametrize("said", ["no", None])
def test_key_applies_only_to_what_chooses_between_files(said):
    assert CHECKS[KEY].bind({**aws.PARAMETERS, "precompressed": said}) is None
