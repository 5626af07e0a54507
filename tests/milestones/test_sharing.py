from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from readiness import settings as product
from readiness.milestones.actions import (
    ExpiryUnclear,
    SharingOff,
    create_share,
    give_verdict,
    revoke_share,
)
from readiness.milestones.share_limit import FILES, GUESSES, WAIT_SECONDS
from readiness.milestones.sharing import LEFT_OUT, for_strangers, network, without_e_mail
from readiness.models import (
    JobState,
    MilestoneShare,
    ReportFile,
    ReportJob,
    ShareView,
    VerdictKind,
)
from readiness.reports.jobs import report_task
from tests import factory
from tests.factory import NOW

MONTH = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def sharing(settings, time_machine):
    cache.clear()
    settings.SHARING = True
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def secret(milestone, people):
    return create_share(
        milestone=milestone, note="Auditors", expires_at=MONTH, by=people["approver"], now=NOW
    )


def link(secret):
    return f"/shared/{secret}/"


def page(milestone):
    return f"/components/asset-router/milestones/{milestone.pk}/"


class TestLink:
    def test_shows_the_milestone_to_whoever_has_it(self, client, secret, conditional):
        html = client.get(link(secret)).content.decode()

        assert "Before cut-over, Asset router" in html
        assert html.count('class="row frozen"') == 6
        assert ("Go with conditions" in html, "Rehearse the failover." in html) == (True, True)

    def test_is_not_kept_where_the_database_could_be_read(self, secret):
        share = MilestoneShare.objects.get()

        assert len(secret) == 43
        assert secret not in str(vars(share))

    @pytest.mark.parametrize("why", ["unknown", "revoked", "expired", "off"])
    def test_that_opens_nothing_does_not_say_why(self, client, secret, settings, time_machine, why):
        share = MilestoneShare.objects.get()
        if why == "revoked":
            revoke_share(share=share, now=NOW)
        elif why == "expired":
            time_machine.move_to(MONTH, tick=False)
        elif why == "off":
            settings.SHARING = False
        response = client.get(link(secret if why != "unknown" else secret[:-1]))

        assert response.status_code == 404
        assert response.content == client.get(link("x")).content
        assert b"Asset router" not in response.content
        assert not ShareView.objects.exists()

    def test_opens_until_the_moment_it_expires(self, client, secret, time_machine):
        time_machine.move_to(MONTH - timedelta(seconds=1), tick=False)

        assert client.get(link(secret)).status_code == 200

    @pytest.mark.parametrize("known", [True, False])
    def test_is_neither_indexed_nor_cached_nor_told_to_others(self, client, secret, known):
        response = client.get(link(secret if known else "x"))

        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert not response.cookies

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options"])
    def test_is_for_reading_only(self, client, secret, method):
        assert getattr(client, method)(link(secret)).status_code == 405
        assert not ShareView.objects.exists()

    def test_leads_nowhere_into_the_application(self, client, secret):
        html = client.get(link(secret)).content.decode()

        assert re.findall(r"<form|<script", html) == []
        assert re.findall(r'<a\b.*?href="(.*?)"', html) == [f"{link(secret)}report.pdf"]

    def test_opens_nothing_else(self, client, secret, component, milestone, people):
        other = factory.make_milestone(component, by=people["editor"], name="Other")
        client.get(link(secret))

        for address in (page(milestone), page(other), component.get_absolute_url(), "/"):
            assert client.get(address)["Location"] == f"{reverse('login')}?next={address}"
        assert client.get(f"{link(secret)}{milestone.pk}/").status_code == 404
        assert b"Other" not in client.get(link(secret)).content

    def test_names_no_e_mail_address(self, client, component, people):
        people["editor"].first_name = people["editor"].last_name = ""
        people["editor"].username = "ed@corp.example"
        people["editor"].save()
        said = "Ask <ann@corp.example>, [Ann](mailto:ann@corp.example), [here](/teams/edge/)."
        factory.make_decision(component, "c-0-0", "done", evidence=said)
        milestone = factory.make_milestone(component, by=people["editor"])
        give_verdict(
            milestone=milestone, kind=VerdictKind.GO, reason=said, by=people["approver"], now=NOW
        )
        by = people["approver"]
        secret = create_share(milestone=milestone, note="", expires_at=MONTH, by=by, now=NOW)

        html = client.get(link(secret)).content.decode()

        assert LEFT_OUT in html
        assert ("corp.example" in html, "mailto:" in html, "/teams/" in html) == (0, 0, 0)

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_five_queries_however_many_requirements(
        self, client, component, people, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        milestone = factory.make_milestone(component, by=people["editor"])
        factory.make_conditions(milestone, by=people["approver"], owner=people["editor"])
        by = people["approver"]
        secret = create_share(milestone=milestone, note="", expires_at=MONTH, by=by, now=NOW)

        with django_assert_num_queries(5):
            client.get(link(secret))


class TestGuessing:
    def test_waits_after_some_that_open_nothing_even_where_one_would_open(self, client, secret):
        answers = {client.get(link(f"x{n}")).status_code for n in range(GUESSES)}
        late = client.get(link("x"))

        assert answers == {404}
        assert (late.status_code, late["Retry-After"]) == (429, str(WAIT_SECONDS))
        assert b"Asset router" not in late.content
        assert client.get(link(secret)).content == late.content
        assert client.get(f"{link(secret)}report.pdf").status_code == 429
        assert not ShareView.objects.exists()

    def test_of_a_link_that_is_asked_for_its_page_again_and_again_waits_too(
        self, client, secret, monkeypatch
    ):
        monkeypatch.setattr("readiness.milestones.share_limit.PAGES", 3)

        answers = [client.get(link(secret)).status_code for _ in range(5)]

        assert answers == [200] * 3 + [429] * 2
        assert ShareView.objects.count() == 3

    def test_of_another_network_is_counted_apart(self, client, secret):
        for n in range(GUESSES):
            client.get(f"{link(f'x{n}')}report.pdf", REMOTE_ADDR="203.0.113.77")

        assert client.get(link(secret), REMOTE_ADDR="203.0.113.5").status_code == 429
        assert client.get(link(secret), REMOTE_ADDR="203.0.114.5").status_code == 200


@pytest.fixture
def no_queue(monkeypatch):
    monkeypatch.setattr("readiness.jobs.enqueue", lambda job, now: None)


@pytest.mark.usefixtures("no_queue")
class TestPDF:
    def test_is_made_once_by_a_worker_and_each_download_is_logged(self, client, secret, milestone):
        waits = [client.get(f"{link(secret)}report.pdf") for _ in range(2)]

        assert [(each.status_code, each["Refresh"]) for each in waits] == [(202, "2")] * 2
        assert not ShareView.objects.exists()
        job = ReportJob.objects.get()
        assert (job.public, job.requested_by, job.milestone) == (True, None, milestone)
        report_task(job.pk)
        got = client.get(f"{link(secret)}report.pdf", REMOTE_ADDR="203.0.113.77")
        assert (got["Content-Type"], got["Referrer-Policy"]) == ("application/pdf", "no-referrer")
        assert got.content == bytes(ReportFile.objects.get().content)
        assert ShareView.objects.get().network == "203.0.113.0/24"
        assert ReportJob.objects.count() == 1

    @pytest.mark.parametrize("why", ["unknown", "revoked", "expired", "off"])
    def test_of_a_link_that_opens_nothing_is_none(self, client, secret, settings, why):
        share = MilestoneShare.objects.get()
        if why == "revoked":
            revoke_share(share=share, now=NOW)
        elif why == "expired":
            MilestoneShare.objects.update(expires_at=NOW)
        elif why == "off":
            settings.SHARING = False
        response = client.get(f"{link(secret if why != 'unknown' else 'y')}report.pdf")

        assert (response.status_code, ReportJob.objects.count()) == (404, 0)
        assert response.content == client.get(link("x")).content

    def test_that_could_not_be_made_is_not_tried_again_at_once(self, client, secret, time_machine):
        client.get(f"{link(secret)}report.pdf")
        ReportJob.objects.update(state=JobState.FAILED)

        failed = client.get(f"{link(secret)}report.pdf")
        time_machine.move_to(NOW + timedelta(minutes=11), tick=False)

        assert (failed.status_code, "Refresh" in failed) == (503, False)
        assert client.get(f"{link(secret)}report.pdf").status_code == 202

    def test_is_not_given_without_end(self, client, secret, milestone, monkeypatch):
        file = ReportFile(filename="x.pdf", content=b"%PDF")
        monkeypatch.setattr("readiness.milestones.shared.views.public_pdf", lambda m, now: file)

        answers = [client.get(f"{link(secret)}report.pdf").status_code for _ in range(FILES + 1)]

        assert answers == [200] * FILES + [429]

    def test_leaves_e_mail_addresses_out(self):
        html = '<p>ed@corp.example <a href="mailto:a@b.example">Ann</a> <a href="#x">x</a></p>'

        assert without_e_mail(html) == f'<p>{LEFT_OUT} Ann <a href="#x">x</a></p>'


class TestLog:
    def test_has_each_use_once(self, client, secret):
        agent = "Browser " * 40
        client.get(link(secret), REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT=agent)
        client.get(link(secret), REMOTE_ADDR="2001:db8:1:2::3", HTTP_USER_AGENT="a\0b")

        second, first = ShareView.objects.all()
        assert (first.network, first.user_agent) == ("203.0.113.0/24", agent[:200])
        assert (second.network, second.user_agent) == ("2001:db8:1::/48", "ab")
        assert {first.at, second.at} == {NOW}

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("", ""),
            ("unix:", ""),
            ("::ffff:198.51.100.9", "198.51.100.0/24"),
            ("fe80::1%eth0", "fe80::/48"),
        ],
    )
    def test_keeps_the_network_only(self, address, kept):
        assert network(address) == kept


class TestPage:
    def test_link_is_shown_once(self, login, milestone):
        approver = login("approver")

        response = approver.post(f"{page(milestone)}shares/", {"days": "90", "note": "Auditors"})

        share = MilestoneShare.objects.get()
        found = re.findall(r"/shared/([\w-]{43})/", response.content.decode())
        assert (len(found), "no-store" in response["Cache-Control"]) == (1, True)
        assert Client().get(link(found[0])).status_code == 200
        assert (share.expires_at, share.created_by.username) == (
            NOW + timedelta(days=90),
            "approver",
        )
        html = approver.get(page(milestone)).content.decode()
        assert ("/shared/" in html, "Auditors" in html, "127.0.0.0/24" in html) == (0, 1, 1)

    @pytest.mark.parametrize("days", ["", "0", "91", "soon"])
    def test_says_what_is_wrong(self, login, milestone, days):
        response = login("approver").post(f"{page(milestone)}shares/", {"days": days})

        assert response.status_code == 422
        assert b'class="error"' in response.content
        assert not MilestoneShare.objects.exists()

    def test_revokes_also_when_sharing_is_off_and_the_component_archived(
        self, login, client, milestone, secret, component, settings
    ):
        settings.SHARING = False
        component.archived_at = NOW
        component.save()
        share = MilestoneShare.objects.get()

        login("approver").post(f"{page(milestone)}shares/{share.pk}/revoke/")

        settings.SHARING = True
        assert client.get(link(secret)).status_code == 404
        share.refresh_from_db()
        assert share.revoked_at == NOW

    def test_link_of_another_milestone_is_not_revoked_here(
        self, login, milestone, secret, component, people
    ):
        other = factory.make_milestone(component, by=people["editor"], name="Other")
        share = MilestoneShare.objects.get()

        response = login("approver").post(f"{page(other)}shares/{share.pk}/revoke/")

        assert response.status_code == 404
        assert MilestoneShare.objects.get().revoked_at is None

    def test_who_is_no_approver_sees_nothing_of_it(self, login, milestone, secret):
        assert "Auditors" in login("approver").get(page(milestone)).content.decode()
        html = login("editor").get(page(milestone)).content.decode()
        assert ("Auditors" in html, "people without an account" in html) == (False, False)

    def test_off_says_so_and_makes_nothing(self, login, milestone, settings):
        settings.SHARING = False
        approver = login("approver")

        response = approver.post(f"{page(milestone)}shares/", {"days": "7"})

        assert (response.status_code, MilestoneShare.objects.exists()) == (409, False)
        assert "Sharing is off" in response.content.decode()
        assert "Make a link" not in approver.get(page(milestone)).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_nine_queries_however_many_links_and_uses(
        self, login, milestone, conditional, people, number, django_assert_num_queries
    ):
        for n in range(number):
            create_share(
                milestone=milestone, note=f"For {n}", expires_at=MONTH, by=people["admin"], now=NOW
            )
        for share in MilestoneShare.objects.all():
            ShareView.objects.create(share=share, at=NOW)
        approver = login("approver")

        with django_assert_num_queries(9):
            html = approver.get(page(milestone)).content.decode()

        assert html.count("Used 1 time,") == number


class TestActions:
    @pytest.mark.parametrize("seconds", [0, -1, 90 * 86_400 + 1])
    def test_a_link_ends_within_ninety_days(self, milestone, people, seconds):
        expires = NOW + timedelta(seconds=seconds)
        by = people["approver"]

        with pytest.raises(ExpiryUnclear):
            create_share(milestone=milestone, note="", expires_at=expires, by=by, now=NOW)

        assert not MilestoneShare.objects.exists()

    def test_is_off_unless_switched_on(self, milestone, people, settings):
        settings.SHARING = product.SHARING
        by = people["approver"]

        with pytest.raises(SharingOff):
            create_share(milestone=milestone, note="", expires_at=MONTH, by=by, now=NOW)

    def test_first_revocation_is_kept(self, secret):
        share = MilestoneShare.objects.get()
        revoke_share(share=share, now=NOW)
        revoke_share(share=share, now=MONTH)

        share.refresh_from_db()
        assert share.revoked_at == NOW


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<a href="https://wiki.example/" rel="x">w</a>', None),
        ('<a href="https://ours.example:8000/x/">w</a>', "w"),
        ('<a href="/x/">w</a>', "w"),
        ('<a class="b" href="mailto:a%40b.example">w</a>', "w"),
        ('<a href="https://wiki.example/a@b.example">w</a>', "w"),
        ("a&#64;b.example, &lt;a.b+c@d.example&gt;.", f"{LEFT_OUT}, &lt;{LEFT_OUT}&gt;."),
        ("2 @ 3, @editor", None),
    ],
)
def test_strangers_see_no_way_in_and_no_address(html, left):
    assert for_strangers(html, {"ours.example"}) == (html if left is None else left)


def test_a_word_without_an_end_takes_no_time():
    # A third of a second; half a minute, where each letter of it is tried as the first one.
    html = f"<p>{'a' * 60_000}</p>"

    assert for_strangers(html, {"ours.example"}) == without_e_mail(html) == html
