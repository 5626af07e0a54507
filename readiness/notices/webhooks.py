"""Telling other programs: signed as Standard Webhooks says, tried again when it failed.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from readiness.models import Delivery, Webhook, WebhookKind
from readiness.notices import outgoing
from readiness.notices.target import Answer, TargetRefused, Unreachable, post
from readiness.reports.words import brief

SECRET_STARTS = "whsec_"  # noqa: S105 - how every secret begins
SECRET_BYTES = 32
# Attempts in a row over all deliveries, and how long at least: many at once are one bad minute.
FAILURES_UNTIL_DISABLED = 20
FAILING_UNTIL_DISABLED = timedelta(days=1)
GONE = 410


def new_secret() -> str:
    return SECRET_STARTS + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header webhook-signature; `timestamp` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_STARTS))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def due(now: datetime) -> QuerySet[Delivery]:
    """Return what is to be delivered, to webhooks that are neither paused nor disabled."""
    return Delivery.objects.filter(
        sent_at__isnull=True,
        next_at__lte=now,
        webhook__active=True,
        webhook__disabled_at__isnull=True,
    ).order_by("next_at", "pk")


def deliver(delivery: Delivery, *, now: datetime) -> None:
    """Make one attempt at a delivery that is due, unless another worker makes it."""
    if not outgoing.take(delivery, now=now):
        return
    webhook, body = delivery.webhook, delivery.body.encode()
    started = time.monotonic()
    headers = _headers(delivery, body, now)
    answer: Answer | None
    try:
        answer = post(webhook.url, body, headers, allow_private=webhook.allow_private)
        why = _problem(answer)
    except (TargetRefused, Unreachable) as error:
        answer, why = None, str(error)
    said = {
        "duration_ms": round((time.monotonic() - started) * 1000),
        "status_code": answer.status if answer else None,
        "answer": answer.text if answer else "",
    }
    if not why:
        outgoing.sent(delivery, now=now, **said)
        Webhook.objects.filter(pk=webhook.pk).exclude(failures=0).update(
            failures=0, failing_since=None
        )
        return
    outgoing.failed(delivery, why=why, now=now, give_up=True, **said)
    _count_failure(webhook, now, gone=answer is not None and answer.status == GONE)


def _headers(delivery: Delivery, body: bytes, now: datetime) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Readiness/{settings.VERSION}",
        "Accept-Encoding": "identity",
    }
    if delivery.webhook.kind == WebhookKind.SLACK:
        return headers
    seconds = int(now.timestamp())
    signed = signature(delivery.webhook.secret, delivery.message_id, seconds, body)
    return headers | {
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signed,
    }


def _problem(answer: Answer) -> str:
    """Return why an answer is no success, in one sentence; nothing for one that is."""
    if 200 <= answer.status < 300:
        return ""
    if 300 <= answer.status < 400:
        return f"It answered {answer.status}, which leads elsewhere: that is not followed."
    return f"It answered {answer.status}: {brief(answer.text) or 'without a word'}"


def _count_failure(webhook: Webhook, now: datetime, *, gone: bool) -> None:
    """Disable a webhook that failed too often in a row, or that says that it is gone."""
    rows = Webhook.objects.filter(pk=webhook.pk)
    rows.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", Value(now)))
    working = rows.filter(disabled_at__isnull=True)
    if not gone:
        working = working.filter(
            failures__gte=FAILURES_UNTIL_DISABLED, failing_since__lte=now - FAILING_UNTIL_DISABLED
        )
    working.update(disabled_at=now)
