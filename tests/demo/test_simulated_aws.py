"""The server: how it starts, answers, refuses and ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest
from botocore.exceptions import ClientError

from demo.simulated_aws.account import ACCOUNT_ID, Account
from demo.simulated_aws.repairs.patching import MotoHasChanged, add, expect, wrap
from demo.simulated_aws.server import SimulatedAWS


@pytest.fixture
def aws():
    with SimulatedAWS() as running:
        yield running


def test_answers_as_an_empty_account_on_loopback(aws):
    account = Account(aws.endpoint_url)
    assert aws.endpoint_url.startswith("http://127.0.0.1:")
    assert account.client("sts").get_caller_identity()["Account"] == ACCOUNT_ID
    assert account.client("s3").list_buckets()["Buckets"] == []
    account.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "localhost", "10.0.0.7"])  # noqa: S104 - refused
def test_binds_to_nothing_but_loopback(host):
    with pytest.raises(ValueError, match="only 127.0.0.1"):
        SimulatedAWS(host=host)


def test_one_account_in_a_process(aws):
    with pytest.raises(RuntimeError, match="already"):
        SimulatedAWS().start()


def test_taken_port_is_an_ordinary_error():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        SimulatedAWS(port=taken.getsockname()[1]).start()


def test_stop_frees_the_port_and_forgets_everything():
    with SimulatedAWS() as aws:
        port = int(aws.endpoint_url.rpartition(":")[2])
        account = Account(aws.endpoint_url)
        account.client("s3").create_bucket(Bucket="forgotten")
        account.close()
    with pytest.raises(RuntimeError, match="not running"):
        aws.endpoint_url  # noqa: B018 - the access is the test
    with SimulatedAWS(port=port) as aws:
        account = Account(aws.endpoint_url)
        assert account.client("s3").list_buckets()["Buckets"] == []
        account.close()


def test_reset_empties_the_running_account(aws):
    account = Account(aws.endpoint_url)
    account.client("logs").create_log_group(logGroupName="here")
    aws.reset()
    assert account.client("logs").describe_log_groups()["logGroups"] == []
    account.close()


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("cloudfront", "list_streaming_distributions", {}),
        ("cloudwatch", "list_metric_streams", {}),
        ("lambda", "list_code_signing_configs", {}),
        ("health", "describe_events", {}),
    ],
)
def test_what_is_not_simulated_says_so_at_once(aws, capfd, service, operation, arguments):
    account = Account(aws.endpoint_url)
    with pytest.raises(ClientError) as refused:
        getattr(account.client(service), operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert capfd.readouterr() == ("", "")
    account.close()


def test_is_quiet(aws, capfd):
    with closing(Account(aws.endpoint_url)) as account:
        account.client("s3").list_buckets()
    assert capfd.readouterr() == ("", "")


def test_command_prints_its_endpoint_and_ends_within_a_second():
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "demo.simulated_aws", "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        ready = json.loads(process.stdout.readline())
        assert ready["parameters"] is None
        with closing(Account(ready["endpoint_url"])) as account:
            assert account.client("s3").list_buckets()["Buckets"] == []
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=5) == ("", "")
        assert (process.returncode, time.monotonic() - before < 1) == (0, True)


class Moto:
    def known(self, name, size=1):
        return self.found[name]


def test_repair_refuses_a_moto_that_has_changed():
    with pytest.raises(MotoHasChanged, match="Moto.gone is gone"):
        wrap(Moto, "gone", lambda original, self: None)
    with pytest.raises(MotoHasChanged, match="takes"):
        wrap(Moto, "known", lambda original, self, name: None)
    with pytest.raises(MotoHasChanged, match="of its own"):
        add(Moto, "known", None)
    with pytest.raises(MotoHasChanged, match="elsewhere"):
        expect(Moto.known, "found", "elsewhere")
