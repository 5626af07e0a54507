"""What schedules and the queue call."""

from __future__ import annotations

from django.utils import timezone
from django_q.tasks import async_task

from readiness.notices import digests, mail, webhooks
from readiness.notices.collect import collect

DELIVER = "readiness.notices.jobs.deliver_task"
# What one look puts into the queue; the next look takes up the rest.
AT_ONCE = 200


def remind() -> None:
    """Find what people should know, and send the mail that is due; called every five minutes."""
    now = timezone.now()
    collect(now)
    digests.plan(now)
    mail.send_due(now)
    nudge_due()


def nudge_due() -> None:
    """Have every delivery tried whose time has come; called each minute."""
    for pk in webhooks.due(timezone.now()).values_list("pk", flat=True)[:AT_ONCE]:
        nudge(pk)


def nudge(pk: int) -> None:
    """Tell the queue of a delivery; call it after the row is committed."""
    async_task(DELIVER, pk, task_name=f"Delivery {pk}")


def deliver_task(pk: int) -> None:
    """Make one attempt at a delivery; whoever comes second finds it taken."""
    now = timezone.now()
    if delivery := webhooks.due(now).select_related("webhook").filter(pk=pk).first():
        webhooks.deliver(delivery, now=now)
