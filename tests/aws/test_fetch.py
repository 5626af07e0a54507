import threading

import pytest

from readiness.aws.errors import CredentialsExpired, Failure, ReadRefused, Status
from readiness.aws.fetch import READS_AT_ONCE, Answer, Fetch, Snapshot


def fetch(name="a", region="eu-west-1"):
    return Fetch.of("logs", region, "describe_log_groups", logGroupNamePrefix=name)


def test_equal_questions_are_one_value_however_they_are_written():
    one = Fetch.of("cloudwatch", "eu-west-1", "describe_alarms", MaxRecords=1, AlarmTypes=["a"])
    two = Fetch.of("cloudwatch", "eu-west-1", "describe_alarms", AlarmTypes=["a"], MaxRecords=1)
    assert {one: 1}[two] == 1


@pytest.mark.parametrize(
    ("mine", "other"), [(1, True), (1, "1"), (["a"], "a"), ({"a": 1}, [["a", 1]])]
)
def test_arguments_of_different_types_are_different_questions(mine, other):
    assert Fetch.of("s3", "r", "get_x", A=mine) != Fetch.of("s3", "r", "get_x", A=other)


def test_arguments_come_back_as_they_were():
    arguments = {"Filters": [{"Name": "tag", "Values": ["a", "b"]}], "Deep": {"b": 1, "a": None}}
    assert Fetch.of("ec2", "eu-west-1", "describe_vpcs", **arguments).keywords == arguments


def test_an_argument_that_is_no_json_is_refused():
    with pytest.raises(TypeError):
        Fetch.of("logs", "eu-west-1", "describe_log_groups", prefix=object())


@pytest.mark.parametrize("operation", ["put_bucket_policy", "delete_bucket", "gettysburg", "run"])
def test_only_reads_can_be_asked(operation):
    with pytest.raises(ReadRefused):
        Fetch.of("s3", "eu-west-1", operation)


@pytest.mark.parametrize(
    ("region", "home"),
    [
        ("eu-west-1", "us-east-1"),
        ("us-east-1", "us-east-1"),
        ("cn-north-1", "cn-northwest-1"),
        ("us-gov-east-1", "us-gov-west-1"),
    ],
)
def test_a_global_service_is_asked_in_one_place_of_its_partition(region, home):
    asked = Fetch.of("route53", region, "get_health_check", HealthCheckId="x")
    assert asked.region == home
    assert asked.label == "global route53"


def test_a_regional_service_is_asked_where_it_was_wanted():
    assert fetch().label == "eu-west-1 logs"
    assert fetch() != fetch(region="eu-west-2")


def test_a_first_page_is_another_question_than_all_pages():
    whole = Fetch.of("route53", "eu-west-1", "list_resource_record_sets", HostedZoneId="Z")
    first = Fetch.first_page("route53", "eu-west-1", "list_resource_record_sets", HostedZoneId="Z")
    assert first != whole
    assert first.region == whole.region


def test_an_answer_is_data_or_a_failure_and_never_both_or_neither():
    with pytest.raises(ValueError, match="either"):
        Answer(fetch())
    with pytest.raises(ValueError, match="either"):
        Answer(fetch(), {}, Failure(Status.ERROR, "No."))


def test_a_read_is_made_once_however_many_threads_ask():
    made, gate = [], threading.Event()

    def read(asked, stop):
        made.append(asked)
        gate.wait(5)
        return Answer(asked, {})

    with Snapshot(read) as snapshot:
        answers = []

        def ask():
            answers.append(snapshot.get(fetch()))

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
    assert made == [fetch()]
    assert len({id(answer) for answer in answers}) == 1
    assert snapshot.reads_made == 1


def test_a_failure_is_kept_like_any_answer():
    def read(asked, stop):
        return Answer(asked, failure=Failure(Status.TIMEOUT, "Slow."))

    with Snapshot(read) as snapshot:
        assert snapshot.get(fetch()) is snapshot.get(fetch())
        assert snapshot.reads_made == 1


def test_asking_again_forgets_the_earlier_answer():
    with Snapshot(lambda asked, stop: Answer(asked, {})) as snapshot:
        first = snapshot.get(fetch())
        again = snapshot.ask_again(fetch()).result()
        assert again is not first
        assert snapshot.get(fetch()) is again
        assert snapshot.reads_made == 2


def test_missing_credentials_come_out_of_the_future():
    def read(asked, stop):
        raise CredentialsExpired("Expired.")

    with Snapshot(read) as snapshot, pytest.raises(CredentialsExpired):
        snapshot.get(fetch())


def test_closing_returns_at_once_and_starts_nothing_more():
    started, release = threading.Event(), threading.Event()

    def read(asked, stop):
        started.set()
        release.wait(5)
        return Answer(asked, {})

    snapshot = Snapshot(read, workers=1)
    running, queued = snapshot.ask(fetch("a")), snapshot.ask(fetch("b"))
    started.wait(5)
    snapshot.close()
    assert not running.done()
    assert queued.cancelled()
    release.set()
    assert running.result(5).data == {}
    assert snapshot.reads_made == 1


def test_reads_run_side_by_side():
    barrier = threading.Barrier(16)

    def read(asked, stop):
        barrier.wait(5)  # breaks unless all sixteen are here
        return Answer(asked, {})

    with Snapshot(read) as snapshot:
        regions = [f"r-{number % 4}" for number in range(16)]
        asked = [fetch(str(number), region) for number, region in enumerate(regions)]
        futures = [snapshot.ask(each) for each in asked]
        assert [future.result(5).data for future in futures] == [{}] * 16


def test_one_service_in_one_region_is_asked_little_at_once_and_keeps_no_other_waiting():
    release = threading.Event()
    started = []

    def read(asked, stop):
        started.append(asked.region)
        if asked.region == "slow":
            release.wait(5)
        return Answer(asked, {})

    with Snapshot(read) as snapshot:
        slow = [snapshot.ask(fetch(str(number), "slow")) for number in range(30)]
        assert snapshot.ask(fetch("a", "quick")).result(5).data == {}
        running = sum(future.running() for future in slow)
        release.set()
        assert [future.result(5).data for future in slow] == [{}] * 30
    assert running == READS_AT_ONCE
    assert started.count("slow") == 30


def test_a_read_that_raises_lets_the_next_of_its_lane_move_up():
    def read(asked, stop):
        if dict(asked.arguments).get("logGroupNamePrefix") == '"bad"':
            raise CredentialsExpired("Expired.")
        return Answer(asked, {})

    with Snapshot(read, workers=1) as snapshot:
        futures = [snapshot.ask(fetch(name)) for name in ("bad", "1", "2", "3", "4", "5", "6")]
        assert isinstance(futures[0].exception(5), CredentialsExpired)
        assert [future.result(5).data for future in futures[1:]] == [{}] * 6
