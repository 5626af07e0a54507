"""What a test of a connection finds, with AWS's answers from a script."""

from datetime import UTC, datetime

from readiness.aws.checks import CHECKS
from readiness.aws.connection_test import (
    Outcome,
    Report,
    Row,
    one_of_each,
    sample_reads,
    try_connection,
)
from readiness.aws.errors import CredentialsRejected, Failure, Status
from readiness.aws.fetch import Answer, Fetch, home_region_of
from tests.aws.clients import connection, stubbed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDENTITY = {
    "Account": "123456789012",
    "Arn": "arn:aws:sts::123456789012:assumed-role/readiness/readiness",
}
LOGS = [Fetch.of("logs", region, "describe_log_groups") for region in ("eu-west-1", "us-east-1")]
READS = [("logs", "describe_log_groups"), ("sns", "list_subscriptions_by_topic")]
DENIED = Failure(
    Status.NOT_AUTHORISED,
    "AWS refused logs:DescribeLogGroups.",
    iam_action="logs:DescribeLogGroups",
)


class Scripted:
    """Answers by region, or else with data; raises what is an exception."""

    def __init__(self, identity=None, **by_region):
        self.identity = identity or IDENTITY
        self.by_region = {name.replace("_", "-"): said for name, said in by_region.items()}
        self.asked = []

    def reader(self):
        def read(fetch, stop):
            self.asked.append(fetch)
            if fetch.service == "sts":
                said = self.identity
            else:
                said = self.by_region.get(fetch.region, {"logGroups": []})
            if isinstance(said, Exception):
                raise said
            if isinstance(said, Failure):
                return Answer(fetch, failure=said)
            return Answer(fetch, data=said)

        return read

    def now(self):
        return NOW


def tried(source, on_progress=lambda done, total: False, fetches=LOGS):
    return try_connection(source, fetches, reads=READS, partition="aws", on_progress=on_progress)


def test_what_works_is_one_row_with_all_regions():
    report = tried(Scripted())

    assert (report.account_id, report.arn) == (IDENTITY["Account"], IDENTITY["Arn"])
    assert report.rows == (
        Row("logs:DescribeLogGroups", Outcome.WORKS, "", ("eu-west-1", "us-east-1")),
    )
    assert report.untried == ("sns:ListSubscriptionsByTopic",)
    assert (report.missing, report.summary) == ((), "works")


def test_a_missing_permission_is_named_with_where_and_comes_first():
    report = tried(Scripted(us_east_1=DENIED))

    assert [(row.outcome, row.places) for row in report.rows] == [
        (Outcome.REFUSED, ("us-east-1",)),
        (Outcome.WORKS, ("eu-west-1",)),
    ]
    assert report.missing == ("logs:DescribeLogGroups",)
    assert report.summary == "1 permission missing"


def test_what_is_not_there_could_be_read():
    nothing = Failure(Status.NOT_FOUND, "logs:DescribeLogGroups found nothing.", "NoSuchThing")

    report = tried(Scripted(us_east_1=nothing))

    assert {row.outcome for row in report.rows} == {Outcome.WORKS}
    assert nothing.reason in {row.reason for row in report.rows}


def test_a_region_that_is_not_enabled_is_no_missing_permission():
    closed = Failure(Status.NOT_AUTHORISED, "It may not be enabled.", "OptInRequired")

    report = tried(Scripted(eu_west_1=closed))

    assert report.rows[0] == Row(
        "logs:DescribeLogGroups", Outcome.FAILED, "It may not be enabled.", ("eu-west-1",)
    )
    assert (report.missing, report.summary) == ((), "1 could not be read")


def test_without_a_way_in_nothing_more_is_asked():
    source = Scripted(CredentialsRejected("We cannot assume it."))

    report = tried(source)

    assert report == Report(problem="We cannot assume it.")
    assert report.summary == "no way in"
    assert [fetch.service for fetch in source.asked] == ["sts"]


def test_an_identity_that_cannot_be_asked_for_is_the_problem():
    slow = Failure(Status.TIMEOUT, "AWS did not answer in time.")

    assert tried(Scripted(slow)) == Report(problem="AWS did not answer in time.")


def test_credentials_that_end_half_way_are_the_problem():
    ended = CredentialsRejected("They have ended.")

    assert tried(Scripted(eu_west_1=ended)) == Report(problem="They have ended.")


def test_progress_counts_the_identity_and_can_stop_the_test():
    seen = []

    tried(Scripted(), on_progress=lambda *counts: bool(seen.append(counts)))

    assert (seen[0], seen[-1]) == ((1, 3), (3, 3))
    assert tried(Scripted(), on_progress=lambda done, total: True) is None
    assert tried(Scripted(), on_progress=lambda done, total: done == 3) is None


def test_the_identity_is_asked_for_once_where_a_check_asks_for_it_too():
    source = Scripted()
    whoami = Fetch.of("sts", "us-east-1", "get_caller_identity")
    seen = []

    tried(source, lambda *counts: bool(seen.append(counts)), fetches=[whoami, *LOGS])

    assert (len(source.asked), seen[-1]) == (3, (3, 3))


def test_other_partitions_are_asked_at_their_own_home():
    source = Scripted()

    try_connection(source, [], reads=[], partition="aws-cn", on_progress=lambda done, total: False)

    assert source.asked[0].region == "cn-northwest-1"


def test_with_real_clients():
    made = connection()
    _, sts = stubbed(made, "sts")
    sts.add_response("get_caller_identity", IDENTITY)
    _, logs = stubbed(made, "logs")
    logs.add_client_error("describe_log_groups", "AccessDeniedException", http_status_code=400)

    report = tried(made, fetches=LOGS[1:])

    assert report.arn == IDENTITY["Arn"]
    assert report.missing == ("logs:DescribeLogGroups",)


def test_a_report_survives_storing():
    report = tried(Scripted(us_east_1=DENIED))

    assert Report.of(report.as_json()) == report


def test_one_read_of_each_kind_and_region():
    bucket, other = (
        Fetch.of("s3", "us-east-1", "get_bucket_versioning", Bucket=name) for name in "ab"
    )

    assert one_of_each([bucket, *LOGS, other]) == [bucket, *LOGS]


def test_samples_name_no_bucket_and_stay_in_their_partition():
    for partition, home in (("aws", "us-east-1"), ("aws-us-gov", "us-gov-west-1")):
        samples = sample_reads(partition)

        assert {fetch.service for fetch in samples} >= {"cloudfront", "logs", "cloudwatch"}
        assert {home_region_of(fetch.region) for fetch in samples} == {home}
        assert not any("Bucket" in fetch.keywords for fetch in samples)


def test_samples_are_reads_that_checks_declare():
    declared = {read for check in CHECKS.values() for read in check.reads}

    assert {(f.service, f.operation) for f in sample_reads("aws")} <= declared
