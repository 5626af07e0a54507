"""From causes to rows: a notice for each person, a delivery for each webhook, once each."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from readiness.models import (
    STANDING_KINDS,
    Channel,
    Delivery,
    Notice,
    NoticeSetting,
    Webhook,
)
from readiness.notices.cause import Cause
from readiness.notices.causes import causes
from readiness.notices.digests import next_digest
from readiness.notices.events import event_name, payloads
from readiness.notices.recipients import Readers

# Fewer than the parameters that any database takes in one statement.
AT_ONCE = 5000

Found = Mapping[str, Cause]


def collect(now: datetime) -> None:
    """Write down who is to be told of what holds `now`, and settle what holds no longer.

    Safe to run twice at once: the database takes each row once.
    """
    # In one order for all workers: two that insert the same rows never wait for each other.
    found = {cause.key: cause for cause in sorted(causes(now), key=lambda each: each.key)}
    readers = Readers(found.values())
    with transaction.atomic():
        _settle(found)
        _write_notices(found, readers, now)
        _write_deliveries(found, readers, now)


def _settle(found: Found) -> None:
    """Take back what waits and holds no longer; let wait again what came back untold."""
    unsent = Notice.objects.filter(sent_at__isnull=True, kind__in=STANDING_KINDS)
    rows = unsent.filter(channel__in=(Channel.WAITING, Channel.SETTLED))
    over, back = [], []
    for pk, key, channel in rows.values_list("pk", "key", "channel"):
        if key not in found and channel == Channel.WAITING:
            over.append(pk)
        elif key in found and channel == Channel.SETTLED:
            back.append(pk)
    for pks, channel in ((over, Channel.SETTLED), (back, Channel.WAITING)):
        for some in _parts(pks):
            unsent.filter(pk__in=some).update(channel=channel, mail=None)


def _write_notices(found: Found, readers: Readers, now: datetime) -> None:
    known: set[tuple[str, int]] = set()
    for keys in _parts(list(found)):
        known |= set(Notice.objects.filter(key__in=keys).values_list("key", "user_id"))
    notices = [
        Notice(
            key=cause.key,
            user_id=user,
            kind=cause.kind,
            component_id=cause.component_id,
            requirement_id=cause.requirement_id,
            at=cause.at,
            text=cause.text,
            path=cause.path,
            created_at=now,
        )
        for cause in found.values()
        for user in sorted(readers.of(cause))
        if (cause.key, user) not in known
    ]
    NoticeSetting.objects.bulk_create(
        [
            NoticeSetting(user_id=user, next_at=next_digest(NoticeSetting().how, now))
            for user in sorted({notice.user_id for notice in notices})
        ],
        ignore_conflicts=True,
    )
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)


def _write_deliveries(found: Found, readers: Readers, now: datetime) -> None:
    """One for each webhook that wants the kind and was there when the cause began."""
    webhooks: dict[int, list[Webhook]] = defaultdict(list)
    for webhook in Webhook.objects.filter(active=True, disabled_at__isnull=True):
        webhooks[webhook.team_id].append(webhook)
    wanted = [
        (webhook, cause)
        for cause in found.values()
        for webhook in webhooks.get(readers.team_of(cause), ())
        if cause.kind in webhook.causes and cause.at >= webhook.created_at
    ]
    known: set[tuple[int, str]] = set()
    for keys in _parts(list({cause.key for _, cause in wanted})):
        rows = Delivery.objects.filter(key__in=keys)
        known |= set(rows.values_list("webhook_id", "key"))
    fresh = [pair for pair in wanted if (pair[0].pk, pair[1].key) not in known]
    bodies = payloads([cause for _, cause in fresh])
    Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=webhook,
                key=cause.key,
                event=event_name(cause.kind),
                about=bodies[cause.key].about,
                message_id=new_message_id(),
                body=bodies[cause.key].body_for(webhook),
                created_at=now,
                next_at=now,
            )
            for webhook, cause in fresh
        ],
        ignore_conflicts=True,
    )


def new_message_id() -> str:
    return f"msg_{secrets.token_hex(16)}"


def _parts(values: list[str] | list[int]) -> Iterator[list[str] | list[int]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
