"""Several workers that look at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core import mail as box
from django.db import connections

from readiness.models import How, Kind, Mail, Notice, WebhookKind
from readiness.notices import digests, webhooks
from readiness.notices import mail as mails
from readiness.notices.actions import create_webhook, set_how
from readiness.notices.collect import collect
from tests import factory
from tests.factory import NOW, make_decision

LATE = NOW + timedelta(days=120)
WORKERS = 4


def at_once(work):
    barrier = Barrier(WORKERS)

    def one(_):
        try:
            barrier.wait(timeout=20)
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, range(WORKERS)))


@pytest.mark.parametrize("how", [How.IMMEDIATE, How.DAILY])
@pytest.mark.django_db(transaction=True)
def test_each_cause_is_told_once_by_however_many_workers(receiver, how):
    component = factory.make_component()
    owner = factory.make_user("owner", team=component.team)
    owner.is_superuser = True
    owner.save()
    for criterion in ("c-0-0", "c-0-1", "c-0-2"):
        make_decision(component, criterion, "wont_build", by=owner, revisit_date=date(2027, 1, 31))
    set_how(user=owner, how=how, now=NOW)
    create_webhook(
        team=component.team,
        name="Ours",
        url=receiver.url,
        kind=WebhookKind.GENERIC,
        causes=[Kind.LAPSED],
        allow_private=True,
        by=owner,
        now=NOW,
    )

    def remind():
        collect(LATE)
        digests.plan(LATE)
        mails.send_due(LATE)
        for delivery in webhooks.due(LATE).select_related("webhook"):
            webhooks.deliver(delivery, now=LATE)

    at_once(remind)

    assert Notice.objects.filter(channel="mail").count() == 3
    assert sum(mail.body.count("Criterion 0.") for mail in box.outbox) == 3
    assert Mail.objects.filter(sent_at__isnull=True, next_at__isnull=False).count() == 0
    assert len(receiver.received) == 3
