import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings.watching import CANARY, LAST_RUN, canary, last_runs

PROBE = "synthetics.canary"
MISSING = "There is no canary edge-probe in eu-west-1."


def account_with(probe=None, runs=None):
    account = aws.complete()
    account.says(CANARY, probe or canary())
    account.says(LAST_RUN, runs or last_runs("PASSED"))
    return account


def test_passes_when_it_is_running_and_passed():
    verdict = aws.complete().verdict(PROBE)
    reason = "The canary edge-probe is running, and its last run passed."
    assert verdict[:2] == (Status.PASS, reason)
    assert verdict.observed == {
        "state": "RUNNING",
        "schedule": "rate(5 minutes)",
        "last_run": "PASSED",
    }


@pytest.mark.parametrize(
    ("probe", "runs", "said"),
    [
        (canary("STOPPED"), last_runs("PASSED"), "is not running: its state is STOPPED"),
        (canary("ERROR"), last_runs("PASSED"), "is not running: its state is ERROR"),
        (
            canary(schedule="rate(0 minute)"),
            last_runs("PASSED"),
            "has no schedule: it runs only when somebody starts it",
        ),
        (canary(), last_runs("FAILED"), "failed in its last run"),
        (canary(), last_runs("PASSED", "FAILED"), "failed in its last run"),
        (canary(), last_runs("RUNNING", "FAILED"), "failed in its last run"),
        (canary(), last_runs(), "has not run yet"),
        (canary(), {"CanariesLastRun": [{"CanaryName": "edge-probe"}]}, "has not run yet"),
    ],
)
def test_fails_and_says_why(probe, runs, said):
    verdict = account_with(probe, runs).verdict(PROBE)
    assert verdict[:2] == (Status.FAIL, f"The canary edge-probe {said}.")


@pytest.mark.parametrize("schedule", ["rate(1 hour)", "rate(10 minutes)", "cron(0 * * * ? *)"])
def test_every_schedule_that_repeats_is_one(schedule):
    assert account_with(canary(schedule=schedule)).verdict(PROBE).status is Status.PASS


def test_a_run_that_goes_on_says_nothing_yet():
    verdict = account_with(runs=last_runs("PASSED", "RUNNING")).verdict(PROBE)
    assert verdict[:2] == (
        Status.UNSUPPORTED,
        "The last run of the canary edge-probe is not over yet.",
    )


def test_the_canaries_and_runs_of_others_do_not_count():
    others = {"Canaries": [{**canary()["Canaries"][0], "Name": "edge-probe-2"}]}
    assert account_with(others).verdict(PROBE)[:2] == (Status.FAIL, MISSING)
    runs = {"CanariesLastRun": [{**last_runs("PASSED")["CanariesLastRun"][0], "CanaryName": "x"}]}
    assert account_with(runs=runs).verdict(PROBE).status is Status.FAIL


def test_fails_when_aws_says_that_there_is_none():
    account = aws.complete()
    account.fails(CANARY, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(PROBE)[:2] == (Status.FAIL, MISSING)


@pytest.mark.parametrize("asked", [CANARY, LAST_RUN])
def test_is_unknown_where_it_could_not_look(asked):
    account = aws.complete()
    account.denies(asked, "synthetics:DescribeCanaries")
    assert account.verdict(PROBE).status is Status.NOT_AUTHORISED


def test_applies_only_where_name_and_region_are_given():
    for name in ("canary_name", "canary_region"):
        assert CHECKS[PROBE].bind({**aws.PARAMETERS, name: None}) is None


@pytest.mark.parametrize(("asked", "said"), [(CANARY, canary()), (LAST_RUN, last_runs("PASSED"))])
def test_both_answers_are_read_to_the_last_page(asked, said):
    made = connection()
    _, stubber = stubbed(made, "synthetics", "eu-west-1")
    (key,) = said
    stubber.add_response(asked.operation, {key: [], "NextToken": "page 2"}, asked.keywords)
    stubber.add_response(asked.operation, said, {**asked.keywords, "NextToken": "page 2"})
    account = aws.complete()
    account.says(asked, read(made, asked).data)
    stubber.assert_no_pending_responses()
    assert account.verdict(PROBE).status is Status.PASS
