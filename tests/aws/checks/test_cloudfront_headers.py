import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

POLICY = "cloudfront.response-headers-policy"
EVERY_SECURITY_HEADER = {
    "ContentSecurityPolicy": "content-security-policy",
    "ContentTypeOptions": "x-content-type-options",
    "FrameOptions": "x-frame-options",
    "ReferrerPolicy": "referrer-policy",
    "StrictTransportSecurity": "strict-transport-security",
    "XSSProtection": "x-xss-protection",
}


def account_with(*without, **changes):
    account = aws.complete()
    account.says(edge.HEADERS_POLICY, edge.headers_policy(*without, **changes))
    return account


def test_passes_and_shows_the_policy_of_each_behaviour():
    verdict = aws.complete().verdict(POLICY)
    assert verdict[:2] == (Status.PASS, "The headers are set by policy on 2 behaviours.")
    seen = {"policy": edge.HEADERS_POLICY_ID, "not_set": [], "not_removed": []}
    assert verdict.observed["behaviours"] == {"default": seen, "/images/*": seen}


def test_fails_on_a_behaviour_without_a_policy():
    account = aws.complete()
    account.says(aws.DISTRIBUTION, edge.with_behaviour(ResponseHeadersPolicyId=None))
    assert account.verdict(POLICY)[:2] == (
        Status.FAIL,
        "Headers depend on the function alone: no response headers policy (default).",
    )


def test_fails_on_what_is_not_set_and_on_what_is_not_removed():
    account = account_with("FrameOptions", RemoveHeadersConfig=edge.listed())
    assert account.verdict(POLICY).reason == (
        "Headers depend on the function alone:"
        " x-frame-options not set, server not removed (default and /images/*)."
    )


def test_nothing_needs_to_be_removed_unless_the_component_says_so():
    account = account_with(RemoveHeadersConfig=edge.listed())
    assert account.verdict(POLICY, stripped_headers=None).status is Status.PASS


@pytest.mark.parametrize(("setting", "header"), EVERY_SECURITY_HEADER.items())
def test_each_security_header_is_known_by_its_setting(setting, header):
    account = account_with(SecurityHeadersConfig={setting: {"Override": True}})
    assert account.verdict(POLICY, response_headers=[header]).status is Status.PASS
    others = [name for name in EVERY_SECURITY_HEADER.values() if name != header]
    verdict = account.verdict(POLICY, response_headers=others)
    assert verdict.observed["behaviours"]["default"]["not_set"] == others


def test_sharing_with_other_sites_and_custom_headers_count_whatever_their_case():
    wanted = ["Access-Control-Allow-Origin", "X-TEAM"]
    assert account_with().verdict(POLICY, response_headers=wanted).status is Status.FAIL
    account = account_with(CorsConfig={"AccessControlAllowOrigins": edge.listed("*")})
    assert account.verdict(POLICY, response_headers=wanted).status is Status.PASS


def test_fails_when_the_policy_or_the_distribution_is_gone():
    account = aws.complete()
    account.fails(edge.HEADERS_POLICY, Status.NOT_FOUND, "NoSuchResponseHeadersPolicy")
    assert "its policy does not exist" in account.verdict(POLICY).reason
    account.fails(aws.DISTRIBUTION, Status.NOT_FOUND, "NoSuchDistribution")
    assert account.verdict(POLICY).reason == "There is no distribution E1A2B3C4D5E6F7."


def test_could_not_look_when_the_policy_may_not_be_read():
    account = aws.complete()
    account.denies(edge.HEADERS_POLICY, "cloudfront:GetResponseHeadersPolicy")
    assert account.verdict(POLICY).status is Status.NOT_AUTHORISED


def test_a_list_that_was_cut_short_is_not_judged():
    account = account_with(RemoveHeadersConfig={"Quantity": 1})
    assert account.verdict(POLICY).status is Status.UNSUPPORTED


def test_applies_only_where_headers_are_named():
    assert CHECKS[POLICY].bind({**aws.PARAMETERS, "response_headers": None}) is None
    assert CHECKS[POLICY].bind({**aws.PARAMETERS, "stripped_headers": None})


def test_judges_what_the_client_of_aws_parsed():
    made = connection()
    _, stubber = stubbed(made, "cloudfront")
    expected = {"Id": edge.HEADERS_POLICY_ID}
    stubber.add_response("get_response_headers_policy", edge.headers_policy(), expected)
    account = aws.complete()
    account.answers[edge.HEADERS_POLICY] = read(made, edge.HEADERS_POLICY)
    assert account.verdict(POLICY).status is Status.PASS


def test_the_command_names_the_policy_and_the_headers():
    bound = CHECKS[POLICY].bind(aws.PARAMETERS)
    command = bound.mend_command(account_with("FrameOptions").verdict(POLICY).observed)
    assert f"--id {edge.HEADERS_POLICY_ID} --query ResponseHeadersPolicyConfig >" in command
    assert "x-frame-options and x-team, and remove server." in command
