from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from readiness.models import Component, ConfidenceRound, Membership, User
from tests import factory
from tests.factory import NOW

PAGE = "/components/asset-router/confidence/"
OPEN = f"{PAGE}open/"
FULL = {"overall": 2, "by_topic": {"t-0": 1, "t-1": 4}, "sentence": "Practise <a roll-back>."}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)


def html_of(response):
    return response.content.decode()


def sent(**said):
    least = {"question": "Would you?", "closes_at": "2026-11-24T12:00", "names": "blind"}
    return least | said


@pytest.fixture
def opened(component, people):
    return factory.make_round(component, closed=False, by=people["editor"])


class TestOpening:
    def test_asks_the_team(self, editor, component):
        topics = component.catalog.topics.all()

        response = editor.post(OPEN, sent(topics=[topics[0].pk]), follow=True)

        assert response.redirect_chain == [(PAGE, 302)]
        found = ConfidenceRound.objects.get()
        assert (found.question, found.is_named) == ("Would you?", False)
        assert list(found.topics.all()) == [topics[0]]
        html = html_of(response)
        assert "Open. The members of the team are told." in html
        assert "open until 24 November 2026, 12:00" in html
        assert "0 of 4 members have answered" in html

    def test_proposes_a_question_three_days_and_every_topic(self, editor, component):
        html = html_of(editor.get(OPEN))

        assert 'value="Would you be on call for this tonight?"' in html
        assert 'value="2026-11-23T13:00"' in html
        assert len(re.findall(r'name="topics"[^>]* checked', html)) == 2
        assert re.search(r'value="blind"[^>]* checked', html)

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"question": ""}, "This field is required."),
            ({"closes_at": "2026-11-20T12:00"}, "This has passed"),
            ({"closes_at": "2027-11-20T12:00"}, "Ask for 90 days at most"),
            ({"closes_at": "soon"}, "Give a day and a time"),
            ({"closes_at": "9999-12-31T23:59"}, "Give a day and a time"),
            ({"names": "both"}, "Select a valid choice"),
            ({"topics": ["999999"]}, "Select a valid choice"),
            ({"topics": ["9" * 40]}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_shown(self, editor, component, said, words):
        response = editor.post(OPEN, sent(**said))

        assert response.status_code == 422
        assert words in html_of(response)
        assert not ConfidenceRound.objects.exists()

    def test_who_comes_second_is_told_and_loses_nothing(self, login, opened):
        response = login("admin").post(OPEN, sent(question="Mine?"))

        assert response.status_code == 409
        assert "Editor has a round open: Tonight? One at a time." in html_of(response)
        assert 'value="Mine?"' in html_of(response)

    def test_a_viewer_opens_none(self, login, component):
        assert login("viewer").get(OPEN).status_code == 403
        assert "Open a round" not in html_of(login("viewer").get(PAGE))


class TestVoting:
    def vote(self, client, opened, **said):
        return client.post(f"{PAGE}{opened.pk}/vote/", {"overall": "4"} | said, follow=True)

    def test_a_viewer_votes_and_sees_only_that_one_more_has(self, login, opened):
        viewer, editor = login("viewer"), login("editor")

        said = {"topic-t-0": "2", "topic-t-1": "", "sentence": " More\r\n drills. "}
        response = self.vote(viewer, opened, **said)

        assert response.redirect_chain == [(PAGE, 302)]
        kept = opened.votes.get()
        assert (kept.overall, kept.by_topic, kept.sentence) == (4, {"t-0": 2}, "More drills.")
        assert kept.voter is None
        own, other = html_of(response), html_of(editor.get(PAGE))
        assert re.findall(r'name="([a-z0-9-]+)" value="(\d)"[^>]* checked', own) == [
            ("overall", "4"),
            ("topic-t-0", "2"),
        ]
        assert "More drills." in own
        assert "1 of 4 members has answered" in other
        assert "More drills." not in other
        assert re.findall(r'value="\d"[^>]* checked', other) == []

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"overall": ""}, "Choose one of the five."),
            ({"overall": "6"}, "From 1 to 5."),
            ({"overall": "0"}, "From 1 to 5."),
            ({"overall": "4.5"}, "From 1 to 5."),
            ({"topic-t-0": "9"}, "From 1 to 5."),
            ({"sentence": "x" * 501}, "at most 500 characters"),
        ],
    )
    def test_what_is_wrong_is_shown(self, editor, opened, said, words):
        response = self.vote(editor, opened, **said)

        assert response.status_code == 422
        assert words in html_of(response)
        assert not opened.votes.exists()

    def test_a_topic_that_was_not_asked_is_not_kept(self, editor, opened):
        self.vote(editor, opened, **{"topic-elsewhere": "5", "topic-": "5", "by_topic": "5"})

        assert opened.votes.get().by_topic == {}

    def test_nobody_votes_late(self, editor, opened, time_machine):
        time_machine.move_to(opened.closes_at, tick=False)

        for said in ({}, {"overall": "9"}):
            response = self.vote(editor, opened, **said)
            assert response.status_code == 409
            assert "This round is closed. Your answers were not kept." in html_of(response)
        assert not opened.votes.exists()

    def test_who_only_may_read_does_not_vote(self, login, opened):
        Component.objects.update(visible_to_organisation=True)
        stranger = login("stranger")

        assert "Members of Edge team answer here." in html_of(stranger.get(PAGE))
        assert self.vote(stranger, opened).status_code == 403

    def test_who_runs_the_installation_votes_only_as_a_member(self, login, people, opened):
        User.objects.filter(username="stranger").update(is_superuser=True)
        assert self.vote(login("stranger"), opened).status_code == 403

        Membership.objects.create(team=opened.component.team, user=people["stranger"])
        assert self.vote(login("stranger"), opened).status_code == 200

    def test_of_an_archived_component_nobody_is_asked(self, editor, opened):
        Component.objects.update(archived_at=NOW)

        assert self.vote(editor, opened).status_code == 403
        assert "Keep my answers" not in html_of(editor.get(PAGE))

    def test_a_round_of_another_component_is_not_found_here(self, editor, component):
        other = factory.make_component(slug="other", team=component.team)
        elsewhere = factory.make_round(other, closed=False)

        assert self.vote(editor, elsewhere).status_code == 404
        assert editor.get(f"{PAGE}{elsewhere.pk}/").status_code == 404

    def test_the_page_is_kept_nowhere(self, editor, opened):
        assert "no-store" in editor.get(PAGE)["Cache-Control"]


class TestClosing:
    @pytest.mark.parametrize(
        ("who", "may"), [("viewer", False), ("editor", True), ("approver", True)]
    )
    def test_who_opened_it_and_approvers_may(self, login, opened, who, may):
        client = login(who)
        assert ("Close the round now" in html_of(client.get(PAGE))) is may

        response = client.post(f"{PAGE}{opened.pk}/close/", follow=True)

        opened.refresh_from_db()
        assert response.status_code == (200 if may else 403)
        assert (opened.closed_at is not None) is may

    def test_whoever_opened_it_and_left_may_not(self, editor, people, opened):
        Component.objects.update(visible_to_organisation=True)
        Membership.objects.filter(user=people["editor"]).delete()

        assert "Close the round now" not in html_of(editor.get(PAGE))
        assert editor.post(f"{PAGE}{opened.pk}/close/").status_code == 403

    def test_of_an_archived_component_only_its_time_closes_it(self, login, opened):
        Component.objects.update(archived_at=NOW)

        for name in ("editor", "approver"):
            assert "Close the round now" not in html_of(login(name).get(PAGE))
            assert login(name).post(f"{PAGE}{opened.pk}/close/").status_code == 403
        assert ConfidenceRound.objects.get().closed_at is None

    def test_a_second_time_is_told(self, editor, opened):
        editor.post(f"{PAGE}{opened.pk}/close/")
        response = editor.post(f"{PAGE}{opened.pk}/close/")

        assert response.status_code == 409
        assert "This round was closed already." in html_of(response)

    def test_a_page_that_is_looked_at_closes_nothing(self, editor, opened, time_machine):
        time_machine.move_to(opened.closes_at, tick=False)

        assert "Too few answered" in html_of(editor.get(PAGE))
        assert "Nobody answered." in html_of(editor.get(f"{PAGE}{opened.pk}/"))
        opened.refresh_from_db()
        assert (opened.closed_at, opened.result) == (None, None)


class TestResult:
    def page(self, client, found):
        return html_of(client.get(f"{PAGE}{found.pk}/"))

    def test_shows_how_often_each_answer_was_given_and_where_people_hesitate(
        self, editor, component
    ):
        found = factory.make_round(component, votes=[FULL, FULL, FULL | {"overall": 5}])

        html = self.page(editor, found)

        assert re.findall(
            r'<th scope="row">(\d) [^<]+</th><td class="answer-bars">.*?<td>(\d)', html
        ) == [
            ("1", "0"),
            ("2", "2"),
            ("3", "0"),
            ("4", "0"),
            ("5", "1"),
        ]
        assert "<b>3.0</b> of 5 on average, spread 1.7" in html
        assert 'aria-label="1: 3, 2: 0, 3: 0, 4: 0, 5: 0"' in html
        assert 'href="/components/asset-router/?topic=t-0"' in html
        assert "?topic=t-1" not in html
        assert html.count("<p>Practise &lt;a roll-back&gt;.</p>") == 3

    def test_of_two_voters_shows_nothing(self, editor, component):
        found = factory.make_round(component, votes=[FULL, FULL])

        html = self.page(editor, found)

        assert "Too few answered to show anything." in html
        assert "2 of 6 members answered" in html
        assert "Practise" not in html
        assert "Topic 0" not in html
        assert "<table" not in html

    def test_with_names_says_who_said_what(self, editor, component):
        voter = factory.make_user("grace", team=component.team)
        found = factory.make_round(component, is_named=True, votes=[FULL | {"by": voter}])

        html = self.page(editor, found)

        assert '<th scope="row">Grace</th><td data-label="Overall">2</td>' in html
        assert "Topic 0: 1" in html
        assert "Practise &lt;a roll-back&gt;." in html

    def test_a_sentence_becomes_a_requirement(self, login, component):
        found = factory.make_round(component, votes=[FULL, 3, 4])

        href = re.search(r'<a href="([^"]+criteria/new/[^"]+)"', self.page(login("editor"), found))
        assert href
        form = html_of(login("editor").get(unescape(href[1])))
        assert 'value="Practise &lt;a roll-back&gt;."' in form
        assert "asked how confident they are, 20 November 2026: Practise" in form
        assert "criteria/new/" not in self.page(login("viewer"), found)

    def test_blind_says_no_name_of_a_voter(self, editor, component):
        voter = factory.make_user("grace", team=component.team)
        votes = [FULL | {"by": voter}, FULL, FULL]

        assert "Grace" not in self.page(editor, factory.make_round(component, votes=votes))

    def test_an_open_round_shows_no_result(self, editor, opened):
        response = editor.get(f"{PAGE}{opened.pk}/")

        assert (response.status_code, response["Location"]) == (302, PAGE)


class TestOverTime:
    def test_rounds_stand_in_a_list_and_a_chart(self, editor, component, people):
        factory.make_round(component, votes=[1, 2, 3], now=NOW - timedelta(days=20))
        factory.make_round(component, votes=[1, 1], now=NOW - timedelta(days=10))
        factory.make_round(component, votes=[4, 4, 5])
        factory.make_milestone(component, by=people["editor"])
        factory.make_incident(component)

        html = html_of(editor.get(PAGE))

        assert html.count('<svg class="trend"') == 1
        assert html.count('class="trend-mean"') == 2
        assert "31 October 2026: mean 2.0, spread 1.0, 3 of 3 answered" not in html
        assert "mean 2.0, spread 1.0, 3 of 7 answered" in html
        assert "mean: 4.3 of 5" in html
        assert html.count('class="trend-milestone"') == 1
        assert html.count('class="trend-incident"') == 1
        assert "Too few answered to show anything." in html

    def test_the_trend_has_them_as_a_table(self, editor, component):
        factory.make_round(component, votes=[1, 1], now=NOW - timedelta(days=10))
        factory.make_round(component, votes=[4, 4, 5])

        html = html_of(editor.get("/components/asset-router/trend/"))

        assert html.count('<svg class="trend"') == 1
        assert "<td>3 of 9</td><td>4.3</td><td>0.6</td>" in html
        assert "<td>2 of 6</td><td>too few answered</td><td></td>" in html

    def test_before_anybody_asked_the_page_says_what_belongs_there(self, login, component):
        assert f'href="{OPEN}"' in html_of(login("editor").get(PAGE))
        html = html_of(login("viewer").get(PAGE))
        assert "Nobody was asked yet." in html
        assert OPEN not in html

    def test_the_gap_report_says_it_in_a_line(self, editor, component):
        report = "/components/asset-router/"
        assert "how confident" not in html_of(editor.get(report))

        factory.make_round(component, votes=[4, 4, 5])

        html = html_of(editor.get(report))
        assert "4.3 of 5 on average, spread 0.6; 3 of 7 answered." in html
        assert f'<a href="{PAGE}">See 1 round</a>' in html


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_as_many_queries_for_many_rounds_and_votes(
    editor, component, number, django_assert_num_queries
):
    for ago in range(min(number, 20), 0, -1):
        factory.make_round(component, votes=[3, 4, 4], now=NOW - timedelta(days=2 * ago))
    factory.make_round(component, closed=False, votes=[3] * number)

    with django_assert_num_queries(13):
        editor.get(PAGE)


@pytest.mark.parametrize("number", [1, 3, 75])
def test_a_round_takes_as_many_queries_for_many_votes(
    editor, component, number, django_assert_num_queries
):
    found = factory.make_round(component, is_named=True, votes=[FULL] * number)

    with django_assert_num_queries(5):
        editor.get(f"{PAGE}{found.pk}/")
