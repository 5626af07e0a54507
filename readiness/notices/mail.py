"""Mail: what it says, and sending it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from readiness.models import Channel, Component, How, Kind, Mail, Notice, NoticeSetting
from readiness.notices import outgoing
from readiness.notices.addresses import absolute, host, unsubscribe_path
from readiness.reports.words import brief

# For one notice and for several; {of} is the component, or how many components.
SENTENCES = {
    Kind.CONTRADICTED: (
        "AWS contradicts a decision of {of}",
        "AWS contradicts {n} decisions of {of}",
    ),
    Kind.LAPSED: ("A decision of {of} lapsed", "{n} decisions of {of} lapsed"),
    Kind.OVERTAKEN: ("A refusal of {of} is overtaken", "{n} refusals of {of} are overtaken"),
    Kind.OVERDUE: ("A promise of {of} is overdue", "{n} promises of {of} are overdue"),
    Kind.ARRIVED: ("Something of {of} has arrived", "{n} things of {of} have arrived"),
    Kind.PROPOSED: ("A decision of {of} waits for you", "{n} decisions of {of} wait for you"),
    Kind.DUE_SOON: ("A decision of {of} is due soon", "{n} decisions of {of} are due soon"),
    Kind.MENTIONED: ("You were mentioned in {of}", "You were mentioned {n} times in {of}"),
    Kind.CONDITION: ("A condition of {of} is due", "{n} conditions of {of} are due"),
    Kind.ROUND_OPENED: ("How confident are you in {of}?", "How confident are you in {of}?"),
    Kind.ROUND_CLOSED: ("How confident people are in {of}", "How confident people are in {of}"),
    Kind.DRILL_SOON: ("A drill of {of} is tomorrow", "{n} drills of {of} are tomorrow"),
    Kind.DRILL_STALE: ("A drill of {of} went stale", "{n} drills of {of} went stale"),
}
# A mail that is refused says nothing of the next one.
REFUSALS = (SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused)
# A job must end; the next one takes up the rest.
AT_ONCE = 200
# Written in red, as the attention they need is on pages.
BAD = (Kind.CONTRADICTED, Kind.LAPSED, Kind.OVERTAKEN, Kind.OVERDUE)
_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What is said of one component under one word."""

    kind: Kind
    items: list[Item]

    @property
    def is_bad(self) -> bool:
        return self.kind in BAD


@dataclass(frozen=True, slots=True)
class Section:
    component: Component
    url: str
    groups: list[Group]


def subject(notices: Sequence[Notice]) -> str:
    """Return what matters, in one line without control characters."""
    counts = Counter(Kind(notice.kind) for notice in notices)
    names = {notice.component_id: notice.component.name for notice in notices}
    of = brief(next(iter(names.values())), 60) if len(names) == 1 else f"{len(names)} components"
    kinds = sorted(counts, key=_ORDER.__getitem__)
    if len(kinds) == 1:
        one, many = SENTENCES[kinds[0]]
        text = (one if counts[kinds[0]] == 1 else many).format(n=counts[kinds[0]], of=of)
    else:
        text = f"{of}: " + ", ".join(f"{counts[kind]} {kind.label.lower()}" for kind in kinds)
    return "".join(each if each.isprintable() else " " for each in text)


def sections(notices: Sequence[Notice]) -> list[Section]:
    """Return notices by component and kind, the most serious kind first."""
    ordered = sorted(
        notices, key=lambda n: (n.component.name, n.component_id, _ORDER[Kind(n.kind)])
    )
    return [
        Section(
            component=own[0].component,
            url=absolute(own[0].component.get_absolute_url()),
            groups=[
                Group(Kind(kind), [_item(notice) for notice in same])
                for kind, same in groupby(own, key=lambda n: n.kind)
            ],
        )
        for _, rows in groupby(ordered, key=lambda n: n.component_id)
        if (own := list(rows))
    ]


def _item(notice: Notice) -> Item:
    title = str(notice.requirement) if notice.requirement else notice.component.name
    return Item(brief(title, 200), brief(notice.text, 300), absolute(notice.path))


def message(mail: Mail, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """Return the mail to its person, in plain text and in HTML, with a way to end them."""
    leave, title = absolute(unsubscribe_path(mail.user_id)), subject(notices)
    context = {
        "subject": title,
        "sections": sections(notices),
        "settings_url": absolute(reverse("notice_settings")),
        "leave_url": leave,
    }
    built = EmailMultiAlternatives(
        subject=title,
        body=render_to_string("notices/mail/digest.txt", context),
        to=[mail.user.email],
        headers={
            "Message-ID": f"<{mail.message_id}@{host()}>",
            # RFC 8058: a mail program ends them by one POST.
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    built.attach_alternative(render_to_string("notices/mail/digest.html", context), "text/html")
    return built


def send_due(now: datetime) -> None:
    """Send each mail that is due, once; what fails is tried again later."""
    if not settings.EMAIL_IS_CONFIGURED:
        return
    due = Mail.objects.filter(sent_at__isnull=True, next_at__lte=now).select_related("user")
    for mail in due.order_by("next_at", "pk")[:AT_ONCE]:
        if outgoing.take(mail, now=now) and not _send(mail, now):
            return


def _send(mail: Mail, now: datetime) -> bool:
    """Send a mail that was taken. False when the server is away: others need not wait for it."""
    notices = _still_theirs(mail)
    if not notices:
        outgoing.ended(mail, why="There was nothing left to say.")
        return True
    try:
        message(mail, notices).send()
    except (OSError, ValueError) as error:
        why = f"The mail server did not take it: {brief(str(error) or type(error).__name__)}"
        outgoing.failed(mail, why=why, now=now, give_up=False)
        return isinstance(error, (*REFUSALS, ValueError))
    with transaction.atomic():
        outgoing.sent(mail, now=now)
        told = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
        told.update(channel=Channel.MAIL, sent_at=now)
    return True


def _still_theirs(mail: Mail) -> list[Notice]:
    """Return the notices of a mail that its person still wants and may still read."""
    waiting = mail.notices.filter(channel=Channel.WAITING)
    off = NoticeSetting.objects.filter(user=mail.user, how=How.OFF).exists()
    if off or not (mail.user.is_active and mail.user.email):
        waiting.update(channel=Channel.OFF)
        return []
    readable = Component.objects.for_user(mail.user).active().values("pk")
    waiting.exclude(component__in=readable).update(channel=Channel.OFF)
    return list(
        waiting.select_related("component__team", "requirement__criterion").order_by("at", "pk")
    )
