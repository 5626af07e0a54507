"""When a person gets mail, and which of the waiting notices it takes along."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from readiness.models import Channel, How, Mail, Notice, NoticeSetting
from readiness.runs.schedules import next_time

# Eight in the morning; a week begins on Monday. In the installation's time zone.
DIGEST_LINES = {How.DAILY: "0 8 * * *", How.WEEKLY: "0 8 * * 1"}

# Nobody could read it, or nobody wants to.
UNWANTED = Q(user__notice_setting__how=How.OFF) | Q(user__is_active=False) | Q(user__email="")


def next_digest(how: str, after: datetime) -> datetime | None:
    """Return when the next digest is due; None for who gets none."""
    return next_time(DIGEST_LINES.get(How(how), ""), after)


def plan(now: datetime) -> None:
    """Make the mails that are due `now` out of the notices that wait.

    However many digests were missed, one is made. Nothing is made while e-mail is not configured:
    what still holds then is in the first digest.
    """
    if not settings.EMAIL_IS_CONFIGURED:
        return
    waiting = Notice.objects.filter(channel=Channel.WAITING, mail__isnull=True)
    unwanted = waiting.filter(UNWANTED).values_list("pk", flat=True)
    Notice.objects.filter(pk__in=list(unwanted)).update(channel=Channel.OFF)
    at_once = waiting.filter(user__notice_setting__how=How.IMMEDIATE)
    for user in at_once.order_by("user").values_list("user_id", flat=True).distinct():
        with transaction.atomic():
            _make_mail(user, now)
    for setting in NoticeSetting.objects.filter(next_at__lte=now).order_by("pk"):
        with transaction.atomic():
            if _moved_on(setting, now):
                _make_mail(setting.user_id, now)


def _moved_on(setting: NoticeSetting, now: datetime) -> bool:
    """Set the next time. False when another worker was faster: the digest is theirs to make."""
    rows = NoticeSetting.objects.filter(pk=setting.pk, next_at=setting.next_at)
    return bool(rows.update(next_at=next_digest(setting.how, now)))


def _make_mail(user_id: int, now: datetime) -> None:
    waiting = Notice.objects.filter(user=user_id, channel=Channel.WAITING, mail__isnull=True)
    if not waiting.exists():
        return
    mail = Mail.objects.create(
        user_id=user_id, created_at=now, next_at=now, message_id=secrets.token_hex(16)
    )
    if not waiting.update(mail=mail):
        mail.delete()  # another worker took them along in the meantime
