"""Writes: what people want to be told, and where to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from readiness.models import (
    CalendarFeed,
    Delivery,
    How,
    NoticeSetting,
    Team,
    User,
    Webhook,
    WebhookKind,
)
from readiness.notices.addresses import absolute
from readiness.notices.collect import new_message_id
from readiness.notices.digests import next_digest
from readiness.notices.events import TEST, trial_event
from readiness.notices.target import refuse_by_looks
from readiness.notices.webhooks import new_secret


class NameTaken(Exception):
    """The team has a webhook of this name."""


def set_how(*, user: User, how: How, now: datetime) -> NoticeSetting:
    """Say when a person gets mail."""
    setting, _ = NoticeSetting.objects.update_or_create(
        user=user, defaults={"how": how, "next_at": next_digest(how, now)}
    )
    return setting


def feed_digest(secret: str) -> str:
    """Return what is kept of a feed's secret, which is long and random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_feed(*, user: User, now: datetime) -> str:
    """Make the address of a person's calendar, which ends the one before; return it whole.

    It is not kept, and never shown again.
    """
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"digest": feed_digest(secret), "created_at": now}
    )
    return absolute(reverse("calendar_feed", args=[secret]))


def end_feed(*, user: User) -> None:
    """Make the address of a person's calendar useless, at once and for good."""
    CalendarFeed.objects.filter(user=user).delete()


def create_webhook(
    *,
    team: Team,
    name: str,
    url: str,
    kind: WebhookKind,
    causes: Sequence[str],
    allow_private: bool,
    by: User,
    now: datetime,
) -> Webhook:
    """Make a webhook; its secret, if its kind has one, is to be shown now and never again.

    Only a superuser may have `allow_private`. Raises TargetRefused, NameTaken.
    """
    allowed = allow_private and by.is_superuser
    refuse_by_looks(url, allow_private=allowed)
    try:
        with transaction.atomic():
            return Webhook.objects.create(
                team=team,
                name=name,
                url=url,
                kind=kind,
                secret=new_secret() if kind == WebhookKind.GENERIC else "",
                causes=list(causes),
                allow_private=allowed,
                created_by=by,
                created_at=now,
            )
    except IntegrityError:
        raise NameTaken(f"{team} has a webhook called {name} already.") from None


def pause_webhook(*, webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(active=False)


def resume_webhook(*, webhook: Webhook) -> None:
    """Let a webhook that was paused or disabled work again, as if it never had failed."""
    Webhook.objects.filter(pk=webhook.pk).update(
        active=True, disabled_at=None, failures=0, failing_since=None
    )


def try_webhook(*, webhook: Webhook, now: datetime) -> Delivery:
    """Make the delivery of a test; the caller puts it into the queue."""
    message_id, event = new_message_id(), trial_event(webhook, now)
    return Delivery.objects.create(
        webhook=webhook,
        key=f"{TEST}/{message_id}",
        event=TEST,
        message_id=message_id,
        about=event.about,
        body=event.body_for(webhook),
        created_at=now,
        next_at=now,
    )
