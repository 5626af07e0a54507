import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from readiness.aws.fetch import Fetch
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import watching
from tests.aws.recordings.watching import delivering, for_all_groups, subscribed

FILTER = "logs.metric-filter"
SHIPPED = "logs.shipped"
EU = "eu-west-1"
NOT_SENT = "Logs are not sent on as they should be"
FUNCTION = f"arn:aws:lambda:{EU}:{aws.ACCOUNT}:function:to-splunk"
KINESIS = f"arn:aws:kinesis:{EU}:{aws.ACCOUNT}:stream/logs"
ELSEWHERE = f"arn:aws:logs:{EU}:210987654321:destination:central"
STREAM = watching.stream_arn(EU)
NOTHING = {"logGroups": []}


def account_with(*arns, policies=None):
    account = aws.complete()
    account.says(watching.subscription_filters(EU), subscribed(*arns))
    account.says(watching.account_policies(EU), policies or watching.NO_POLICY)
    return account


def without_groups():
    account = aws.complete()
    for region in aws.REGIONS:
        account.says(aws.groups(region), NOTHING)
    return account


def test_filter_passes_where_each_group_has_one():
    verdict = aws.complete().verdict(FILTER)
    assert verdict[:2] == (Status.PASS, "What the function logs is counted in 3 edge regions.")
    assert verdict.observed["regions"][EU] == {"group": True, "filters": ["sides"]}


def test_filter_fails_where_a_group_has_none():
    account = aws.complete()
    account.says(watching.metric_filters(EU), watching.filtered())
    verdict = account.verdict(FILTER)
    assert verdict[:2] == (
        Status.FAIL,
        "What the function logs is not counted: no metric filter (eu-west-1).",
    )
    command = CHECKS[FILTER].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command.startswith(
        f"aws logs put-metric-filter --region {EU} --log-group-name {aws.GROUP} "
    )


def test_filter_does_not_judge_a_region_without_the_group():
    account = aws.complete()
    account.says(aws.groups(EU), {"logGroups": [aws.log_group(f"{aws.GROUP}-test")]})
    account.fails(watching.metric_filters(EU), Status.NOT_FOUND, "ResourceNotFoundException")
    verdict = account.verdict(FILTER)
    assert verdict.status is Status.PASS
    assert verdict.observed["regions"][EU] == {"group": False}


@pytest.mark.parametrize("check_id", [FILTER, SHIPPED])
def test_neither_applies_where_no_region_has_a_group(check_id):
    account = without_groups()
    assert account.verdict(check_id)[:2] == (
        Status.NOT_APPLICABLE,
        f"{aws.GROUP} exists in no edge region.",
    )
    account.fails(aws.groups(EU), Status.TIMEOUT)
    assert account.verdict(check_id).status is Status.TIMEOUT


def test_filter_looks_at_the_group_of_ones_own():
    account = without_groups()
    own = "/edge/router"
    for region in aws.REGIONS:
        account.says(aws.groups(region, own), {"logGroups": [aws.log_group(own)]})
        asked = Fetch.of("logs", region, "describe_metric_filters", logGroupName=own)
        account.says(asked, watching.filtered("sides"))
    assert account.verdict(FILTER, log_group=own).status is Status.PASS


def test_shipped_passes_by_the_subscription_of_the_group_or_of_the_account():
    verdict = aws.complete().verdict(SHIPPED)
    assert verdict[:2] == (Status.PASS, "Logs are sent on from 3 edge regions.")
    assert verdict.observed == {
        "regions": {each: {"groups": [aws.GROUP], "not_shipped": []} for each in aws.REGIONS},
        "to": "splunk",
    }


def test_shipped_fails_without_a_subscription():
    verdict = account_with().verdict(SHIPPED)
    assert verdict[:2] == (Status.FAIL, f"{NOT_SENT}: no subscription (eu-west-1).")
    command = CHECKS[SHIPPED].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command.startswith(
        f"aws logs put-subscription-filter --region {EU} --log-group-name {aws.GROUP} "
    )


@pytest.mark.parametrize(
    ("to", "wanted", "status"),
    [
        ("Splunk", "splunk", Status.PASS),
        ("Splunk", "http", Status.FAIL),
        ("Splunk", "any", Status.PASS),
        ("HttpEndpoint", "http", Status.PASS),
        ("HttpEndpoint", "splunk", Status.FAIL),
        ("ExtendedS3", "splunk", Status.FAIL),
        ("ExtendedS3", "any", Status.PASS),
    ],
)
def test_shipped_knows_where_a_stream_delivers(to, wanted, status):
    account = aws.complete()
    for region in aws.REGIONS:
        account.says(watching.stream(region), delivering(to=to))
    assert account.verdict(SHIPPED, log_shipping=wanted).status is status


def test_shipped_says_where_it_should_have_gone():
    account = aws.complete()
    account.says(watching.stream(EU), delivering(to="ExtendedS3"))
    assert account.verdict(SHIPPED).reason == (
        f"{NOT_SENT}: delivered elsewhere than to Splunk (eu-west-1)."
    )


@pytest.mark.parametrize("status", ["CREATING", "CREATING_FAILED", "DELETING"])
def test_shipped_fails_on_a_stream_that_does_not_run(status):
    account = aws.complete()
    account.says(watching.stream(EU), delivering(status))
    for wanted in ("splunk", "any"):
        verdict = account.verdict(SHIPPED, log_shipping=wanted)
        assert verdict[:2] == (
            Status.FAIL,
            f"{NOT_SENT}: their delivery stream is not active (eu-west-1).",
        )


def test_shipped_fails_on_a_stream_that_is_gone():
    account = aws.complete()
    account.fails(watching.stream(EU), Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(SHIPPED)[:2] == (
        Status.FAIL,
        f"{NOT_SENT}: their delivery stream does not exist (eu-west-1).",
    )


@pytest.mark.parametrize(
    ("arn", "where"),
    [
        (FUNCTION, "a function"),
        (KINESIS, "a Kinesis stream"),
        (ELSEWHERE, "a destination of Logs"),
    ],
)
def test_what_is_behind_another_destination_cannot_be_read_but_is_some_destination(arn, where):
    account = account_with(arn)
    assert account.verdict(SHIPPED, log_shipping="any").status is Status.PASS
    assert account.verdict(SHIPPED)[:2] == (
        Status.UNSUPPORTED,
        f"Could not look: The logs go to {where}; where it sends them cannot be read (eu-west-1).",
    )


def test_one_good_destination_is_enough_whatever_the_other_is():
    assert account_with(ELSEWHERE, STREAM).verdict(SHIPPED).status is Status.PASS
    account = account_with(ELSEWHERE, STREAM)
    account.says(watching.stream(EU), delivering(to="ExtendedS3"))
    assert account.verdict(SHIPPED).status is Status.UNSUPPORTED


def test_an_arn_that_is_none_leads_to_no_client():
    account = account_with("arn:aws:firehose:evil.example.com:1:deliverystream/logs")
    assert account.verdict(SHIPPED, log_shipping="any").status is Status.UNSUPPORTED
    reads = {each.region for each in account.reads_of(SHIPPED) if each.service == "firehose"}
    assert reads == {"ap-northeast-1", "us-east-1"}


@pytest.mark.parametrize(
    ("criteria", "status"),
    [
        ("", Status.PASS),
        ('LogGroupName NOT IN ["/other"]', Status.PASS),
        (f'LogGroupName NOT IN ["/other", "{aws.GROUP}"]', Status.FAIL),
        ('LogGroupName IN ["/other"]', Status.UNSUPPORTED),
        ("LogGroupName NOT IN [/other]", Status.UNSUPPORTED),
    ],
)
def test_an_account_wide_subscription_may_leave_groups_out(criteria, status):
    wide = for_all_groups(STREAM, selectionCriteria=criteria)
    assert account_with(policies=wide).verdict(SHIPPED).status is status


@pytest.mark.parametrize("document", ["", "{", "[]", '{"DestinationArn": 7}'])
def test_an_account_wide_subscription_that_cannot_be_read_is_not_judged(document):
    wide = for_all_groups(STREAM, policyDocument=document)
    assert account_with(policies=wide).verdict(SHIPPED).status is Status.UNSUPPORTED


def test_the_group_of_cloudfront_is_shipped_too_where_it_exists():
    account = aws.complete()
    group = aws.CLOUDFRONT_GROUP
    account.says(aws.groups(EU, group), {"logGroups": [aws.log_group(group)]})
    account.says(watching.subscription_filters(EU, group), subscribed())
    verdict = account.verdict(SHIPPED)
    assert verdict.status is Status.FAIL
    assert verdict.observed["regions"][EU]["not_shipped"] == [group]
    account.says(watching.subscription_filters(EU, group), subscribed(STREAM))
    assert account.verdict(SHIPPED).status is Status.PASS


def test_shipped_does_not_apply_unless_the_component_says_where_to():
    given = {**aws.PARAMETERS, "log_shipping": None}
    assert CHECKS[SHIPPED].bind(given) is None


def test_the_policies_of_an_account_are_read_as_aws_gives_them():
    made = connection()
    _, stubber = stubbed(made, "logs", EU)
    asked = watching.account_policies(EU)
    stubber.add_response("describe_account_policies", for_all_groups(STREAM), asked.keywords)
    account = account_with()
    account.says(asked, read(made, asked).data)
    assert account.verdict(SHIPPED).status is Status.PASS


def test_a_stream_is_read_as_aws_gives_it():
    made = connection()
    _, stubber = stubbed(made, "firehose", EU)
    asked = watching.stream(EU)
    said = delivering()
    said["DeliveryStreamDescription"] |= {
        "DeliveryStreamARN": STREAM,
        "DeliveryStreamType": "DirectPut",
        "VersionId": "1",
        "HasMoreDestinations": False,
    }
    stubber.add_response("describe_delivery_stream", said, asked.keywords)
    account = aws.complete()
    account.says(asked, read(made, asked).data)
    assert account.verdict(SHIPPED).status is Status.PASS
