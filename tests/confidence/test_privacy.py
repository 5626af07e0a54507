"""Nobody infers a vote: not from a page, a file, the API, a notice, an error or the database.

Each test makes the same world twice and changes in one of them what nobody may know: what a vote
says, or whose it is. Whatever leaves the house must be the same, byte by byte.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.core import mail as box
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from readiness.confidence import actions
from readiness.confidence.queries import latest_confidence, mark_of
from readiness.confidence.rules import ANSWERS
from readiness.milestones.frozen import freeze
from readiness.models import (
    Component,
    ConfidenceRound,
    ConfidenceVote,
    Delivery,
    How,
    Kind,
    Notice,
    Role,
    User,
    Webhook,
)
from readiness.notices import digests
from readiness.notices import mail as mails
from readiness.notices.actions import set_how
from readiness.notices.collect import collect
from readiness.reports.formats import FORMATS
from readiness.reports.gap_report import build_gap_report
from readiness.runs.actions import create_token
from tests import factory
from tests.factory import NOW
from tests.test_access_walk import ACTORS, ROUTES, C, client_of, make_world

PAGE = "/components/asset-router/confidence/"
LATER = NOW + timedelta(hours=1)
# What is random in each answer: tokens against forgery, nonces, keys of rows to come.
SECRETS = re.compile(
    rb"(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{64}|nonce(-|=\")[A-Za-z0-9_=+/-]+"
    rb"|msg_[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
)
# What each person learns differs from person to person, and so from one asking to the next.
AT_RANDOM = {"account_grant_rotate", "calendar_new"}
# What the voters say, as little alike as can be.
LEAST = {"overall": 1, "by_topic": {"t-0": 1, "t-1": 5}, "sentence": "Never without a rehearsal."}
MOST = {"overall": 5, "by_topic": {"t-0": 5}, "sentence": ""}


class Undo(Exception):
    """Take back what was written since."""


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def asked(world, time_machine):
    """An open round of the walk's component with two votes, and one of "voter" to come."""
    time_machine.move_to(LATER, tick=False)
    component = Component.objects.get(slug="asset-router")
    voter = factory.make_user("voter", team=component.team, role=Role.VIEWER)
    factory.make_user("other", team=component.team, role=Role.VIEWER)
    opened = factory.make_round(component, closed=False, votes=[3, MOST], by=voter)
    world["open"] = opened.pk
    return opened


def vote(opened, name, said):
    actions.vote(opened=opened, by=User.objects.get(username=name), now=LATER, **said)


def says_least(opened):
    vote(opened, "voter", LEAST)


def says_most(opened):
    vote(opened, "voter", MOST)


def another_says_most(opened):
    vote(opened, "other", MOST)


def routes(world):
    """Every address of the product, and those of rounds once more for the open one."""
    for name, (method, arguments, _sent, _) in ROUTES.items():
        yield name, method, reverse(name, kwargs={k: world.get(v, v) for k, v in arguments.items()})
    of_open = C | {"pk": world["open"]}
    yield "round", "get", reverse("confidence_round", kwargs=of_open)
    yield "close", "post", reverse("confidence_close", kwargs=of_open)
    yield "vote", "post", reverse("confidence_vote", kwargs=of_open)
    yield "searched", "get", f"{reverse('search')}?q=rehearsal"


def answer(client, method, url, sent, *, follow=True, **headers):
    """What a request brings, status, headers and body, without what is random; nothing stays of
    what it wrote."""
    try:
        with transaction.atomic():
            response = getattr(client, method)(url, sent, **headers)
            body = response.getvalue()
            # The page that one is sent to says what was written.
            if follow and response.status_code == 302 and response["Location"].startswith("/"):
                body += client.get(response["Location"]).getvalue()
            raise Undo
    except Undo:
        pass
    told = {k: v for k, v in response.items() if k not in ("X-Request-Id", "Set-Cookie")}
    body = body.replace(response["X-Request-Id"].encode(), b"")
    kept = (response.status_code, sorted(told.items()), body)
    return SECRETS.sub(b"", repr(kept).encode("unicode_escape").replace(b'\\"', b'"'))


def everything(world, actor, only=""):
    sent = {name: route[2] for name, route in ROUTES.items()}
    client, brought = client_of(actor), {}
    for name, method, url in routes(world):
        if name not in AT_RANDOM and re.match(only, name):
            own = client_of(actor) if name in ("login", "logout") else client
            # Who closes a round may see what came of it.
            follow = name != "close"
            brought[f"{name} {url}"] = answer(own, method, url, sent.get(name, {}), follow=follow)
    return brought


def differing(before, after):
    return [name for name in before if before[name] != after[name]]


@pytest.mark.one_database
@pytest.mark.parametrize("actor", ACTORS)
def test_no_page_tells_what_a_vote_says_or_whose_it_is(world, asked, actor):
    brought = []
    for act in (says_least, another_says_most):
        try:
            with transaction.atomic():
                act(asked)
                brought.append(everything(world, actor))
                raise Undo
        except Undo:
            pass
    least, most = brought

    assert len(least) > 100
    assert differing(least, most) == []


def test_the_comparison_would_see_a_vote(world, asked):
    """Who voted sees the own vote: so a difference does come out, and there only."""
    says_least(asked)
    before = everything(world, "voter", "confidence|round|vote")
    says_most(asked)

    found = differing(before, everything(world, "voter", "confidence|round|vote"))

    # The page itself, and where it answers something else, too.
    assert {name.split()[0] for name in found} == {"confidence_list", "confidence_vote", "round"}


def test_no_file_and_no_frozen_report_tells(world, asked):
    def files():
        report = build_gap_report(asked.component, LATER)
        return [freeze(report), *(each.render(report) for each in FORMATS.values())]

    says_least(asked)
    before = files()
    says_most(asked)

    assert files() == before
    # What they do say is of the round that is closed.
    assert b"3 of " in FORMATS["md"].render(build_gap_report(asked.component, LATER))


def test_no_answer_by_token_tells(world, asked):
    by = User.objects.get(username="admin")
    _, text = create_token(team=asked.component.team, name="Other", expires_at=None, by=by, now=NOW)
    found = [route for route in routes(world) if route[0].startswith("api_")]

    def answers():
        headers = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
        brought = [answer(Client(), method, url, {}, **headers) for _, method, url in found]
        # The key of a run that was taken back is not given again.
        return [re.sub(rb'(runs/|run": )\d+', b"", each) for each in brought]

    says_least(asked)
    before = answers()
    says_most(asked)

    assert len(found) >= 3
    assert [each for each in before if b"(401" in each] == []
    assert answers() == before


def test_no_notice_mail_or_webhook_tells(world, asked, settings):
    settings.EMAIL_IS_CONFIGURED = True
    settings.SITE_URL = "https://readiness.example.org"
    Webhook.objects.update(causes=list(Kind), created_at=NOW - timedelta(days=9))
    for user in User.objects.all():
        set_how(user=user, how=How.IMMEDIATE, now=NOW)

    def told():
        box.outbox.clear()
        with transaction.atomic():
            Notice.objects.all().delete()
            Delivery.objects.all().delete()
            collect(LATER)
            digests.plan(LATER)
            mails.send_due(LATER)
            notices = Notice.objects.order_by("key", "user")
            return (
                list(notices.values_list("key", "user", "text", "path", "at")),
                list(Delivery.objects.order_by("key").values_list("key", "body", "about")),
                sorted((mail.to, mail.subject, mail.body) for mail in box.outbox),
            )

    says_least(asked)
    before = told()
    says_most(asked)

    assert told() == before
    assert {"other", "voter"} <= {
        each.user.username for each in Notice.objects.filter(kind=Kind.ROUND_OPENED)
    }
    assert all(before)


def test_what_a_voter_is_answered_is_the_same_whatever_was_said(asked):
    url = f"{PAGE}{asked.pk}/vote/"

    brought = {
        (response.status_code, response["Location"], *map(str, get_messages(response.wsgi_request)))
        for overall in map(str, ANSWERS)
        for response in [client_of("voter").post(url, {"overall": overall, "topic-t-0": overall})]
    }
    assert len(brought) == 1
    assert asked.votes.count() == 3


def closed_of(component, *, order):
    """A closed blind round in which the same was said by others, in another order."""
    said = [LEAST, MOST, MOST | {"overall": 3, "sentence": "A second pair of eyes."}]
    people = [User.objects.get(username=name) for name in ("viewer", "editor", "approver")]
    votes = [answer | {"by": by} for answer, by in zip(said, order(people), strict=True)]
    return factory.make_round(component, votes=order(votes), by=people[1], now=LATER)


@pytest.mark.parametrize("actor", ["viewer", "editor", "approver", "admin"])
def test_after_the_close_nothing_tells_who_said_what_or_when(
    component, people, login, actor, time_machine
):
    time_machine.move_to(LATER, tick=False)
    brought, pages = [], ("", "confidence/", "confidence/{}/", "trend/")
    for order in (list, lambda each: each[::-1], lambda each: each[1:] + each[:1]):
        try:
            with transaction.atomic():
                found = closed_of(component, order=order)
                urls = [f"/components/asset-router/{page.format(found.pk)}" for page in pages]
                told = [answer(login(actor), "get", url, {}) for url in urls]
                mask = f"confidence/{found.pk}/".encode()
                brought.append([each.replace(mask, b"") for each in told])
                raise Undo
        except Undo:
            pass

    assert b"A second pair of eyes." in brought[0][2]
    assert brought[0] == brought[1] == brought[2]


class TestTheDatabaseAfterTheClose:
    @pytest.fixture
    def closed(self, asked):
        says_least(asked)
        self.before = list(asked.votes.values_list("pk", "mark"))
        self.salt = asked.salt
        actions.close_round(opened=asked, by=asked.opened_by, now=LATER)
        asked.refresh_from_db()
        return asked

    def test_holds_no_salt_and_no_voter(self, closed):
        assert len(self.salt) == 64
        assert closed.salt == ""
        assert set(closed.votes.values_list("voter", flat=True)) == {None}

    def test_finds_nobodys_vote_even_with_a_salt_that_somebody_kept(self, closed):
        then = ConfidenceRound(salt=self.salt)
        marks = {mark_of(then, user) for user in User.objects.all()}

        assert len(marks & {mark for _, mark in self.before}) == 3
        assert not ConfidenceVote.objects.filter(mark__in=marks).exists()

    def test_has_votes_under_other_keys_than_they_were_cast_with(self, closed):
        keys = [pk for pk, _ in self.before]

        assert closed.votes.count() == 3
        assert not ConfidenceVote.objects.filter(pk__in=keys).exists()

    def test_dumps_no_name_beside_a_vote(self, closed, capsys):
        call_command("dumpdata", "readiness.confidencevote")

        voter = User.objects.get(username="voter")
        dumped = capsys.readouterr().out
        assert "Never without a rehearsal." in dumped
        assert f'"voter": {voter.pk}' not in dumped

    def test_keeps_no_history_of_votes(self):
        assert not hasattr(ConfidenceVote, "history")
        assert not hasattr(ConfidenceRound, "history")


def test_the_admin_lists_no_rounds_and_no_votes():
    registered = set(admin.site._registry)

    assert registered & {ConfidenceRound, ConfidenceVote} == set()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_of_fewer_than_three_nothing_is_kept_to_be_shown(component, people, number):
    votes = [LEAST | {"by": people[name]} for name in ("viewer", "editor")[:number]]
    found = factory.make_round(component, votes=votes)

    assert found.result == {
        "voters": number,
        "members": 4,
        "mean": None,
        "spread": None,
        "overall": None,
        "topics": [],
        "sentences": [],
    }
    latest = latest_confidence([component.pk])[component.pk]
    assert (latest.voters, latest.mean, latest.spread) == (number, None, None)


@pytest.mark.parametrize("actor", ["viewer", "editor", "approver", "admin"])
def test_two_voters_learn_nothing_of_each_other(component, people, login, actor, time_machine):
    time_machine.move_to(LATER, tick=False)
    brought, pages = [], ("", "confidence/", "confidence/{}/", "trend/")
    for said in (LEAST, MOST):
        try:
            with transaction.atomic():
                votes = [LEAST | {"by": people["viewer"]}, said | {"by": people["editor"]}]
                found = factory.make_round(component, votes=votes, now=LATER)
                urls = [f"/components/asset-router/{page.format(found.pk)}" for page in pages]
                told = [answer(login(actor), "get", url, {}) for url in urls]
                brought.append(
                    [each.replace(f"confidence/{found.pk}/".encode(), b"") for each in told]
                )
                raise Undo
        except Undo:
            pass

    assert brought[0] == brought[1]


class TestAForgedVote:
    @pytest.fixture
    def send(self, component, people, login, time_machine):
        time_machine.move_to(LATER, tick=False)
        self.opened = factory.make_round(component, closed=False)

        def post(name="editor", **said):
            url = f"{PAGE}{self.opened.pk}/vote/"
            return login(name).post(url, {"overall": "4"} | said).status_code

        return post

    @pytest.mark.parametrize(
        "said", [{"overall": "6"}, {"overall": "-1"}, {"overall": "1e1"}, {"topic-t-0": "0"}]
    )
    def test_out_of_range_is_refused(self, send, said):
        assert send(**said) == 422
        assert not self.opened.votes.exists()

    def test_for_somebody_else_is_ones_own(self, send, people):
        for said in ({"by": "viewer"}, {"voter": str(people["viewer"].pk)}, {"mark": "0" * 64}):
            assert send(**said) == 302

        kept = self.opened.votes.get()
        assert kept.mark == mark_of(self.opened, people["editor"])

    def test_for_a_topic_that_was_not_asked_is_dropped(self, send):
        assert send(**{"topic-other": "5"}) == 302
        assert self.opened.votes.get().by_topic == {}

    def test_twice_is_once(self, send):
        assert [send(overall=each) for each in "135"] == [302] * 3
        assert self.opened.votes.get().overall == 5

    def test_after_the_close_is_refused_and_changes_nothing(self, send, people):
        send()
        actions.close_round(opened=self.opened, by=people["editor"], now=LATER)
        kept = list(self.opened.votes.values())

        assert send(overall="1") == 409
        assert list(self.opened.votes.values()) == kept

    def test_by_who_is_no_member_is_refused(self, send):
        assert send("stranger") == 404
        Component.objects.update(visible_to_organisation=True)
        assert send("stranger") == 403
        assert not self.opened.votes.exists()
