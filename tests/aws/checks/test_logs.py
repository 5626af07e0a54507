import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws

GROUP = "logs.group-in-every-region"
RETENTION = "logs.retention"
REFUSED = "AWS refused logs:DescribeLogGroups"


def account_with(**groups):
    """Regions by name, with _ for -: what logGroups holds there."""
    account = aws.complete()
    for region, found in groups.items():
        account.says(aws.groups(region.replace("_", "-")), {"logGroups": found})
    return account


def test_group_passes_with_one_in_each_region():
    verdict = aws.complete().verdict(GROUP)
    assert verdict[:2] == (Status.PASS, f"{aws.GROUP} exists in each of 3 edge regions.")
    assert verdict.observed == {
        "regions": {region: {"group": True} for region in aws.REGIONS},
        "log_group": aws.GROUP,
    }


@pytest.mark.parametrize("found", [[], [aws.log_group(f"{aws.GROUP}-test")]])
def test_group_fails_where_the_exact_name_is_missing(found):
    assert account_with(eu_west_1=found).verdict(GROUP)[:2] == (
        Status.FAIL,
        "No log group in eu-west-1; found in 2 of 3 edge regions.",
    )


def test_group_could_not_look_names_the_regions_and_the_action():
    account = aws.complete()
    account.denies(aws.groups("eu-west-1"), "logs:DescribeLogGroups")
    account.denies(aws.groups("us-east-1"), "logs:DescribeLogGroups")
    verdict = account.verdict(GROUP)
    assert verdict[:2] == (
        Status.NOT_AUTHORISED,
        f"Could not look: {REFUSED} (eu-west-1 and us-east-1).",
    )
    assert verdict.observed["regions"]["eu-west-1"] == {"could_not_look": "not_authorised"}


def test_a_known_fail_stays_a_fail_and_says_where_it_could_not_look():
    account = account_with(us_east_1=[])
    account.denies(aws.groups("eu-west-1"), "logs:DescribeLogGroups")
    assert account.verdict(GROUP)[:2] == (
        Status.FAIL,
        "No log group in us-east-1; found in 1 of 3 edge regions;"
        f" could not look: {REFUSED} (eu-west-1).",
    )


def test_of_several_reasons_the_one_that_a_person_can_mend_is_the_status():
    account = aws.complete()
    account.fails(aws.groups("us-east-1"), Status.TIMEOUT)
    account.denies(aws.groups("eu-west-1"), "logs:DescribeLogGroups")
    assert account.verdict(GROUP).status is Status.NOT_AUTHORISED


def test_a_log_group_of_another_name_is_looked_for_by_that_name():
    account = aws.complete()
    for region in aws.REGIONS:
        account.says(aws.groups(region), {"logGroups": []})
        account.says(aws.groups(region, "/edge"), {"logGroups": [aws.log_group("/edge")]})
    assert account.verdict(GROUP).status is Status.FAIL
    assert account.verdict(GROUP, log_group="/edge").status is Status.PASS


def test_retention_passes_when_set_and_short_enough():
    assert aws.complete().verdict(RETENTION)[:2] == (
        Status.PASS,
        "Logs expire within 400 days wherever the group exists.",
    )


@pytest.mark.parametrize(("days", "said"), [(None, "kept for ever"), (401, "kept for 401 days")])
def test_retention_fails_when_unset_or_too_long(days, said):
    account = account_with(eu_west_1=[aws.log_group(days=days)])
    assert account.verdict(RETENTION)[:2] == (
        Status.FAIL,
        f"Logs should expire within 400 days: {said} (eu-west-1).",
    )


def test_retention_may_be_as_long_as_the_limit():
    account = account_with(eu_west_1=[aws.log_group(days=400)])
    assert account.verdict(RETENTION).status is Status.PASS
    assert account.verdict(RETENTION, log_retention_days_max=399).status is Status.FAIL


def test_retention_does_not_judge_a_region_without_the_group_but_names_it():
    verdict = account_with(eu_west_1=[]).verdict(RETENTION)
    assert verdict.status is Status.PASS
    assert verdict.observed["regions"]["eu-west-1"] == {"group": False}


CLOUDFRONT = aws.CLOUDFRONT_GROUP


def test_retention_judges_the_group_of_cloudfront_where_there_is_one():
    account = aws.complete()
    found = aws.groups("eu-west-1", CLOUDFRONT)
    account.says(found, {"logGroups": [aws.log_group(CLOUDFRONT, 30)]})
    verdict = account.verdict(RETENTION)
    assert verdict.status is Status.PASS
    assert verdict.observed["regions"]["eu-west-1"] == {
        "group": True,
        "days": 90,
        "cloudfront_days": 30,
        "too_long": [],
    }
    account.says(found, {"logGroups": [aws.log_group(CLOUDFRONT, None)]})
    verdict = account.verdict(RETENTION)
    assert verdict[:2] == (
        Status.FAIL,
        "Logs should expire within 400 days: CloudFront's kept for ever (eu-west-1).",
    )
    assert CHECKS[RETENTION].bind(aws.PARAMETERS).mend_command(verdict.observed) == (
        "aws logs put-retention-policy --region eu-west-1"
        f" --log-group-name {CLOUDFRONT} --retention-in-days 400"
    )
    assert account.verdict(RETENTION, distribution_id=None).status is Status.PASS


def test_a_group_of_ones_own_named_as_lambda_would_gets_the_region_all_the_same():
    assert aws.complete().verdict(GROUP, log_group="/aws/lambda/edge-router").status is Status.PASS


def test_retention_is_not_applicable_without_any_group():
    account = account_with(ap_northeast_1=[], eu_west_1=[], us_east_1=[])
    assert account.verdict(RETENTION)[:2] == (
        Status.NOT_APPLICABLE,
        f"{aws.GROUP} exists in no edge region.",
    )


def test_retention_is_unknown_and_not_inapplicable_if_a_region_was_not_seen():
    account = account_with(ap_northeast_1=[], us_east_1=[])
    account.fails(aws.groups("eu-west-1"), Status.TIMEOUT)
    assert account.verdict(RETENTION).status is Status.TIMEOUT


def test_retention_command_takes_the_longest_period_within_the_limit():
    bound = CHECKS[RETENTION].bind({**aws.PARAMETERS, "log_retention_days_max": 100})
    observed = account_with(eu_west_1=[aws.log_group(days=None)]).verdict(RETENTION).observed
    assert bound.mend_command(observed) == (
        "aws logs put-retention-policy --region eu-west-1"
        " --log-group-name /aws/lambda/us-east-1.edge-router --retention-in-days 90"
    )
