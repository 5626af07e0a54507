"""The pages of drills: what they show, refuse, and cost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from readiness.drills.actions import add_finding, retire_scenario
from readiness.drills.stamps import press
from readiness.models import Comment, Criterion, Drill, DrillEntry, DrillScenario, User
from tests import factory

DRILLS = "/components/asset-router/drills/"
HTMX = {"HX-Request": "true", "HX-Target": "drill-state"}


@pytest.fixture
def drill(component, rollback, now, editor):
    return factory.make_drill(component, outcome="", scenario=rollback, ended_at=now)


@pytest.fixture
def ada(editor):
    return User.objects.get(username="editor")


def html_of(client, path):
    return client.get(DRILLS + path).content.decode()


def plan(scenario, **values):
    return {"scenario": scenario.pk, "planned_for": "2027-01-31T10:00"} | values


class TestList:
    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_ten_queries(
        self, component, editor, rollback, now, number, django_assert_num_queries
    ):
        ada = User.objects.get(username="editor")
        for n in range(number):
            ended = now - timedelta(days=n)
            factory.make_drill(component, ended_at=ended, scenario=rollback, people={ada: ""})
            factory.make_drill(component, ended_at=now, outcome="", people={ada: "watches"})

        with django_assert_num_queries(10):
            html = html_of(editor, "")

        assert html.count("Editor (watches)") == number

    def test_those_that_are_over_stand_on_pages_of_25(self, component, editor, rollback, now):
        for n in range(26):
            ended = now - timedelta(days=n)
            factory.make_drill(component, ended_at=ended, scenario=rollback, summary=f"Day {n}.")

        first, second = html_of(editor, ""), html_of(editor, "?page=2")

        assert (first.count('<p class="small">Day'), "Page 1 of 2, 26 drills" in first) == (
            25,
            True,
        )
        assert ("Day 25." in first, "Day 25." in second) == (False, True)

    def test_what_comes_next_stands_on_top(self, component, editor, rollback, now):
        later = factory.make_drill(component, outcome="", ended_at=now + timedelta(days=9))
        sooner = factory.make_drill(component, outcome="", ended_at=now + timedelta(days=2))
        done = factory.make_drill(component, ended_at=now)

        html = html_of(editor, "")

        places = [html.index(f'href="{DRILLS}{each.pk}/"') for each in (sooner, later)]
        assert places == sorted(places)
        assert places[1] < html.index("How fresh it is") < html.rindex(f'{DRILLS}{done.pk}/"')

    def test_an_empty_one_offers_the_library(self, editor, rollback):
        html = html_of(editor, "")

        assert "Nothing is rehearsed yet." in html
        assert f'href="{DRILLS}plan/?scenario=roll-back"' in html

    def test_without_a_library_it_says_how_to_load_it(self, editor):
        assert "load_catalog fixtures/scenarios/*.yaml" in html_of(editor, "")

    def test_a_reader_is_offered_no_form(self, login, rollback):
        assert f"{DRILLS}plan/" not in html_of(login("viewer"), "")


class TestDetail:
    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_eleven_queries(
        self, component, editor, drill, ada, now, number, django_assert_num_queries
    ):
        requirement = component.requirements.first()
        for n in range(number):
            common = {"drill": drill, "by": ada, "now": now}
            add_finding(text=f"Finding {n}.", requirement=requirement, **common)
            press(key=uuid.uuid4(), kind="note", text="So.", age=timedelta(), **common)

        with django_assert_num_queries(11):
            html = html_of(editor, f"{drill.pk}/")

        assert html.count("Post as a comment") == number

    def test_shows_durations_against_the_error_budget(self, editor, component, rollback, now):
        type(component).objects.update(
            availability_target=Decimal("99.99"), availability_window_days=30
        )
        after = {"noticed": timedelta(seconds=60), "mitigated": timedelta(seconds=120)}
        drill = factory.make_drill(component, scenario=rollback, ended_at=now, after=after)

        html = " ".join(html_of(editor, f"{drill.pk}/").split())

        assert "<dt>To notice</dt>" in html
        assert "<b>46&nbsp;%</b> of the 30-day error budget of 4 min 19 s" in html
        assert "1 min after the one before" in html

    def test_says_that_a_later_one_counts(self, editor, component, rollback, now):
        old = factory.make_drill(component, outcome="failed", ended_at=now - timedelta(days=5))
        assert "failed until a later one passes" in html_of(editor, f"{old.pk}/")

        new = factory.make_drill(component, ended_at=now)

        assert "failed until" not in html_of(editor, f"{old.pk}/")
        assert "fresh today" in html_of(editor, f"{new.pk}/")

    def test_of_a_retired_scenario_proves_nothing_and_says_so(
        self, editor, component, rollback, now
    ):
        drill = factory.make_drill(component, ended_at=now, scenario=rollback)
        retire_scenario(scenario=rollback, now=now)

        html = html_of(editor, f"{drill.pk}/")

        assert "proves nothing: its scenario is retired" in html
        assert "fresh today" not in html
        assert "Plan the next one" not in html

    def test_findings_are_answered(self, editor, component, drill):
        requirement = component.requirements.first()
        path = f"{DRILLS}{drill.pk}/"
        editor.post(f"{path}findings/", {"text": "No alarm.", "requirement": requirement.pk})
        finding = drill.findings.get()
        assert 'class="tag open">open' in html_of(editor, f"{drill.pk}/")

        editor.post(f"{path}findings/{finding.pk}/comment/")
        assert Comment.objects.get().text == "No alarm."
        assert 'class="tag">answered' in html_of(editor, f"{drill.pk}/")

        ticket = f"{path}findings/{finding.pk}/ticket/"
        refused = editor.post(ticket, {"ticket_url": "javascript:alert(1)"})
        assert refused.status_code == 422
        editor.post(ticket, {"ticket_url": "https://tickets.example/1"})
        assert 'href="https://tickets.example/1"' in html_of(editor, f"{drill.pk}/")

    @pytest.mark.parametrize("url", ["ftp://tickets.example/1", "javascript:alert(1)", "4711 "])
    def test_a_ticket_is_an_address_of_the_web(self, editor, component, drill, ada, now, url):
        finding = add_finding(drill=drill, text="Slow.", requirement=None, by=ada, now=now)

        path = f"{DRILLS}{drill.pk}/findings/{finding.pk}/ticket/"
        response = editor.post(path, {"ticket_url": url})

        finding.refresh_from_db()
        assert (response.status_code, finding.ticket_url) == (422, "")

    def test_an_empty_finding_is_refused(self, editor, drill):
        response = editor.post(f"{DRILLS}{drill.pk}/findings/", {"text": " "})

        assert response.status_code == 422
        assert "Say what it taught." in response.content.decode()

    def test_is_finished_once(self, editor, drill):
        path = f"{DRILLS}{drill.pk}/finish/"
        editor.post(path, {"version": 1, "outcome": "passed", "summary": "Theirs."})

        response = editor.post(path, {"version": 1, "outcome": "failed", "summary": "Mine."})

        assert response.status_code == 409
        assert "Theirs." in response.content.decode()
        assert "Mine." in response.content.decode()
        assert Drill.objects.get().outcome == "passed"

    def test_of_another_component_is_not_found(self, editor, component):
        other = factory.make_component(slug="other")
        drill = factory.make_drill(other)

        assert editor.get(f"{DRILLS}{drill.pk}/").status_code == 404


class TestRunMode:
    def press(self, client, drill, kind="started", *, headers=HTMX, **values):
        sent = {"key": str(uuid.uuid4()), "kind": kind, "age": "0"} | values
        return client.post(f"{DRILLS}{drill.pk}/entries/", sent, headers=headers)

    def test_works_without_script(self, editor, drill):
        assert 'name="kind" value="started"' in html_of(editor, f"{drill.pk}/run/")

        response = self.press(editor, drill, headers={}, age="")
        self.press(editor, drill, "note", headers={}, text="So it is.")

        assert response["Location"] == f"{DRILLS}{drill.pk}/run/"
        html = html_of(editor, f"{drill.pk}/run/")
        assert "So it is." in html
        assert 'name="kind" value="started"' not in html

    def test_the_answer_is_the_drill_as_it_is(self, editor, drill):
        key = str(uuid.uuid4())
        response = self.press(editor, drill, key=key, age="65000")

        html = response.content.decode()
        assert response.status_code == 200
        assert "<html" not in html
        assert f'data-key="{key}"' in html
        assert "data-runs" in html
        entry = DrillEntry.objects.get()
        assert entry.received_at - entry.at == timedelta(seconds=65)

    def test_whoever_has_seen_all_gets_nothing(self, editor, drill, django_assert_num_queries):
        html = self.press(editor, drill).content.decode()
        seen = html.split('data-seen="')[1].split('"')[0]
        path = f"{DRILLS}{drill.pk}/entries/"

        with django_assert_num_queries(5):
            assert editor.get(path, {"seen": seen}, headers=HTMX).status_code == 204
        self.press(editor, drill, "noticed")

        assert "after 0 s" in editor.get(path, {"seen": seen}, headers=HTMX).content.decode()

    def test_the_second_is_told_whose_stands(self, editor, login, drill):
        self.press(login("admin"), drill, "noticed")
        html = self.press(editor, drill, "noticed").content.decode()
        self.press(editor, drill, "noticed", headers={})

        assert 'data-told="Admin had stamped' in html
        assert "Admin had stamped" in html_of(editor, f"{drill.pk}/run/")

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"kind": "note", "text": " "}, "Say something"),
            ({"kind": "lunch"}, "not one of the available choices"),
            ({"key": "1"}, "Enter a valid UUID"),
            ({"age": "NaN"}, "Give milliseconds."),
        ],
    )
    def test_nonsense_is_refused_and_told(self, editor, drill, wrong, says):
        response = self.press(editor, drill, **{"text": "x"} | wrong)

        assert response.status_code == 422
        assert says in response.content.decode()
        assert not DrillEntry.objects.exists()

    def test_an_age_without_end_is_no_error(self, editor, drill):
        assert self.press(editor, drill, age="1e300").status_code == 200
        assert self.press(editor, drill, "noticed", age="-1e300").status_code == 200

    def test_a_session_that_ended_leads_to_the_login_and_back(self, drill):
        run = f"http://testserver{DRILLS}{drill.pk}/run/"
        response = self.press(Client(), drill, headers=HTMX | {"HX-Current-URL": run})

        assert response.status_code == 204
        assert response["HX-Redirect"] == f"/login/?next={DRILLS}{drill.pk}/run/"

    def test_a_stamp_is_struck_out_and_let_stand_again(self, editor, drill):
        self.press(editor, drill)
        entry = DrillEntry.objects.get()
        path = f"{DRILLS}{drill.pk}/entries/{entry.pk}/"

        html = editor.post(f"{path}strike/", headers=HTMX).content.decode()
        assert "struck out by Editor" in html
        html = editor.post(f"{path}restore/", headers=HTMX).content.decode()
        assert "struck out by" not in html

    def test_a_reader_looks_on(self, login, drill):
        html = html_of(login("viewer"), f"{drill.pk}/run/")

        assert "data-stamp" not in html
        assert "not stamped" in html

    def test_when_it_is_over_nothing_is_to_be_pressed(self, editor, component, rollback):
        html = html_of(editor, f"{factory.make_drill(component).pk}/run/")

        assert "The drill is over: passed." in html
        assert 'data-stamp="noticed"' not in html


class TestMatrix:
    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries(
        self, component, editor, rollback, number, django_assert_num_queries
    ):
        for n in range(number):
            user = factory.make_user(f"p{n}", team=component.team)
            factory.make_scenario(f"s-{n}")
            factory.make_drill(component, scenario=rollback, people={user: "watches"})

        with django_assert_num_queries(6):
            html = html_of(editor, "people/")

        assert html.count("<small>watches</small>") == number

    def test_tonights_on_call(self, component, editor, rollback):
        html = html_of(editor, "people/?who=admin")

        assert "has never done: roll back." in html
        assert '<th scope="row">Viewer' not in html
        assert "Nobody of the team" in html_of(editor, "people/?who=nobody")

    def test_lists_nobody_who_can_no_longer_sign_in(self, editor, rollback):
        User.objects.filter(username="viewer").update(is_active=False)

        html = html_of(editor, "people/")

        assert ('value="admin"' in html, 'value="viewer"' in html) == (True, False)


class TestScenarios:
    SENT = {  # noqa: RUF012
        "title": "Unplug it", "operation": "Unplug", "purpose": "P.", "steps": "S.",
        "term_days": "30",
    }  # fmt: skip

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_take_five_queries(self, editor, component, number, django_assert_num_queries):
        for n in range(number):
            factory.make_scenario(f"s-{n}", "c-0-0")

        with django_assert_num_queries(5):
            html = html_of(editor, "scenarios/")

        assert html.count("Criterion 0.0") == number

    def test_of_our_own_are_added_edited_and_retired(self, editor, component):
        editor.post(f"{DRILLS}scenarios/new/", self.SENT)
        made = DrillScenario.objects.get()
        assert (made.component, made.operation, made.term_days) == (component, "unplug", 30)

        path = f"{DRILLS}scenarios/{made.slug}/"
        seen = editor.get(f"{path}edit/").context["seen"]
        editor.post(f"{path}edit/", self.SENT | {"title": "Pull it", "seen": seen})
        assert "Pull it" in editor.get(path).content.decode()

        editor.post(f"{path}retire/")
        html_of(editor, "scenarios/")  # which says so
        assert "Pull it" not in html_of(editor, "plan/")
        assert "retired" in editor.get(path).content.decode()
        assert editor.get(f"{path}edit/").status_code == 404

    def test_of_our_own_keep_a_criterion_that_was_retired_since(self, editor, component):
        ours = factory.make_scenario("unplug", "c-0-0", component=component)
        Criterion.objects.filter(slug="c-0-0").update(retired_at=factory.NOW)
        path = f"{DRILLS}scenarios/unplug/edit/"
        page = editor.get(path).context

        kept = [criterion.pk for criterion in ours.criteria.all()]
        sent = self.SENT | {"seen": page["seen"], "criteria": kept}
        assert editor.post(path, sent).status_code == 302
        assert [each.slug for each in ours.criteria.all()] == ["c-0-0"]

    def test_of_two_who_edit_the_second_sees_both_texts(self, editor, component):
        editor.post(f"{DRILLS}scenarios/new/", self.SENT)
        path = f"{DRILLS}scenarios/{DrillScenario.objects.get().slug}/edit/"
        seen = editor.get(path).context["seen"]
        editor.post(path, self.SENT | {"title": "Pull it", "seen": seen})

        second = editor.post(path, self.SENT | {"title": "Cut it", "seen": seen})

        html = second.content.decode()
        assert second.status_code == 409
        assert "It now says: “Pull it”" in html
        assert 'value="Cut it"' in html
        assert DrillScenario.objects.get().title == "Pull it"
        again = {"title": "Cut it", "seen": second.context["seen"]}
        assert editor.post(path, self.SENT | again).status_code == 302

    def test_of_our_own_say_what_is_missing(self, editor):
        response = editor.post(
            f"{DRILLS}scenarios/new/", self.SENT | {"steps": " ", "purpose": "", "term_days": "0"}
        )

        assert response.status_code == 422
        for says in ("Say what is done", "Say why, in a sentence.", "greater than or equal to 1"):
            assert says in response.content.decode()

    def test_of_the_library_are_not_edited(self, editor, rollback):
        assert editor.get(f"{DRILLS}scenarios/roll-back/edit/").status_code == 404
        assert editor.post(f"{DRILLS}scenarios/roll-back/retire/").status_code == 404
        assert "Roll back" in html_of(editor, "scenarios/roll-back/")


def test_the_open_row_says_what_was_practised(editor, component, rollback, now):
    path = "/components/asset-router/requirements/c-0-0/"
    assert "Practised" not in editor.get(path).content.decode()
    drill = factory.make_drill(component, ended_at=now - timedelta(days=12))

    html = editor.get(path).content.decode()

    assert f'href="{DRILLS}{drill.pk}/">Roll back</a>, passed' in html
    assert "12 d ago" in html
    assert "fresh" in html
