"""Amazon SNS. Documentation: https://docs.aws.amazon.com/sns/latest/api/

Nobody gets mail from a simulated account, so the token that confirms a subscription is the endpoint
itself: `aws sns confirm-subscription --topic-arn ... --token oncall@example.net`.
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSException, SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription, Topic
from moto.sns.responses import SNSResponse

from demo.simulated_aws.repairs.patching import add, expect, wrap

CONFIRMED_BY_HAND = ("email", "email-json", "http", "https")
OF_ONE_TOPIC = (
    "add_permission",
    "delete_topic",
    "get_topic_attributes",
    "list_subscriptions_by_topic",
    "publish",
    "remove_permission",
    "set_topic_attributes",
    "subscribe",
)


def apply() -> None:
    expect(SNSBackend.subscribe, "PendingConfirmation", "attributes")
    expect(Topic.__init__, "subscriptions_pending", "subscriptions_confimed")
    wrap(SNSBackend, "subscribe", wait_for_confirmation)
    wrap(SNSResponse, "subscribe", withhold_arn_until_confirmed)
    wrap(SNSResponse, "confirm_subscription", confirm_subscription)
    wrap(SNSResponse, "get_topic_attributes", count_subscriptions)
    wrap(Subscription, "publish", publish_inside_only)
    # A pending subscription has no ARN in a list. API_ListSubscriptionsByTopic.html
    add(Subscription, "subscription_arn", property(_listed_arn))
    for operation in OF_ONE_TOPIC:
        wrap(SNSResponse, operation, refuse_topics_of_other_accounts)


def wait_for_confirmation(
    original: Callable[..., Any], self: Any, topic_arn: str, endpoint: str, protocol: str
) -> Any:
    # Whoever is to get mail or HTTP requests has to agree first. API_Subscribe.html
    known = self._find_subscription(topic_arn, endpoint, protocol)
    subscription = known or original(self, topic_arn, endpoint, protocol)
    if not known and protocol in CONFIRMED_BY_HAND:
        subscription.attributes["PendingConfirmation"] = True
        subscription.attributes["ConfirmationWasAuthenticated"] = False
    return subscription


def withhold_arn_until_confirmed(original: Callable[..., Any], self: Any) -> Any:
    # "pending confirmation" in place of the ARN, unless asked otherwise. API_Subscribe.html
    arn = original(self).result["SubscriptionArn"]
    pending = self.backend.subscriptions[arn].attributes["PendingConfirmation"]
    if pending and not self._get_bool_param("ReturnSubscriptionArn"):
        arn = "pending confirmation"
    return ActionResult({"SubscriptionArn": arn})


def confirm_subscription(original: Callable[..., Any], self: Any) -> Any:
    # A subscription is confirmed by the token sent to its endpoint. API_ConfirmSubscription.html
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    for subscription in self.backend._get_topic_subscriptions(topic):
        if subscription.endpoint == self._get_param("Token"):
            subscription.attributes["PendingConfirmation"] = False
            return ActionResult({"SubscriptionArn": subscription.arn})
    raise SNSInvalidParameter("Invalid parameter: Token")


def count_subscriptions(original: Callable[..., Any], self: Any) -> Any:
    # The attributes of a topic count its subscriptions. API_GetTopicAttributes.html
    topic = self.backend.get_topic(self._get_param("TopicArn"))
    subscriptions = self.backend._get_topic_subscriptions(topic)
    topic.subscriptions_pending = sum(map(_is_pending, subscriptions))
    topic.subscriptions_confimed = len(subscriptions) - topic.subscriptions_pending
    return original(self)


def publish_inside_only(
    original: Callable[..., None], self: Any, *args: Any, **kwargs: Any
) -> None:
    # Only the confirmed get messages. API_Publish.html. And never a request to the world outside:
    # the endpoints of the demo are made up, and somebody may own their names.
    if self.protocol not in ("http", "https") and not _is_pending(self):
        original(self, *args, **kwargs)


def refuse_topics_of_other_accounts(original: Callable[..., Any], self: Any) -> Any:
    # A topic of another account is closed unless its policy opens it.
    # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    arn = self._get_param("TopicArn") or ""
    account = arn.split(":")[4] if arn.count(":") == 5 else self.current_account
    if account != self.current_account:
        action = f"SNS:{self._get_action()}"
        raise SNSException(
            "AuthorizationError",
            f"User: arn:aws:iam::{self.current_account}:root is not authorized to perform: "
            f"{action} on resource: {arn} because no resource-based policy allows the {action} "
            "action",
        )
    return original(self)


def _is_pending(subscription: Any) -> bool:
    return bool(subscription.attributes.get("PendingConfirmation"))


def _listed_arn(subscription: Any) -> str:
    return "PendingConfirmation" if _is_pending(subscription) else str(subscription.arn)
