"""Does anybody listen where the alarms speak?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from pydantic import Field

from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, look_at
from readiness.aws.registry import Observed, Verdict, check
from readiness.aws.watching import (
    READS_ALARMS,
    AlarmsAnswer,
    EdgeAlarms,
    alarms_fetch,
    read_alarms,
    speakers,
    watching,
)

READS_SUBSCRIPTIONS = ("sns", "list_subscriptions_by_topic")

#: The region leads to a client, so a topic's ARN is believed only if it looks like one.
TOPIC_ARN = re.compile(
    r"arn:aws[a-z-]*:sns:(?P<region>[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}):[0-9]{12}:"
    r"[A-Za-z0-9_-]{1,256}(?:\.fifo)?"
)


class Subscription(Shape):
    subscription_arn: str = Field(pattern=r"^(arn:.+|PendingConfirmation|Deleted)$")
    protocol: str

    @property
    def is_confirmed(self) -> bool:
        return self.subscription_arn.startswith("arn:")


class SubscriptionsAnswer(Shape):
    subscriptions: list[Subscription]


def subscriptions_fetch(topic: str, match: re.Match[str]) -> Fetch:
    return Fetch.of("sns", match["region"], "list_subscriptions_by_topic", TopicArn=topic)


def targets(answer: AlarmsAnswer, params: EdgeAlarms) -> Iterator[str]:
    """The ARNs that the alarms on the component notify, through composite alarms too."""
    for alarm in watching(answer, params):
        for speaker in speakers(alarm, answer.composite_alarms):
            yield from speaker.targets()


def topics_among(found: Iterable[str]) -> dict[str, Fetch]:
    """The topics among the targets, in order, each with the read of its subscriptions."""
    matches = {target: TOPIC_ARN.fullmatch(target) for target in dict.fromkeys(found)}
    return {
        target: subscriptions_fetch(target, match) for target, match in matches.items() if match
    }


def _mend_topics(params: EdgeAlarms, observed: Observed) -> str:
    table = observed.get("topics", {})
    silent = [topic for topic, seen in table.items() if seen.get("confirmed") == 0]
    lines = []
    for topic in silent:
        match = TOPIC_ARN.fullmatch(topic)
        region = match["region"] if match else params.home_region
        lines.append(
            f"aws sns subscribe --region {shlex.quote(region)} --topic-arn {shlex.quote(topic)}"
            " --protocol email --notification-endpoint <ADDRESS>  # then confirm from the mailbox"
        )
    return "\n".join(lines) or (
        "aws sns subscribe --topic-arn <TOPIC_ARN> --protocol email"
        " --notification-endpoint <ADDRESS>"
    )


@check(
    "sns.subscription-confirmed",
    version=2,
    criteria=["alert-routing", "alerts-proven"],
    params=EdgeAlarms,
    reads=[READS_ALARMS, READS_SUBSCRIPTIONS],
    title="Each topic that alarms notify has a confirmed subscription",
    severity="high",
    passes="Each SNS topic that an alarm on the component notifies has a confirmed subscription.",
    why=(
        "SNS takes a message for a topic without listeners, and throws it away without an error."
        " A subscription counts only when its owner has confirmed it."
    ),
    mend_console=(
        "SNS, in the topic's region, Topics, the topic: Create subscription, or Request"
        " confirmation for the one that is pending."
    ),
    mend_cli=_mend_topics,
    documentation="Amazon SNS Developer Guide: Confirming an Amazon SNS subscription",
)
class SubscriptionConfirmed:
    """Each topic notified by an alarm on the component has at least one confirmed subscription."""

    @staticmethod
    def needs(params: EdgeAlarms) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.alarm_regions)

    @staticmethod
    def needs_more(facts: Facts, params: EdgeAlarms) -> Iterable[Fetch]:
        answers = (facts.glance(alarms_fetch(each), AlarmsAnswer) for each in params.alarm_regions)
        found = (target for answer in answers if answer for target in targets(answer, params))
        return topics_among(found).values()

    @staticmethod
    def evaluate(facts: Facts, params: EdgeAlarms) -> Verdict:
        found: list[str] = []

        def look_for_targets(region: str) -> Part:
            here = list(targets(read_alarms(region, facts), params))
            found.extend(here)
            return Part(None, {"targets": len(set(here))})

        regions = look_at(params.alarm_regions, look_for_targets)
        topics = topics_among(found)

        def look(topic: str) -> Part:
            answer = facts.subject(topics[topic], SubscriptionsAnswer, missing="no such topic")
            confirmed = [each for each in answer.subscriptions if each.is_confirmed]
            protocols = sorted({each.protocol for each in confirmed})
            waiting = len(answer.subscriptions) - len(confirmed)
            seen = {"confirmed": len(confirmed), "pending": waiting, "protocols": protocols}
            return Part(bool(confirmed), seen, wrong="no confirmed subscription")

        tally = look_at(topics, look)
        others = len(set(found) - set(topics))
        observed = {"topics": tally.table, "regions": regions.table, "other_targets": others}
        if not topics and not regions.unknown:
            also = f"; they notify {count(others, 'other target')}" if others else ""
            reason = f"No alarm on the component notifies an SNS topic{also}."
            return Verdict(Status.NOT_APPLICABLE, reason, observed)
        return tally.verdict(
            observed,
            passed=f"{count(tally.total, 'topic')}, each with a confirmed subscription",
            failed=f"Alarms would reach nobody: {tally.wrongs()}",
            also_unknown=regions.unknown,
        )
