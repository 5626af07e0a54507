from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import date, timedelta

import pytest
from django_q.models import OrmQ

from readiness.models import Component, Delivery, Kind, Webhook, WebhookKind
from readiness.notices import jobs, outgoing, webhooks
from readiness.notices.actions import (
    create_webhook,
    pause_webhook,
    resume_webhook,
    try_webhook,
)
from readiness.notices.collect import collect
from readiness.notices.events import chat_text
from readiness.notices.target import TargetRefused
from tests import factory
from tests.factory import NOW, make_decision

LATE = NOW + timedelta(days=120)
# From the specification's own example.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def operator(component):
    user = factory.make_user("operator", team=component.team)
    user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def make(component, operator, receiver):
    def make(path="/200", kind=WebhookKind.GENERIC, name="Ours", **values):
        return create_webhook(
            team=component.team,
            name=name,
            kind=kind,
            **{
                "by": operator,
                "now": NOW,
                "url": receiver.url + path,
                "causes": [Kind.LAPSED, Kind.OVERDUE],
                "allow_private": True,
            }
            | values,
        )

    return make


@pytest.fixture
def lapsed(component, operator):
    make_decision(component, "c-0-0", "wont_build", by=operator, revisit_date=date(2027, 1, 31))


def attempt(now=LATE):
    for delivery in webhooks.due(now).select_related("webhook"):
        webhooks.deliver(delivery, now=now)


def test_the_signature_is_the_one_of_the_specification():
    signed = webhooks.signature(
        SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_arrives_once_signed_and_says_what_it_is(make, lapsed, receiver, component):
    webhook = make()

    for _ in range(2):
        collect(LATE)
        attempt()

    ((_, headers, body),) = receiver.received
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    assert 24 <= len(key) <= 64
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    expected = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(LATE.timestamp())
    said = json.loads(body)
    assert said["type"] == "requirement.lapsed"
    assert said["data"] | {"since": None} == {
        "key": Delivery.objects.get().key,
        "component": {"slug": "asset-router", "name": "Asset router"},
        "team": "edge",
        "criterion": "c-0-0",
        "statement": "Criterion 0.0",
        "since": None,
        "text": "Refused on 20 November 2026, until 31 January 2027.",
        "url": "https://readiness.example.org/components/asset-router/requirements/c-0-0/",
    }
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status_code, delivery.attempts) == ("delivered", 200, 1)


def test_slack_is_told_in_its_own_words(make, lapsed, receiver):
    Component.objects.update(name="Router <!channel> & *sons* | more\nlines")
    webhook = make(kind=WebhookKind.SLACK)

    collect(LATE)
    attempt()

    ((_, headers, body),) = receiver.received
    assert webhook.secret == ""
    assert "webhook-signature" not in headers
    url = "https://readiness.example.org/components/asset-router/requirements/c-0-0/"
    assert json.loads(body) == {
        "text": "*Router &lt;!channel&gt; &amp; *sons* \N{BROKEN BAR} more lines*: lapsed\n"
        f"<{url}|Criterion 0.0>\nRefused on 20 November 2026, until 31 January 2027."
    }


def test_what_chats_give_a_meaning_is_escaped():
    assert chat_text("<@U1> & <!here>") == "&lt;@U1&gt; &amp; &lt;!here&gt;"


@pytest.mark.parametrize("path", ["/500", "/404", "/302"])
def test_what_fails_is_tried_again_later_each_time_and_given_up(make, lapsed, receiver, path):
    make(path)
    collect(LATE)
    now, pauses = LATE, []
    while (delivery := Delivery.objects.get()).next_at:
        Webhook.objects.update(failures=0)  # not to be disabled in the meantime
        attempt(now - timedelta(seconds=1))
        attempt(now)
        delivery = Delivery.objects.get()
        if delivery.next_at:
            pauses.append(delivery.next_at - now)
            now = delivery.next_at

    assert tuple(pauses) == outgoing.BACK_OFF
    assert (delivery.state, delivery.attempts) == ("given up", 10)
    assert str(delivery.status_code) == path.strip("/")
    assert path.strip("/") in delivery.error
    assert len(receiver.received) == 10
    assert len({headers["webhook-id"] for _, headers, _ in receiver.received}) == 1
    assert len({headers["webhook-signature"] for _, headers, _ in receiver.received}) == 10


def test_a_second_attempt_may_succeed_and_the_count_begins_anew(make, lapsed, receiver):
    webhook = make("/500")
    collect(LATE)
    attempt()
    Webhook.objects.update(url=receiver.url)

    attempt(LATE + timedelta(minutes=1))

    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since) == (0, None)
    assert Delivery.objects.get().state == "delivered"


def test_two_workers_deliver_once(make, lapsed, receiver):
    make()
    collect(LATE)
    mine, other = (Delivery.objects.select_related("webhook").get() for _ in range(2))

    webhooks.deliver(mine, now=LATE)
    webhooks.deliver(other, now=LATE)

    assert len(receiver.received) == 1


def test_who_may_not_lead_inside_is_refused_at_every_attempt(make, lapsed, receiver):
    make()
    Webhook.objects.update(allow_private=False, url=f"https://127.0.0.1:{receiver.server_port}/")
    collect(LATE)

    attempt()

    delivery = Delivery.objects.get()
    assert "private network" in delivery.error
    assert delivery.status_code is None
    assert receiver.received == []


def test_only_a_superuser_lets_a_webhook_lead_inside(make, component, receiver):
    editor = factory.make_user("editor", team=component.team)

    with pytest.raises(TargetRefused):
        make(by=editor)
    made = make(by=editor, url="https://hooks.example.org/x")
    assert not made.allow_private


def test_many_failures_over_a_day_disable_it_and_resuming_delivers_what_waits(
    make, lapsed, receiver
):
    webhook = make("/500")
    collect(LATE)
    attempt()
    Webhook.objects.update(failures=19)
    attempt(LATE + timedelta(minutes=1))
    webhook.refresh_from_db()
    assert webhook.disabled_at is None  # many at once are one bad minute

    attempt(LATE + timedelta(days=1))

    webhook.refresh_from_db()
    assert webhook.disabled_at == LATE + timedelta(days=1)
    attempt(LATE + timedelta(days=5))
    assert Delivery.objects.get().attempts == 3
    resume_webhook(webhook=webhook)
    Webhook.objects.update(url=receiver.url)
    attempt(LATE + timedelta(days=5))
    assert Delivery.objects.get().state == "delivered"


def test_who_says_that_it_is_gone_is_disabled_at_once(make, lapsed):
    make("/410")
    collect(LATE)

    attempt()

    assert Webhook.objects.get().disabled_at == LATE


def test_a_webhook_is_told_its_kinds_of_its_team_since_it_was_made(
    make, lapsed, component, operator
):
    make(name="Other kinds", causes=[Kind.DUE_SOON])
    Webhook.objects.update(created_at=LATE)
    make(name="Late", now=LATE)
    other = factory.make_team("other")
    Webhook.objects.filter(pk=make(name="Other team").pk).update(team=other)
    pause_webhook(webhook=make(name="Paused"))
    mine = make(name="Mine")

    collect(LATE)

    assert [each.webhook for each in Delivery.objects.all()] == [mine]


def test_a_webhook_that_is_resumed_is_told_what_still_holds(make, lapsed):
    webhook = make()
    pause_webhook(webhook=webhook)
    collect(LATE)
    resume_webhook(webhook=webhook)

    collect(LATE + timedelta(days=1))

    assert Delivery.objects.count() == 1


def test_a_test_goes_through_the_queue(make, receiver):
    webhook = make()
    delivery = try_webhook(webhook=webhook, now=NOW)
    jobs.nudge(delivery.pk)
    assert [task.task["args"] for task in OrmQ.objects.all()] == [(delivery.pk,)]

    jobs.deliver_task(delivery.pk)
    jobs.deliver_task(delivery.pk)

    ((_, _, body),) = receiver.received
    assert json.loads(body)["type"] == "test"


def test_what_is_due_is_nudged(make, lapsed, time_machine):
    make()
    time_machine.move_to(LATE, tick=False)

    jobs.remind()

    assert [task.task["args"] for task in OrmQ.objects.all()] == [(Delivery.objects.get().pk,)]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_deliveries(
    make, component, operator, number, django_assert_max_num_queries
):
    for each in range(number):
        make(name=f"Hook {each}")
        make_decision(
            component, f"c-0-{each}", "wont_build", by=operator, revisit_date=date(2027, 1, 31)
        )

    with django_assert_max_num_queries(26):
        collect(LATE)
    assert Delivery.objects.count() == number * number
