from datetime import timedelta

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import watching
from tests.aws.recordings.watching import configuration_update, state_update, told

LINK = "alarms.runbook-link"
PROVEN = "alarms.proven"
EU = "eu-west-1"
HISTORY = watching.history(EU, "edge-errors")
NONE = "No alarm watches edge-router or its distribution."
RUNBOOK = "https://runbooks.example.com/edge"


def account_with(*metric_alarms, composites=()):
    account = aws.complete()
    said = {"MetricAlarms": list(metric_alarms), "CompositeAlarms": list(composites)}
    account.says(aws.alarms(EU), said)
    return account


def described(text):
    return aws.metric_alarm(EU, AlarmDescription=text)


def changed(days_ago, **changes):
    moment = aws.NOW - timedelta(days=days_ago)
    return aws.metric_alarm(EU, StateTransitionedTimestamp=moment, **changes)


def no_alarms():
    account = aws.complete()
    for region in aws.REGIONS:
        account.says(aws.alarms(region), {"MetricAlarms": [aws.other_alarm(region)]})
    return account


def test_link_passes_when_every_description_has_the_link():
    assert aws.complete().verdict(LINK)[:2] == (
        Status.PASS,
        "Every alarm on the component has a link that begins with https://runbooks.example.com/.",
    )
    assert aws.complete().verdict(LINK, runbook_prefix=None)[:2] == (
        Status.PASS,
        "Every alarm on the component has a link.",
    )


@pytest.mark.parametrize(
    ("text", "any_link", "our_link"),
    [
        (f"Fails. See <{RUNBOOK}>.", Status.PASS, Status.PASS),
        (f"https://wiki.example.com/ and {RUNBOOK}", Status.PASS, Status.PASS),
        ("http://wiki.example.com/edge", Status.PASS, Status.FAIL),
        ("See runbooks.example.com/edge", Status.FAIL, Status.FAIL),
        ("https:// later", Status.FAIL, Status.FAIL),
        ("", Status.FAIL, Status.FAIL),
    ],
)
def test_link_knows_a_link_and_ours(text, any_link, our_link):
    account = account_with(described(text))
    assert account.verdict(LINK, runbook_prefix=None).status is any_link
    assert account.verdict(LINK).status is our_link


def test_link_fails_without_any_description():
    alarm = described("")
    del alarm["AlarmDescription"]
    assert account_with(alarm).verdict(LINK, runbook_prefix=None)[:2] == (
        Status.FAIL,
        "Alarms without a link: edge-errors (eu-west-1).",
    )


def test_link_reads_the_description_of_whatever_speaks():
    muted = aws.metric_alarm(EU, AlarmActions=[], AlarmDescription="")
    rule = 'ALARM("edge-errors")'
    linked = aws.composite_alarm("edge", rule, AlarmDescription=RUNBOOK)
    assert account_with(muted, composites=[linked]).verdict(LINK).status is Status.PASS
    bare = aws.composite_alarm("edge", rule)
    verdict = account_with(described(RUNBOOK), composites=[bare]).verdict(LINK)
    assert verdict.status is Status.FAIL
    assert verdict.observed["regions"][EU] == {"alarms": 2, "no_link": ["edge"]}


def test_link_does_not_judge_the_alarms_of_others():
    bare = aws.other_alarm(EU, AlarmDescription="")
    assert account_with(described(RUNBOOK), bare).verdict(LINK).status is Status.PASS


@pytest.mark.parametrize("check_id", [LINK, PROVEN])
def test_both_are_not_applicable_without_alarms_and_unknown_where_they_could_not_look(check_id):
    account = no_alarms()
    assert account.verdict(check_id)[:2] == (Status.NOT_APPLICABLE, NONE)
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    assert account.verdict(check_id).status is Status.NOT_AUTHORISED


def test_link_command_names_the_alarm_and_the_link():
    verdict = account_with(described("; reboot")).verdict(LINK)
    command = CHECKS[LINK].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command.startswith(
        "aws cloudwatch describe-alarms --region eu-west-1 --alarm-names edge-errors "
    )
    assert command.endswith("'Runbook: https://runbooks.example.com/'")


def test_proven_passes_when_history_shows_each_alarm_going_off():
    verdict = aws.complete().verdict(PROVEN)
    assert verdict[:2] == (Status.PASS, "4 alarms, each in alarm within the last 90 days.")
    assert verdict.observed["alarms"]["edge-errors in eu-west-1"] == {
        "alarm": "edge-errors",
        "region": EU,
        "state": "OK",
        "state_since": "2026-11-16",
        "proven": True,
        "last_in_alarm": "2026-11-15",
    }


def test_proven_passes_on_an_alarm_that_is_going_off_without_its_history():
    account = account_with(changed(40, StateValue="ALARM"))
    account.denies(HISTORY, "cloudwatch:DescribeAlarmHistory")
    assert account.verdict(PROVEN).status is Status.PASS


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", "ALARM"])
def test_proven_fails_when_the_state_has_not_changed_for_90_days(state):
    assert account_with(changed(90, StateValue=state)).verdict(PROVEN).status is Status.PASS
    assert account_with(changed(90.1, StateValue=state)).verdict(PROVEN)[:2] == (
        Status.FAIL,
        "Alarms that have not gone off lately:"
        " no change of state for 90 days (edge-errors in eu-west-1).",
    )


def test_proven_takes_the_last_evaluation_where_the_change_is_not_told():
    alarm = changed(4, StateUpdatedTimestamp=aws.NOW - timedelta(days=91))
    assert account_with(alarm).verdict(PROVEN).status is Status.PASS
    del alarm["StateTransitionedTimestamp"]
    assert account_with(alarm).verdict(PROVEN).status is Status.FAIL


def test_proven_fails_on_a_new_alarm_that_never_went_off():
    account = aws.complete()
    account.says(HISTORY, told(state_update("OK"), configuration_update("Create")))
    assert account.verdict(PROVEN)[:2] == (
        Status.FAIL,
        "Alarms that have not gone off lately:"
        " not once since it was made (edge-errors in eu-west-1).",
    )


@pytest.mark.parametrize(
    "history",
    [
        told(),
        told(state_update("OK")),
        told(state_update("OK"), configuration_update("Update")),
        told(state_update("OK"), configuration_update("Create"), NextToken="2"),
    ],
    ids=["empty", "no creation", "changed", "cut"],
)
def test_proven_does_not_know_what_cloudwatch_has_forgotten(history):
    account = aws.complete()
    account.says(HISTORY, history)
    assert account.verdict(PROVEN)[:2] == (
        Status.UNSUPPORTED,
        "Could not look: Its history, of 30 days at most, shows no alarm"
        " (edge-errors in eu-west-1).",
    )


@pytest.mark.parametrize("text", ["", "[]", "{", '{"newState": {"stateValue": 7}}', "nonsense"])
def test_proven_does_not_judge_a_history_that_cannot_be_read(text):
    account = aws.complete()
    account.says(HISTORY, told({**state_update("ALARM"), "HistoryData": text}))
    assert account.verdict(PROVEN).status is Status.UNSUPPORTED


def test_proven_asks_only_for_the_history_that_it_needs():
    account = account_with(changed(4, StateValue="ALARM"), aws.other_alarm(EU))
    asked = [each for each in account.reads_of(PROVEN) if each.operation.endswith("history")]
    assert HISTORY not in asked
    assert len(asked) == 3


def test_proven_command_puts_the_silent_alarm_into_alarm():
    verdict = account_with(changed(100)).verdict(PROVEN)
    assert CHECKS[PROVEN].bind(aws.PARAMETERS).mend_command(verdict.observed) == (
        "aws cloudwatch set-alarm-state --region eu-west-1 --alarm-name edge-errors"
        " --state-value ALARM --state-reason 'Drill: does it arrive?'"
    )


def test_the_history_is_read_newest_first_and_no_further_than_one_page():
    made = connection()
    _, stubber = stubbed(made, "cloudwatch", EU)
    said = told(state_update("ALARM"), NextToken="2")
    stubber.add_response("describe_alarm_history", said, HISTORY.keywords)
    answer = read(made, HISTORY)
    stubber.assert_no_pending_responses()
    account = aws.complete()
    account.says(HISTORY, answer.data)
    assert account.verdict(PROVEN).status is Status.PASS
