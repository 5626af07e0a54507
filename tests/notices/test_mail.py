from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMultiAlternatives

from readiness.models import Channel, Component, How, Kind, Mail, Membership, Notice
from readiness.notices import digests, outgoing
from readiness.notices import mail as mails
from readiness.notices.actions import set_how
from tests import factory
from tests.factory import NOW

NASTY = 'Router\r\nBcc: all@example.org <script>alert(1)</script> & "sons"'


@pytest.fixture
def ada(component):
    ada = factory.make_user("ada", team=component.team)
    set_how(user=ada, how=How.IMMEDIATE, now=NOW)
    return ada


def notice(user, component, kind=Kind.LAPSED, *, key=None, criterion="c-0-0", **values):
    requirement = component.requirements.get(criterion__slug=criterion) if criterion else None
    return Notice.objects.create(
        key=key or f"{kind}/{component.pk}/{criterion}",
        user=user,
        kind=kind,
        component=component,
        requirement=requirement,
        created_at=NOW,
        **{"at": NOW, "text": "Refused until today.", "path": f"/components/{component.slug}/"}
        | values,
    )


def send(now=NOW):
    digests.plan(now)
    mails.send_due(now)


def test_a_mail_says_what_where_and_how_to_end_it(ada, component, mailoutbox):
    notice(ada, component)
    notice(ada, component, criterion="c-0-1")

    send()

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("2 decisions of Asset router lapsed", ["ada@example.org"])
    html = mail.alternatives[0][0]
    for text in (mail.body, html):
        assert "Criterion 0.0" in text
        assert "Refused until today." in text
        assert "https://readiness.example.org/components/asset-router/" in text
        assert "https://readiness.example.org/notices/" in text
        assert not re.search(r'(?:href="|\s)/components', text)
    headers = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    leave = headers["List-Unsubscribe"].strip()
    assert leave.startswith("<https://readiness.example.org/notices/unsubscribe/")
    assert leave.strip("<>") in mail.body
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Message-ID"] == f"<{Mail.objects.get().message_id}@readiness.example.org>"


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([Kind.LAPSED], "A decision of Asset router lapsed"),
        ([Kind.CONTRADICTED] * 2, "AWS contradicts 2 decisions of Asset router"),
        ([Kind.DUE_SOON, Kind.LAPSED, Kind.LAPSED], "Asset router: 2 lapsed, 1 due soon"),
        ([Kind.MENTIONED], "You were mentioned in Asset router"),
    ],
)
def test_subjects_say_what_matters_most_serious_first(ada, component, kinds, expected):
    rows = [notice(ada, component, kind, key=str(n)) for n, kind in enumerate(kinds)]

    assert mails.subject(rows) == expected


def test_subjects_of_several_components_count_them(ada, component):
    other = factory.make_component(slug="other", catalog=component.catalog)

    rows = [notice(ada, each) for each in (component, other)]

    assert mails.subject(rows) == "2 decisions of 2 components lapsed"


def test_what_people_named_cannot_add_a_header_or_markup(ada, component, mailoutbox):
    Component.objects.update(name=NASTY)
    component.refresh_from_db()
    notice(ada, component, text="<img src=x onerror=alert(1)>")

    send()

    (mail,) = mailoutbox
    parsed = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    assert parsed["Bcc"] is None
    assert mail.recipients() == ["ada@example.org"]
    html = mail.alternatives[0][0]
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "<script>" in mail.body  # plain text is plain


def test_a_mail_that_fails_is_tried_again_later_each_time_and_not_lost(
    ada, component, mailoutbox, monkeypatch
):
    notice(ada, component)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", broken(SMTPServerDisconnected("away")))
        now, pauses = NOW, []
        for _ in range(12):
            send(now)
            mail = Mail.objects.get()
            pauses.append(mail.next_at - now)
            send(mail.next_at - timedelta(seconds=1))  # too early: nothing happens
            now = mail.next_at

    assert pauses == [*outgoing.BACK_OFF, *[timedelta(days=1)] * 3]
    assert Notice.objects.get().channel == Channel.WAITING
    send(now)

    assert len(mailoutbox) == 1
    mail = Mail.objects.get()
    assert (mail.attempts, mail.sent_at, mail.next_at, mail.error) == (13, now, None, "")
    assert Notice.objects.get().sent_at == now
    send(now + timedelta(days=30))
    assert len(mailoutbox) == 1


def broken(error):
    def send(self, *args, **kwargs):
        raise error

    return send


def test_one_refused_address_does_not_hold_up_the_others_and_a_dead_server_is_asked_once(
    ada, component, monkeypatch
):
    bob = factory.make_user("bob", team=component.team)
    set_how(user=bob, how=How.IMMEDIATE, now=NOW)
    for user in (ada, bob):
        notice(user, component)
    digests.plan(NOW)
    monkeypatch.setattr(EmailMultiAlternatives, "send", broken(SMTPRecipientsRefused({})))

    mails.send_due(NOW)

    assert set(Mail.objects.values_list("attempts", flat=True)) == {1}
    monkeypatch.setattr(EmailMultiAlternatives, "send", broken(ConnectionRefusedError("no")))

    mails.send_due(NOW + timedelta(minutes=1))

    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [1, 2]


def test_two_workers_send_once(ada, component, mailoutbox):
    notice(ada, component)
    digests.plan(NOW)
    mail = Mail.objects.get()
    seen_by_the_other = Mail.objects.get()

    assert outgoing.take(mail, now=NOW)
    assert not outgoing.take(seen_by_the_other, now=NOW)
    mails.send_due(NOW + timedelta(minutes=1))

    assert mailoutbox == []


def test_a_mail_of_a_worker_that_died_is_taken_up_after_a_while(ada, component, mailoutbox):
    notice(ada, component)
    digests.plan(NOW)
    outgoing.take(Mail.objects.get(), now=NOW)

    mails.send_due(NOW + outgoing.LEASE)

    assert len(mailoutbox) == 1


def test_a_worker_that_lost_its_turn_does_not_write(ada, component):
    notice(ada, component)
    digests.plan(NOW)
    slow = Mail.objects.get()
    outgoing.take(slow, now=NOW)
    mails.send_due(NOW + outgoing.LEASE)

    outgoing.failed(slow, why="Too late.", now=NOW + outgoing.LEASE, give_up=False)

    mail = Mail.objects.get()
    assert (mail.error, mail.next_at) == ("", None)


def test_two_planners_make_one_digest(ada, component, monkeypatch):
    set_how(user=ada, how=How.DAILY, now=NOW)
    notice(ada, component)
    later = NOW + timedelta(days=1)
    setting = ada.notice_setting
    setting.refresh_from_db()
    assert digests._moved_on(setting, later)

    assert not digests._moved_on(setting, later)


@pytest.mark.parametrize("gone", ["inactive", "no address", "off", "left the team", "archived"])
def test_who_may_or_will_not_read_it_by_then_gets_nothing(ada, component, mailoutbox, gone):
    notice(ada, component)
    digests.plan(NOW)
    match gone:
        case "inactive":
            type(ada).objects.filter(pk=ada.pk).update(is_active=False)
        case "no address":
            type(ada).objects.filter(pk=ada.pk).update(email="")
        case "off":
            set_how(user=ada, how=How.OFF, now=NOW)
        case "left the team":
            Membership.objects.filter(user=ada).delete()
        case "archived":
            Component.objects.update(archived_at=NOW)

    mails.send_due(NOW)
    send(NOW + timedelta(days=1))

    assert mailoutbox == []
    mail = Mail.objects.get()
    assert (mail.next_at, mail.error) == (None, "There was nothing left to say.")
    assert Notice.objects.get().channel == Channel.OFF


def test_nothing_is_made_while_mail_is_not_configured(ada, component, settings, mailoutbox):
    settings.EMAIL_IS_CONFIGURED = False
    notice(ada, component)

    send()

    assert not Mail.objects.exists()
    assert Notice.objects.get().channel == Channel.WAITING
