from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from readiness.models import (
    CalendarFeed,
    Component,
    Delivery,
    How,
    Kind,
    Membership,
    Notice,
    NoticeSetting,
    Requirement,
    Webhook,
)
from readiness.notices.actions import create_webhook, new_feed
from readiness.notices.addresses import unsubscribe_path
from tests import factory
from tests.factory import NOW, make_decision

SETTINGS = "/notices/"
HOOKS = "/teams/edge/webhooks/"
HOOK = {"name": "Ours", "kind": "generic", "url": "https://hooks.example.org/x?token=hidden"}


class TestSettings:
    def test_what_somebody_chooses_is_kept(self, editor, people):
        response = editor.post(SETTINGS, {"how": "weekly"})

        assert response["Location"] == SETTINGS
        setting = NoticeSetting.objects.get(user=people["editor"])
        assert (setting.how, setting.next_at.weekday()) == (How.WEEKLY, 0)
        assert '<option value="weekly" selected>' in editor.get(SETTINGS).content.decode()

    def test_nonsense_is_refused(self, editor):
        assert editor.post(SETTINGS, {"how": "hourly"}).status_code == 422
        assert not NoticeSetting.objects.exists()

    def test_says_when_no_mail_can_come(self, editor, people, settings):
        settings.EMAIL_IS_CONFIGURED = False
        assert "sends no mail yet" in editor.get(SETTINGS).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_shows_what_somebody_was_told_with_as_many_queries(
        self, editor, people, component, number, django_assert_max_num_queries
    ):
        told(people["editor"], component, number)

        with django_assert_max_num_queries(9):
            page = editor.get(SETTINGS).content.decode()
        assert page.count("It lapsed") == min(number, 50)

    def test_shows_nothing_of_a_component_that_is_closed_by_now(self, editor, people, component):
        told(people["editor"], component, 1)
        Membership.objects.filter(user=people["editor"]).delete()

        assert "It lapsed" not in editor.get(SETTINGS).content.decode()


def told(user, component, number):
    Notice.objects.bulk_create(
        Notice(
            key=str(each),
            user=user,
            kind=Kind.LAPSED,
            component=component,
            requirement=component.requirements.first(),
            at=NOW,
            text="It lapsed.",
            path="/",
            created_at=NOW,
        )
        for each in range(number)
    )


class TestUnsubscribe:
    def test_one_post_without_login_or_token_of_a_form_ends_mail(self, people):
        path = unsubscribe_path(people["editor"].pk)
        client = Client(enforce_csrf_checks=True)
        assert "editor@example.org" in client.get(path).content.decode()
        assert not NoticeSetting.objects.exists()

        response = client.post(path, {"List-Unsubscribe": "One-Click"})

        assert response.status_code == 200
        assert NoticeSetting.objects.get(user=people["editor"]).how == How.OFF

    def test_who_changed_the_token_ends_nothing(self, people):
        path = unsubscribe_path(people["editor"].pk)

        assert Client().post(path.replace(":", "x", 1)).status_code == 404
        assert Client().post("/notices/unsubscribe/nonsense/").status_code == 404
        assert not NoticeSetting.objects.exists()


class TestCalendar:
    @pytest.fixture
    def feed(self, people):
        return new_feed(user=people["editor"], now=NOW).removeprefix(
            "https://readiness.example.org"
        )

    def test_is_shown_once_and_opens_without_login(self, editor):
        response = editor.post("/calendar/new/")
        page = response.content.decode()
        address = re.search(r"https://readiness.example.org(/calendar/\S+\.ics)", page)[1]

        assert "no-store" in response["Cache-Control"]
        assert address not in editor.get(SETTINGS).content.decode()
        answer = Client().get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert address.split("/")[-1][:-4] not in CalendarFeed.objects.get().digest

    def test_has_what_is_due_of_the_team_and_of_ones_own(self, feed, people, component):
        make_decision(component, "c-0-0", "wont_build", revisit_date=date(2027, 1, 31))
        make_decision(component, "c-0-1", "build", due_date=date(2026, 12, 24))
        make_decision(component, "c-0-2", "build")
        make_decision(component, "c-1-0", "done")
        foreign = factory.make_component(
            slug="foreign", catalog=component.catalog, team=factory.make_team("other")
        )
        make_decision(foreign, "c-0-0", "wont_build", revisit_date=date(2027, 1, 31))

        lines = calendar_of(feed)

        assert [line for line in lines if line.startswith(("SUMMARY", "DTSTART"))] == [
            "DTSTART;VALUE=DATE:20270131",
            "SUMMARY:Asset router: look again: Criterion 0.0",
            "DTSTART;VALUE=DATE:20261224",
            "SUMMARY:Asset router: build: Criterion 0.1",
        ]
        owned = Requirement.objects.filter(component=foreign)
        owned.update(owner=people["editor"])
        assert "foreign" not in str(calendar_of(feed))
        Component.objects.filter(pk=foreign.pk).update(visible_to_organisation=True)
        assert "foreign" in str(calendar_of(feed))

    def test_a_decision_made_anew_moves_its_event(self, feed, component):
        uids = set()
        for day in (date(2027, 1, 30), date(2027, 1, 31)):
            make_decision(component, "c-0-0", "wont_build", revisit_date=day)
            lines = calendar_of(feed)
            uids |= {line for line in lines if line.startswith("UID")}
            assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in lines

        assert len(uids) == 1

    def test_is_not_sent_again_when_nothing_changed(self, feed, component):
        etag = Client().get(feed)["ETag"]

        again = Client().get(feed, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        make_decision(component, "c-0-0", "wont_build", revisit_date=date(2027, 1, 31))
        assert Client().get(feed, headers={"If-None-Match": etag}).status_code == 200

    @pytest.mark.parametrize("end", ["ended", "made anew", "inactive"])
    def test_an_address_that_was_ended_opens_nothing(self, feed, editor, people, end):
        assert Client().get(feed).status_code == 200
        match end:
            case "ended":
                editor.post("/calendar/end/")
            case "made anew":
                editor.post("/calendar/new/")
            case "inactive":
                type(people["editor"]).objects.update(is_active=False)

        assert Client().get(feed).status_code == 404

    @pytest.mark.parametrize("number", [1, 6])
    def test_needs_as_many_queries_however_much_is_due(
        self, feed, component, number, django_assert_max_num_queries
    ):
        for requirement in component.requirements.select_related("criterion")[:number]:
            make_decision(
                component,
                requirement.criterion.slug,
                "wont_build",
                revisit_date=date(2027, 1, 31),
            )

        with django_assert_max_num_queries(3):
            assert str(calendar_of(feed)).count("SUMMARY") == number


def calendar_of(feed):
    content = Client().get(feed).content
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


class TestWebhooks:
    @pytest.fixture
    def admin(self, login):
        return login("admin")

    @pytest.fixture
    def webhook(self, component, people):
        return create_webhook(
            team=component.team,
            name="Ours",
            url=HOOK["url"],
            kind="generic",
            causes=[Kind.LAPSED],
            allow_private=False,
            by=people["admin"],
            now=NOW,
        )

    def test_a_secret_is_shown_once(self, admin):
        response = admin.post(HOOKS, HOOK | {"causes": ["lapsed", "overdue"]})

        webhook = Webhook.objects.get()
        assert webhook.causes == ["lapsed", "overdue"]
        assert webhook.secret in response.content.decode()
        assert "no-store" in response["Cache-Control"]
        for path in (HOOKS, f"{HOOKS}{webhook.pk}/"):
            page = admin.get(path).content.decode()
            assert "hooks.example.org" in page
            assert webhook.secret not in page
            assert "token=" not in page

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"url": "http://hooks.example.org/"}, "https://"),
            ({"url": "https://10.0.0.1/"}, "private network"),
            ({"url": "https://10.0.0.1/", "allow_private": "on"}, "private network"),
            ({"url": ""}, "required"),
            ({"causes": []}, "required"),
            ({"causes": ["nonsense"]}, "not one of the available choices"),
        ],
    )
    def test_what_is_wrong_is_said(self, admin, wrong, said):
        response = admin.post(HOOKS, HOOK | {"causes": ["lapsed"]} | wrong)

        assert response.status_code == 422
        assert said in response.content.decode()
        assert not Webhook.objects.exists()

    def test_a_name_is_given_once(self, admin, webhook):
        response = admin.post(HOOKS, HOOK | {"causes": ["lapsed"]})

        assert response.status_code == 422
        assert "has a webhook called Ours already" in response.content.decode()

    def test_a_superuser_may_let_it_lead_inside(self, admin, people):
        type(people["admin"]).objects.filter(username="admin").update(is_superuser=True)
        sent = {"url": "http://10.0.0.1/", "allow_private": "on", "causes": ["lapsed"]}

        admin.post(HOOKS, HOOK | sent)

        assert Webhook.objects.get().allow_private

    def test_a_test_is_put_into_the_log_which_looks_again(self, admin, webhook):
        path = f"{HOOKS}{webhook.pk}/"
        assert admin.post(f"{path}test/")["Location"] == path

        page = admin.get(path).content.decode()
        assert "waiting" in page
        assert f'hx-get="{path}"' in page
        Delivery.objects.update(attempts=1)
        assert f'hx-get="{path}"' not in admin.get(path).content.decode()

    def test_paused_it_is_not_tried_until_it_is_resumed(self, admin, webhook):
        path = f"{HOOKS}{webhook.pk}/"
        admin.post(f"{path}pause/")
        admin.post(f"{path}test/")
        assert not Delivery.objects.exists()

        admin.post(f"{path}resume/")
        admin.post(f"{path}test/")

        assert Delivery.objects.count() == 1

    def test_removed_it_is_gone_with_its_log(self, admin, webhook):
        admin.post(f"{HOOKS}{webhook.pk}/test/")

        assert admin.post(f"{HOOKS}{webhook.pk}/remove/")["Location"] == HOOKS
        assert not Webhook.objects.exists()
        assert not Delivery.objects.exists()

    def test_of_another_team_it_is_not_found(self, admin, webhook, people):
        other = factory.make_team("other")
        Membership.objects.create(team=other, user=people["admin"], role=4)

        assert admin.get(f"/teams/other/webhooks/{webhook.pk}/").status_code == 404

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_pages_need_as_many_queries_however_long(
        self, admin, webhook, number, django_assert_max_num_queries
    ):
        Delivery.objects.bulk_create(
            Delivery(webhook=webhook, key=str(n), message_id=str(n), body="", created_at=NOW)
            for n in range(number)
        )
        Webhook.objects.bulk_create(
            Webhook(
                team=webhook.team, name=str(n), url="https://a.example", created_at=NOW,
                created_by=webhook.created_by,
            )
            for n in range(number)
        )  # fmt: skip

        with django_assert_max_num_queries(6):
            admin.get(HOOKS)
        with django_assert_max_num_queries(6):
            admin.get(reverse("webhook_detail", args=["edge", webhook.pk]))
