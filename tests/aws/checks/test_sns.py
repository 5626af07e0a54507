import pytest

from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws

CONFIRMED = "sns.subscription-confirmed"
EU = "eu-west-1"
INCIDENT = "arn:aws:ssm-incidents::123456789012:response-plan/edge"


def alarms_everywhere(account, **changes):
    for region in aws.REGIONS:
        account.says(aws.alarms(region), {"MetricAlarms": [aws.metric_alarm(region, **changes)]})


def test_confirmed_passes_when_each_topic_has_a_listener():
    verdict = aws.complete().verdict(CONFIRMED)
    assert verdict[:2] == (Status.PASS, "3 topics, each with a confirmed subscription.")
    assert verdict.observed["topics"][aws.topic_arn(EU)] == {
        "confirmed": 1,
        "pending": 0,
        "protocols": ["email"],
    }


@pytest.mark.parametrize(
    "found",
    [
        [],
        [aws.subscription("PendingConfirmation")],
        [aws.subscription("Deleted"), aws.subscription("PendingConfirmation")],
    ],
)
def test_confirmed_fails_when_nobody_has_confirmed(found):
    account = aws.complete()
    account.says(aws.subscriptions(EU), {"Subscriptions": found})
    assert account.verdict(CONFIRMED)[:2] == (
        Status.FAIL,
        f"Alarms would reach nobody: no confirmed subscription ({aws.topic_arn(EU)}).",
    )


def test_one_confirmed_subscription_is_enough():
    account = aws.complete()
    found = [aws.subscription("PendingConfirmation"), aws.subscription()]
    account.says(aws.subscriptions(EU), {"Subscriptions": found})
    assert account.verdict(CONFIRMED).status is Status.PASS


def test_confirmed_fails_when_the_topic_is_gone():
    account = aws.complete()
    account.fails(aws.subscriptions(EU), Status.NOT_FOUND, "NotFound")
    verdict = account.verdict(CONFIRMED)
    assert verdict.status is Status.FAIL
    assert f"no such topic ({aws.topic_arn(EU)})" in verdict.reason


def test_a_topic_that_refuses_makes_the_whole_unknown_unless_another_fails():
    account = aws.complete()
    account.denies(aws.subscriptions(EU), "sns:ListSubscriptionsByTopic")
    verdict = account.verdict(CONFIRMED)
    assert verdict[:2] == (
        Status.NOT_AUTHORISED,
        f"Could not look: AWS refused sns:ListSubscriptionsByTopic ({aws.topic_arn(EU)}).",
    )
    account.says(aws.subscriptions("us-east-1"), {"Subscriptions": []})
    assert account.verdict(CONFIRMED).status is Status.FAIL


def test_a_region_whose_alarms_were_not_seen_makes_the_whole_unknown_unless_a_topic_fails():
    account = aws.complete()
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    assert account.verdict(CONFIRMED).status is Status.NOT_AUTHORISED
    account.says(aws.subscriptions("us-east-1"), {"Subscriptions": []})
    assert account.verdict(CONFIRMED).status is Status.FAIL


def test_without_any_topic_a_region_that_was_not_seen_is_unknown_and_not_inapplicable():
    account = aws.complete()
    alarms_everywhere(account, AlarmActions=[INCIDENT])
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    assert account.verdict(CONFIRMED).status is Status.NOT_AUTHORISED


def test_the_topic_is_asked_in_the_region_of_its_own_name():
    account = aws.complete()
    alarms_everywhere(account, AlarmActions=[aws.topic_arn("us-west-2")])
    account.says(aws.subscriptions("us-west-2"), {"Subscriptions": [aws.subscription()]})
    asked = [each for each in account.reads_of(CONFIRMED) if each.service == "sns"]
    assert asked == [aws.subscriptions("us-west-2")]
    assert account.verdict(CONFIRMED)[1] == "1 topic, each with a confirmed subscription."


def test_topics_of_alarms_on_other_things_are_not_asked():
    account = aws.complete()
    here = [aws.metric_alarm(EU), aws.other_alarm(EU, AlarmActions=[aws.topic_arn(EU, "orders")])]
    account.says(aws.alarms(EU), {"MetricAlarms": here})
    assert aws.subscriptions(EU, "orders") not in account.reads_of(CONFIRMED)


def test_topics_of_a_composite_alarm_are_asked_too():
    account = aws.complete()
    composite = aws.composite_alarm(
        "edge", 'ALARM("edge-errors")', AlarmActions=[aws.topic_arn(EU, "pager")]
    )
    mute = aws.metric_alarm(EU, AlarmActions=[])
    said = {"MetricAlarms": [mute], "CompositeAlarms": [composite]}
    account.says(aws.alarms(EU), said)
    account.says(aws.subscriptions(EU, "pager"), {"Subscriptions": []})
    assert account.verdict(CONFIRMED).status is Status.FAIL


def test_other_targets_than_topics_are_counted_and_not_asked():
    account = aws.complete()
    alarms_everywhere(account, AlarmActions=[INCIDENT])
    verdict = account.verdict(CONFIRMED)
    assert verdict[:2] == (
        Status.NOT_APPLICABLE,
        "No alarm on the component notifies an SNS topic; they notify 1 other target.",
    )
    assert verdict.observed["other_targets"] == 1


@pytest.mark.parametrize(
    "changes", [{"AlarmActions": []}, {"ActionsEnabled": False}, {"Namespace": "Other"}]
)
def test_confirmed_is_not_applicable_when_no_alarm_of_ours_notifies_anybody(changes):
    account = aws.complete()
    alarms_everywhere(account, **changes)
    assert account.verdict(CONFIRMED)[:2] == (
        Status.NOT_APPLICABLE,
        "No alarm on the component notifies an SNS topic.",
    )


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sns:evil.example.com/:123456789012:on-call",
        "arn:aws:sns:eu-west-1:123:on-call",
        "sns:eu-west-1:123456789012:on-call",
    ],
)
def test_what_only_resembles_a_topic_leads_to_no_read(arn):
    account = aws.complete()
    alarms_everywhere(account, AlarmActions=[arn])
    assert not [each for each in account.reads_of(CONFIRMED) if each.service == "sns"]


def test_a_subscription_of_an_unknown_kind_is_neither_confirmed_nor_not():
    account = aws.complete()
    account.says(aws.subscriptions(EU), {"Subscriptions": [aws.subscription("Whatever")]})
    assert account.verdict(CONFIRMED).status is Status.UNSUPPORTED
