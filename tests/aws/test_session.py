import json
import threading
import time

import pytest
from boto3 import session as boto3_session
from botocore import exceptions as sdk

from readiness.aws.errors import CredentialsRejected, NoCredentials, ReadRefused, Status
from readiness.aws.fetch import Fetch
from readiness.aws.session import Connection, Keys, Role
from tests.aws.clients import answering, connection, read, stubbed

ROLE = "arn:aws:iam::123456789012:role/readiness"


class FakeSession:
    """Stands in for boto3's: counts the clients, and notes if two are made at once."""

    made = []
    assume = staticmethod(lambda **wishes: None)

    def __init__(self, **keywords):
        self.keywords = keywords
        self.clients = []
        self.busy = 0
        FakeSession.made.append(self)

    def client(self, service, **keywords):
        self.busy += 1
        assert self.busy == 1
        time.sleep(0.002)
        self.busy -= 1
        self.clients.append((service, keywords))
        return FakeClient()


class FakeClient:
    def __init__(self):
        self.meta = self
        self.events = self

    def register_first(self, event, hook):
        assert event == "before-call.*.*"

    def register(self, event, hook):
        assert event == "before-call.s3"

    def assume_role(self, **wishes):
        return FakeSession.assume(**wishes)


@pytest.fixture
def sessions(monkeypatch):
    monkeypatch.setattr(boto3_session, "Session", FakeSession)
    monkeypatch.setattr(FakeSession, "made", [])
    return FakeSession.made


def test_a_client_is_made_once_and_one_at_a_time_whatever_the_threads(sessions):
    made = Connection()
    found = []

    def ask(region):
        found.append(made.client("logs", region))

    threads = [threading.Thread(target=ask, args=(region,)) for region in ["eu", "us"] * 16]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sessions) == 1
    assert len(sessions[0].clients) == 2
    assert len({id(client) for client in found}) == 2


def test_a_client_is_patient_but_not_for_ever():
    config = connection().client("logs", "eu-west-1").meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 4}
    assert (config.connect_timeout, config.read_timeout) == (3, 10)
    assert config.max_pool_connections == 16


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "delete_bucket", {"Bucket": "bucket"}),
        ("s3", "create_bucket", {"Bucket": "bucket"}),
        ("logs", "put_retention_policy", {"logGroupName": "a", "retentionInDays": 1}),
        ("lambda", "invoke", {"FunctionName": "edge-router"}),
        ("cloudwatch", "disable_alarm_actions", {"AlarmNames": ["a"]}),
    ],
)
def test_a_change_is_refused_before_anything_is_sent(service, operation, arguments):
    made = connection()
    sent = answering(made, service, "us-east-1", b"{}")
    with pytest.raises(ReadRefused, match=operation):
        getattr(made.client(service, "us-east-1"), operation)(**arguments)
    assert sent == []


def test_a_read_passes_the_hook():
    made = connection()
    headers = {"x-amz-request-id": "5KK0B4XEXAMPLE"}
    sent = answering(made, "s3", "us-east-1", b"<VersioningConfiguration/>", headers=headers)
    made.client("s3", "us-east-1").get_bucket_versioning(Bucket="bucket")
    assert len(sent) == 1


def test_only_the_connection_can_lead_elsewhere_than_to_aws(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LOGS", "http://127.0.0.1:1")
    assert connection().client("logs", "eu-west-1").meta.endpoint_url == (
        "https://logs.eu-west-1.amazonaws.com"
    )
    led = connection(endpoint_url="http://127.0.0.1:5000").client("logs", "eu-west-1")
    assert led.meta.endpoint_url == "http://127.0.0.1:5000"


def test_buckets_are_in_the_path_where_there_is_one_server_only():
    made = connection(endpoint_url="http://127.0.0.1:5000")
    headers = {"x-amz-request-id": "5KK0B4XEXAMPLE"}
    sent = answering(made, "s3", "us-east-1", b"<VersioningConfiguration/>", headers=headers)
    made.client("s3", "us-east-1").get_bucket_versioning(Bucket="bucket")
    assert sent[0].url == "http://127.0.0.1:5000/bucket?versioning"


def test_secrets_do_not_show():
    shown = repr(Keys("AKID", "hush", "token")) + repr(Role(ROLE, external_id="hush"))
    assert "hush" not in shown
    assert "token" not in shown


def test_a_role_is_assumed_once_narrowly_and_for_a_short_time(sessions, monkeypatch):
    asked = []

    def assume(**wishes):
        asked.append(wishes)
        keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
        return {"Credentials": keys}

    monkeypatch.setattr(FakeSession, "assume", staticmethod(assume))
    policy = {"Version": "2012-10-17", "Statement": []}
    made = Connection(keys=Keys("a", "b"), role=Role(ROLE, external_id="x", policy=policy))
    made.client("logs", "eu-west-1")
    made.client("logs", "eu-west-2")
    assert asked == [
        {
            "RoleArn": ROLE,
            "RoleSessionName": "readiness",
            "DurationSeconds": 900,
            "ExternalId": "x",
            "Policy": json.dumps(policy),
        }
    ]
    assert [service for service, _ in sessions[0].clients] == ["sts"]
    assert sessions[1].keywords["aws_session_token"] == "T"
    assert [keywords["region_name"] for _, keywords in sessions[1].clients] == [
        "eu-west-1",
        "eu-west-2",
    ]


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (ROLE, "us-east-1"),
        ("arn:aws-cn:iam::123456789012:role/r", "cn-northwest-1"),
        ("arn:aws-us-gov:iam::123456789012:role/r", "us-gov-west-1"),
    ],
)
def test_a_role_is_assumed_in_its_own_partition(sessions, monkeypatch, arn, region):
    keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}
    assume = staticmethod(lambda **wishes: {"Credentials": keys})
    monkeypatch.setattr(FakeSession, "assume", assume)
    Connection(role=Role(arn)).client("logs", "eu-west-1")
    assert sessions[0].clients[0][1]["region_name"] == region


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            sdk.ClientError(
                {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}},
                "AssumeRole",
            ),
            f"We cannot assume {ROLE}."
            " Check its trust policy, the external id and that the role exists.",
        ),
        (
            sdk.ConnectTimeoutError(endpoint_url="u"),
            f"We cannot assume {ROLE}. AWS did not answer sts:AssumeRole in time.",
        ),
    ],
)
def test_a_role_that_cannot_be_assumed_stops_the_run(sessions, monkeypatch, error, said):
    def assume(**wishes):
        raise error

    monkeypatch.setattr(FakeSession, "assume", staticmethod(assume))
    with pytest.raises(CredentialsRejected) as caught:
        Connection(role=Role(ROLE)).client("logs", "eu-west-1")
    assert str(caught.value) == said


def test_a_profile_that_does_not_exist_is_told_by_its_first_read(monkeypatch):
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(NoCredentials):
        Connection(profile="nobody").reader()(
            Fetch.of("logs", "r", "describe_x"), threading.Event()
        )


def test_the_account_is_told_by_aws():
    made = connection()
    _, stubber = stubbed(made, "sts")
    stubber.add_response("get_caller_identity", {"Account": "123456789012"}, {})
    assert made.account_id() == "123456789012"
    stubber.add_client_error("get_caller_identity", "InvalidClientTokenId", "", 403)
    with pytest.raises(CredentialsRejected):
        made.account_id()


def test_an_account_that_cannot_be_told_is_the_error_of_the_sdk():
    made = connection()
    _, stubber = stubbed(made, "sts")
    stubber.add_client_error("get_caller_identity", "InternalFailure", "", 500)
    with pytest.raises(sdk.ClientError):
        made.account_id()


def test_all_runs_on_a_connection_share_its_speed_limits():
    made = connection()
    assert made.reader() is made.reader()


def test_a_bucket_in_another_region_is_not_followed_there():
    made = connection()
    said = (
        b"<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message>"
        b"<Endpoint>files.s3.us-west-2.amazonaws.com</Endpoint><Bucket>files</Bucket></Error>"
    )
    headers = {"x-amz-bucket-region": "us-west-2", "x-amz-request-id": "R"}
    sent = answering(made, "s3", "eu-west-1", said, status=301, headers=headers)
    answer = read(made, Fetch.of("s3", "eu-west-1", "get_bucket_versioning", Bucket="files"))
    assert answer.failure.status is Status.UNSUPPORTED
    assert answer.failure.code == "PermanentRedirect"
    [request] = sent
    assert request.url == "https://files.s3.eu-west-1.amazonaws.com/?versioning"


def test_a_session_is_good_in_every_region_whatever_the_machine_is_set_to(monkeypatch):
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    sts = Connection(keys=Keys("AKIDEXAMPLE", "secret")).client("sts", "us-east-1")
    assert sts.meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"
