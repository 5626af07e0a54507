"""SNS."""

import pytest

from demo.simulated_aws.account import OTHER_ACCOUNT_ID
from tests.demo.repairs.made import FUNCTION, refusal


@pytest.fixture
def topic(client):
    return client("sns").create_topic(Name="oncall")["TopicArn"]


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [("email", "oncall@example.net"), ("https", "https://oncall.example.net/sns")],
)
def test_sns_subscription_waits_for_confirmation(client, topic, protocol, endpoint):
    sns = client("sns")

    def counts():
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        return attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]

    def listed():
        return [
            subscription["SubscriptionArn"]
            for page in (sns.list_subscriptions_by_topic(TopicArn=topic), sns.list_subscriptions())
            for subscription in page["Subscriptions"]
        ]

    wanted = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
    assert sns.subscribe(**wanted)["SubscriptionArn"] == "pending confirmation"
    assert (listed(), counts()) == (["PendingConfirmation"] * 2, ("1", "0"))
    arn = sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "true"
    assert refusal(sns.confirm_subscription, TopicArn=topic, Token="wrong") == (
        400,
        "InvalidParameter",
    )
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=endpoint)
    assert confirmed["SubscriptionArn"] == arn
    assert (listed(), counts()) == ([arn] * 2, ("0", "1"))
    assert sns.subscribe(**wanted)["SubscriptionArn"] == arn


def test_sns_subscription_of_a_function_needs_no_confirmation(client, topic):
    arn = client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    assert arn["SubscriptionArn"].startswith(topic)


def test_sns_publishes_nothing_to_the_world_outside(client, topic, monkeypatch):
    def no_request(*_, **__):
        raise AssertionError("a request left the machine")

    monkeypatch.setattr("moto.sns.models.requests.post", no_request)
    endpoint = "https://oncall.example.net/sns"
    client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint=endpoint)
    client("sns").confirm_subscription(TopicArn=topic, Token=endpoint)
    assert client("sns").publish(TopicArn=topic, Message="test")["MessageId"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_subscriptions_by_topic", {}),
        ("get_topic_attributes", {}),
        ("publish", {"Message": "m"}),
        ("subscribe", {"Protocol": "email", "Endpoint": "a@example.net"}),
    ],
)
def test_sns_topic_of_another_account_is_closed(client, operation, arguments):
    foreign = f"arn:aws:sns:us-east-1:{OTHER_ACCOUNT_ID}:central"
    call = getattr(client("sns"), operation)
    assert refusal(call, TopicArn=foreign, **arguments) == (403, "AuthorizationError")


def test_sns_missing_topic_of_this_account_is_missing(client, topic):
    assert refusal(client("sns").list_subscriptions_by_topic, TopicArn=f"{topic}-gone") == (
        404,
        "NotFound",
    )
