import logging
import threading

import pytest

from readiness.aws import reader as module
from readiness.aws.errors import CredentialsExpired, Status
from readiness.aws.fetch import Fetch
from readiness.aws.paging import paging_of
from readiness.aws.reader import Reader, TokenBucket
from tests.aws.clients import answering, connection, read, stubbed

GROUPS = Fetch.of("logs", "eu-west-1", "describe_log_groups", logGroupNamePrefix="/aws")
ALARMS = Fetch.of("cloudwatch", "eu-west-1", "describe_alarms", AlarmTypes=["MetricAlarm"])
RECORDS = {"HostedZoneId": "Z1", "StartRecordName": "a.example.com.", "MaxItems": "300"}
RECORDS_CALL = ("route53", "us-east-1", "list_resource_record_sets")


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class FakeClient:
    """Answers every operation with the next page; a page may be an error to raise."""

    def __init__(self, *pages):
        self.pages = list(pages)
        self.asked = []

    def __getattr__(self, operation):
        def call(**keywords):
            self.asked.append(keywords)
            page = self.pages.pop(0)
            if isinstance(page, Exception):
                raise page
            return page

        return call


def answer_of(client, fetch):
    return Reader(lambda service, region: client)(fetch, threading.Event())


def test_all_pages_become_one_answer_without_tokens():
    made = connection()
    _, stubber = stubbed(made, "logs", "eu-west-1")
    names = [{"logGroupName": name} for name in ("/aws/a", "/aws/b", "/aws/c")]
    prefix = {"logGroupNamePrefix": "/aws"}
    stubber.add_response(
        "describe_log_groups", {"logGroups": names[:2], "nextToken": "2"}, dict(prefix)
    )
    second = {**prefix, "nextToken": "2"}
    stubber.add_response("describe_log_groups", {"logGroups": names[2:]}, second)
    answer = read(made, GROUPS)
    assert answer.data == {"logGroups": names}
    assert answer.attempts == 2
    stubber.assert_no_pending_responses()


def test_every_list_of_an_answer_is_merged():
    made = connection()
    _, stubber = stubbed(made, "cloudwatch", "eu-west-1")
    pages = [
        {"MetricAlarms": [{"AlarmName": "a"}], "CompositeAlarms": [], "NextToken": "2"},
        {"MetricAlarms": [], "CompositeAlarms": [{"AlarmName": "b"}]},
    ]
    for page in pages:
        stubber.add_response("describe_alarms", page)
    assert read(made, ALARMS).data == {
        "MetricAlarms": [{"AlarmName": "a"}],
        "CompositeAlarms": [{"AlarmName": "b"}],
    }


def test_an_answer_without_the_list_stays_without_it():
    assert answer_of(FakeClient({"ResponseMetadata": {}}), GROUPS).data == {}


def test_an_operation_that_does_not_page_is_asked_once():
    versioning = Fetch.of("s3", "eu-west-1", "get_bucket_versioning", Bucket="b")
    client = FakeClient({"Status": "Enabled", "ResponseMetadata": {"RetryAttempts": 2}})
    answer = answer_of(client, versioning)
    assert answer.data == {"Status": "Enabled"}
    assert answer.attempts == 3
    assert client.asked == [{"Bucket": "b"}]


def test_a_first_page_is_not_followed_and_keeps_its_marks():
    page = {"ResourceRecordSets": [], "IsTruncated": True, "NextRecordName": "b.example.com."}
    client = FakeClient(page)
    answer = answer_of(client, Fetch.first_page(*RECORDS_CALL, **RECORDS))
    assert answer.data == page
    assert len(client.asked) == 1


def test_pages_with_several_tokens_are_followed_until_there_are_no_more():
    weighted = {"NextRecordName": "a.", "NextRecordType": "A", "NextRecordIdentifier": "us"}
    client = FakeClient(
        {"ResourceRecordSets": [1], "IsTruncated": True, **weighted},
        {"ResourceRecordSets": [2], "IsTruncated": False, **weighted},
    )
    answer = answer_of(client, Fetch.of(*RECORDS_CALL, HostedZoneId="Z1"))
    assert answer.data == {"ResourceRecordSets": [1, 2]}
    assert client.asked[1] == {
        "HostedZoneId": "Z1",
        "StartRecordName": "a.",
        "StartRecordType": "A",
        "StartRecordIdentifier": "us",
    }


def test_pages_that_botocore_does_not_know_of_are_followed_where_we_do():
    client = FakeClient({"WebACLs": [1], "NextMarker": "m"}, {"WebACLs": [2]})
    answer = answer_of(client, Fetch.of("wafv2", "us-east-1", "list_web_acls", Scope="REGIONAL"))
    assert answer.data == {"WebACLs": [1, 2]}


@pytest.mark.parametrize("rest", [{"NextToken": "t"}, {"nextToken": "t"}, {"IsTruncated": True}])
def test_pages_that_nobody_knows_how_to_follow_are_not_judged(rest):
    client = FakeClient({"CachePolicyList": {}, **rest})
    answer = answer_of(client, Fetch.of("cloudfront", "us-east-1", "list_cache_policies"))
    assert answer.failure.status is Status.ERROR
    assert answer.failure.reason == (
        "cloudfront:ListCachePolicies has more pages than this software can read."
    )


def test_a_token_that_comes_again_ends_the_read():
    page = {"logGroups": [], "nextToken": "same"}
    answer = answer_of(FakeClient(page, page), GROUPS)
    assert answer.failure.status is Status.ERROR
    assert answer.failure.reason == "The pages of logs:DescribeLogGroups go in a circle."


def test_an_answer_with_too_many_pages_is_not_judged(monkeypatch):
    monkeypatch.setattr(module, "MAX_PAGES", 3)
    client = FakeClient(*({"logGroups": [], "nextToken": str(n)} for n in range(4)))
    answer = answer_of(client, GROUPS)
    assert answer.failure.status is Status.ERROR
    assert answer.failure.reason == (
        "The answer to logs:DescribeLogGroups was too long to be read whole."
    )
    assert len(client.asked) == 3


def test_an_answer_with_too_many_items_is_not_judged(monkeypatch):
    monkeypatch.setattr(module, "MAX_ITEMS", 3)
    pages = ({"logGroups": [1, 2], "nextToken": str(n)} for n in range(4))
    answer = answer_of(FakeClient(*pages), GROUPS)
    assert answer.failure.status is Status.ERROR


def test_paging_of_nested_results_follows_the_tables_of_botocore():
    pages = paging_of("cloudfront", "list_distributions")
    whole = {}
    page = {"DistributionList": {"Items": [1], "IsTruncated": True, "NextMarker": "m"}}
    assert pages.add(page, whole) == 1
    assert pages.keywords_of_next(page) == {"Marker": "m"}
    last = {"DistributionList": {"Items": [2], "IsTruncated": False, "NextMarker": "m"}}
    pages.add(last, whole)
    assert whole == {"DistributionList": {"Items": [1, 2]}}
    assert pages.keywords_of_next(last) == {}


def test_a_service_without_any_paging_tables_is_no_error():
    assert paging_of("wafv2", "get_web_acl") is None
    assert paging_of("sms-voice", "list_configuration_sets") is None


def test_a_page_that_fails_fails_the_whole_answer(caplog):
    made = connection()
    _, stubber = stubbed(made, "logs", "eu-west-1")
    stubber.add_response("describe_log_groups", {"logGroups": [], "nextToken": "2"})
    stubber.add_client_error("describe_log_groups", "AccessDeniedException", "", 400)
    answer = read(made, GROUPS)
    assert answer.data is None
    assert answer.failure.status is Status.NOT_AUTHORISED
    assert answer.failure.iam_action == "logs:DescribeLogGroups"
    assert caplog.records == []


def test_what_nobody_foresaw_is_an_error_and_is_logged(caplog):
    with caplog.at_level(logging.WARNING):
        answer = answer_of(FakeClient(RuntimeError("secret")), GROUPS)
    assert answer.failure.status is Status.ERROR
    assert "secret" not in answer.failure.reason
    assert caplog.records[0].exc_info


def test_a_client_that_cannot_be_made_for_want_of_credentials_is_the_end_too():
    def client(service, region):
        raise CredentialsExpired("Expired.")

    with pytest.raises(CredentialsExpired):
        Reader(client)(GROUPS, threading.Event())


def test_expired_credentials_are_no_answer_but_the_end():
    made = connection()
    _, stubber = stubbed(made, "logs", "eu-west-1")
    stubber.add_client_error("describe_log_groups", "ExpiredTokenException", "", 400)
    with pytest.raises(CredentialsExpired):
        read(made, GROUPS)


HTML = b"<html><body>Blocked by the proxy</body></html>"


@pytest.mark.parametrize("body", [HTML, b"<html><p>Blocked by the proxy<p></html>"])
@pytest.mark.parametrize("service", ["s3", "route53", "cloudfront", "sns"])
def test_a_page_of_html_is_not_an_answer_to_a_service_that_speaks_xml(service, body, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # botocore may ask again
    asked = {
        "s3": Fetch.of("s3", "us-east-1", "get_bucket_versioning", Bucket="bucket"),
        "route53": Fetch.first_page(*RECORDS_CALL, **RECORDS),
        "cloudfront": Fetch.of("cloudfront", "us-east-1", "get_distribution", Id="E123456"),
        "sns": Fetch.of("sns", "us-east-1", "list_subscriptions_by_topic", TopicArn="arn"),
    }[service]
    made = connection()
    answering(made, service, "us-east-1", body)
    answer = read(made, asked)
    assert answer.failure.status in {Status.UNSUPPORTED, Status.ERROR}


def test_a_page_of_html_is_not_an_answer_to_a_service_that_speaks_json():
    made = connection()
    answering(made, "logs", "eu-west-1", HTML)
    answer = read(made, GROUPS)
    assert answer.failure.status is Status.UNSUPPORTED
    assert answer.failure.reason == "Something else than AWS answered logs:DescribeLogGroups."


def test_an_empty_answer_of_aws_has_a_request_id():
    made = connection()
    body = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
    answering(made, "s3", "us-east-1", body, headers={"x-amz-request-id": "5KK0B4XEXAMPLE"})
    asked = Fetch.of("s3", "us-east-1", "get_bucket_versioning", Bucket="bucket")
    assert read(made, asked).data == {}


@pytest.mark.parametrize(
    ("http", "status"),
    [(403, Status.NOT_AUTHORISED), (404, Status.UNSUPPORTED), (400, Status.UNSUPPORTED)],
)
@pytest.mark.parametrize("asked", [GROUPS, Fetch.of("s3", "eu-west-1", "get_bucket_x", Bucket="b")])
def test_an_error_without_a_code_is_told_by_its_http_status(asked, http, status):
    if asked.service == "s3":
        asked = Fetch.of("s3", "eu-west-1", "get_bucket_versioning", Bucket="bucket")
    made = connection()
    answering(made, asked.service, "eu-west-1", b"", status=http)
    answer = read(made, asked)
    assert answer.failure.status is status


def test_a_bucket_starts_full_and_then_gives_its_rate():
    clock = Clock()
    bucket = TokenBucket(4, clock)
    assert [bucket.reserve() for _ in range(6)] == [0, 0, 0, 0, 0.25, 0.5]
    clock.now += 0.5
    assert bucket.reserve() == 0.25


def test_a_bucket_never_holds_more_than_a_second_is_worth():
    clock = Clock()
    bucket = TokenBucket(2, clock)
    clock.now += 1000
    assert [bucket.reserve() for _ in range(4)] == [0, 0, 0.5, 1.0]


def test_each_service_and_region_has_its_own_bucket_and_the_slow_ones_are_slow():
    reader = Reader(lambda service, region: None, clock=Clock())

    def rate(service, region="eu-west-1"):
        bucket = reader._bucket(Fetch.of(service, region, "get_x"))
        waits = [bucket.reserve() for _ in range(40)]
        return waits.count(0)

    assert rate("route53") == 4
    assert rate("cloudfront") == 4
    assert rate("iam") == 10
    assert rate("logs") == 20
    assert rate("logs", "eu-west-2") == 20  # has not been touched by eu-west-1
    assert rate("logs") == 0


def test_a_read_that_waits_for_its_turn_gives_up_when_the_run_ends():
    stop = threading.Event()
    stop.set()
    client = FakeClient()
    answer = Reader(lambda service, region: client)(GROUPS, stop)
    assert answer.failure.status is Status.TIMEOUT
    assert answer.attempts == 0
    assert client.asked == []


def test_the_time_of_an_answer_is_the_time_with_aws_only():
    clock = Clock()

    class Client:
        def get_bucket_versioning(self, **_):
            clock.now += 0.08
            return {}

    def make(service, region):
        clock.now += 5  # making a client is not AWS's time
        return Client()

    asked = Fetch.of("s3", "eu-west-1", "get_bucket_versioning", Bucket="b")
    assert Reader(make, clock=clock)(asked, threading.Event()).milliseconds == 80
