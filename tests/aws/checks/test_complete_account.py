"""On a complete account everything passes; one thing changed turns one check and no other."""

import json

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.errors import Status
from readiness.aws.registry import applicable
from tests.aws.recordings import complete as aws
from tests.aws.recordings import watching

MUTATIONS = {
    "cloudfront.function-associated": lambda account: account.says(
        aws.DISTRIBUTION, aws.distribution(aws.behaviour(aws.association(event="viewer-request")))
    ),
    "cloudfront.published-version": None,  # see below: no way to change only this one
    "cloudfront.same-newest-version": lambda account: account.says(
        aws.VERSIONS, {"Versions": [aws.version("$LATEST"), aws.version("7"), aws.version("8")]}
    ),
    "logs.group-in-every-region": lambda account: account.says(
        aws.groups("eu-west-1"), {"logGroups": [aws.log_group(f"{aws.GROUP}-test")]}
    ),
    "logs.retention": lambda account: account.says(
        aws.groups("eu-west-1"), {"logGroups": [aws.log_group(days=None)]}
    ),
    "alarms.function-errors-in-every-region": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", MetricName="Throttles")),
    ),
    "alarms.actions-live": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", AlarmActions=[])),
    ),
    "alarms.cloudfront-errors": lambda account: account.says(
        aws.alarms("us-east-1"),
        {"MetricAlarms": [aws.metric_alarm("us-east-1"), watching.replication_alarm("us-east-1")]},
    ),
    "alarms.replication-lag": lambda account: account.says(
        aws.alarms("eu-west-1"), {"MetricAlarms": [aws.metric_alarm("eu-west-1")]}
    ),
    "alarms.runbook-link": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", AlarmDescription="See wiki")),
    ),
    "alarms.proven": lambda account: account.says(
        watching.history("eu-west-1", "edge-errors"),
        watching.told(watching.state_update("OK"), watching.configuration_update("Create")),
    ),
    "sns.subscription-confirmed": lambda account: account.says(
        aws.subscriptions("eu-west-1"),
        {"Subscriptions": [aws.subscription("PendingConfirmation")]},
    ),
    "s3.versioning": lambda account: account.says(aws.versioning("eu-west-1"), {}),
    "s3.replication-both-ways": lambda account: account.says(
        aws.replication("us-east-1"), aws.replication_to(aws.rule("files-eu", Status="Disabled"))
    ),
    "route53.weighted-both-sides": lambda account: account.says(
        aws.RECORDS, aws.records(aws.record("eu"), aws.record("us", Weight=0))
    ),
    "route53.health-checks": lambda account: account.says(
        aws.health_check("us"), aws.checked("us", Disabled=True)
    ),
}


def statuses(account):
    return {check_id: account.verdict(check_id).status for check_id in CHECKS}


def test_every_check_passes_on_the_complete_account():
    assert statuses(aws.complete()) == dict.fromkeys(CHECKS, Status.PASS)


def test_every_check_has_a_mutation():
    assert set(MUTATIONS) == set(CHECKS)


@pytest.mark.parametrize("check_id", [key for key, change in MUTATIONS.items() if change])
def test_one_mutation_turns_exactly_its_check(check_id):
    account = aws.complete()
    MUTATIONS[check_id](account)
    assert statuses(account) == {**dict.fromkeys(CHECKS, Status.PASS), check_id: Status.FAIL}


def test_an_unpublished_version_turns_the_two_checks_on_versions():
    account = aws.complete()
    account.says(aws.DISTRIBUTION, aws.distribution(aws.behaviour(aws.association("$LATEST"))))
    turned = {key for key, status in statuses(account).items() if status is not Status.PASS}
    assert turned == {"cloudfront.published-version", "cloudfront.same-newest-version"}


def test_the_engine_says_the_same_as_the_checks_alone():
    account = aws.complete()
    MUTATIONS["logs.retention"](account)
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert {each.check_id: each.status for each in outcome.results} == statuses(account)
    assert [each.check_id for each in outcome.results] == list(CHECKS)


def test_each_read_of_the_complete_account_is_made_once():
    account = aws.complete()
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert outcome.reads_made == len(account.answers)
    first = [read for each in outcome.results for read in each.reads if not read.shared]
    assert len(first) == outcome.reads_made


def test_no_secret_of_an_answer_comes_out_of_a_check():
    account = aws.complete()
    holders = (aws.DISTRIBUTION, aws.VERSIONS, aws.subscriptions("eu-west-1"))
    assert all(aws.SECRET in json.dumps(account.answers[each].data) for each in holders)
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert not [each for each in outcome.results if aws.SECRET in repr(each)]


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_every_reason_is_a_sentence(check_id):
    account = aws.complete()
    if MUTATIONS[check_id]:
        before = account.verdict(check_id).reason
        MUTATIONS[check_id](account)
        assert before.endswith(".")
        assert not before.endswith("..")
    after = account.verdict(check_id).reason
    assert after.endswith(".")
    assert after[0].isupper() or after[0].isdigit() or after.startswith("/aws")


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_every_check_gives_a_command_to_copy_whatever_was_observed(check_id):
    account = aws.complete()
    bound = CHECKS[check_id].bind(aws.PARAMETERS)
    passed = bound.mend_command(account.verdict(check_id).observed)
    if MUTATIONS[check_id]:
        MUTATIONS[check_id](account)
    failed = bound.mend_command(account.verdict(check_id).observed)
    nothing = bound.mend_command({})
    assert all("aws " in command for command in (passed, failed, nothing))
