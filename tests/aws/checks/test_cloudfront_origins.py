import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

GROUP = "cloudfront.origin-failover-group"
HEADER = "cloudfront.failover-header"
BUCKETS = "cloudfront.bucket-origins"


def account_with(**settings):
    return edge.account_with(edge.with_settings(**settings))


def groups(*groups):
    return account_with(OriginGroups=edge.listed(*groups))


def origins(*origins):
    return account_with(Origins=edge.listed(*origins))


def hosts(*hosts):
    named = [{**edge.origin("eu-west-1"), "Id": host, "DomainName": host} for host in hosts]
    return origins(*named)


def test_only_a_component_with_the_header_has_the_checks_of_failover():
    without = {**aws.PARAMETERS, "failover_header": None}
    assert CHECKS[GROUP].bind(without) is None
    assert CHECKS[HEADER].bind(without) is None


def test_group_passes_and_shows_the_order():
    verdict = aws.complete().verdict(GROUP)
    assert verdict == (
        Status.PASS,
        "The origin group either fails over from files-eu at 500, 502, 503 and 504.",
        {
            "target": "either",
            "is_group": True,
            "origins": ["files-eu", "files-us"],
            "status_codes": [500, 502, 503, 504],
        },
    )


def test_group_fails_when_the_target_is_an_origin():
    account = aws.complete()
    account.says(aws.DISTRIBUTION, edge.with_behaviour(TargetOriginId="files-eu"))
    assert account.verdict(GROUP)[:2] == (
        Status.FAIL,
        "The default behaviour leads to the single origin files-eu, not to a group.",
    )


def test_group_fails_without_any_group():
    assert groups().verdict(GROUP).status is Status.FAIL


def test_group_fails_with_one_origin_in_it():
    assert groups(edge.group("files-eu")).verdict(GROUP)[:2] == (
        Status.FAIL,
        "The origin group either has 1 origin only.",
    )


def test_group_fails_without_a_status_code():
    assert groups(edge.group("files-eu", "files-us", codes=())).verdict(GROUP)[:2] == (
        Status.FAIL,
        "The origin group either names no status code to fail over at.",
    )


def test_a_list_of_groups_that_was_cut_short_is_not_judged():
    account = account_with(OriginGroups={"Quantity": 1})
    assert account.verdict(GROUP).status is Status.UNSUPPORTED
    assert account.verdict(HEADER).status is Status.UNSUPPORTED


def test_header_passes_whatever_its_case_and_keeps_no_value():
    verdict = aws.complete().verdict(HEADER)
    assert verdict[:2] == (Status.PASS, "x-failover marks files-us and no first origin.")
    assert verdict.observed["origins"] == {
        "files-eu": {"second": False, "has": False},
        "files-us": {"second": True, "has": True},
    }
    assert aws.SECRET not in repr(verdict)
    assert aws.complete().verdict(HEADER, failover_header="X-FAILOVER").status is Status.PASS


def test_header_fails_where_a_second_origin_lacks_it():
    other = edge.origin("us-east-1", **{"x-failover-2": "1"})
    assert origins(edge.origin("eu-west-1"), other).verdict(HEADER)[:2] == (
        Status.FAIL,
        "The function could not tell attempts apart: no x-failover (files-us).",
    )


def test_header_fails_where_a_first_origin_has_it_too():
    marked = {"x-failover": "1"}
    account = origins(edge.origin("eu-west-1", **marked), edge.origin("us-east-1", **marked))
    assert account.verdict(HEADER)[:2] == (
        Status.FAIL,
        "The function could not tell attempts apart: x-failover on a first origin (files-eu).",
    )


def test_an_origin_that_is_first_here_and_second_there_counts_as_second():
    other = {**edge.group("files-us", "files-eu"), "Id": "other"}
    verdict = groups(edge.group("files-eu", "files-us"), other).verdict(HEADER)
    assert verdict.reason.endswith("no x-failover (files-eu).")


def test_header_is_not_applicable_without_a_second_origin():
    assert groups().verdict(HEADER)[:2] == (
        Status.NOT_APPLICABLE,
        "The distribution E1A2B3C4D5E6F7 has no origin group with a second origin.",
    )


def test_the_command_names_the_origins_that_are_wrong():
    account = origins(edge.origin("eu-west-1"), edge.origin("us-east-1"))
    bound = CHECKS[HEADER].bind(aws.PARAMETERS)
    command = bound.mend_command(account.verdict(HEADER).observed)
    assert "CustomHeaders of files-us." in command


def test_buckets_pass():
    verdict = aws.complete().verdict(BUCKETS)
    assert verdict[:2] == (Status.PASS, "Each of 2 buckets is an origin in its region.")
    assert verdict.observed["buckets"] == {
        "files-eu": {"region": "eu-west-1", "origins": ["files-eu"]},
        "files-us": {"region": "us-east-1", "origins": ["files-us"]},
    }


@pytest.mark.parametrize(
    ("eu", "us"),
    [
        ("files-eu.s3-eu-west-1.amazonaws.com", "files-us.s3.amazonaws.com"),
        ("Files-EU.s3.dualstack.eu-west-1.amazonaws.com", "files-us.s3-us-east-1.amazonaws.com"),
        (
            "files-eu.s3-website-eu-west-1.amazonaws.com",
            "files-us.s3-website.us-east-1.amazonaws.com",
        ),
    ],
)
def test_buckets_pass_by_every_name_that_has_the_region(eu, us):
    assert hosts(eu, us).verdict(BUCKETS).status is Status.PASS


@pytest.mark.parametrize(
    "eu",
    [
        "files-eu.s3.amazonaws.com",
        "files-eu.s3.eu-west-2.amazonaws.com",
        "files-eu.s3.eu-west-1.amazonaws.com.cn",
    ],
)
def test_buckets_fail_by_a_name_of_another_region(eu):
    verdict = hosts(eu, "files-us.s3.us-east-1.amazonaws.com").verdict(BUCKETS)
    assert verdict[:2] == (
        Status.FAIL,
        f"Buckets that CloudFront does not reach in their region: only as {eu} (files-eu).",
    )


def test_buckets_fail_without_an_origin():
    verdict = hosts("files-eu.s3.eu-west-1.amazonaws.com", "other.example.com").verdict(BUCKETS)
    assert verdict.reason.endswith("no origin (files-us).")


def test_buckets_are_not_judged_where_dns_chooses_them():
    account = hosts("Origin.example.com")
    assert account.verdict(BUCKETS)[:2] == (
        Status.NOT_APPLICABLE,
        "An origin is origin.example.com: DNS chooses the bucket.",
    )
    assert account.verdict(BUCKETS, record_name=None).status is Status.FAIL
