"""Criteria that a component has for itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from readiness.catalog.forms import question_of
from readiness.catalog.own import actions
from readiness.catalog.schema import CatalogFileError
from readiness.components.actions import (
    archive_component,
    edit_requirement,
    restore_component,
)
from readiness.decisions.queries import inheritable
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.milestones.compare import Way, compare
from readiness.milestones.frozen import freeze, thaw
from readiness.models import Component, Criterion, Requirement, Topic, User
from readiness.reports.data import render_json, report_data
from readiness.reports.gap_report import build_gap_report
from readiness.revisit.record import entries_of
from tests import factory
from tests.catalog.test_loader import catalog, criterion, loading  # noqa: F401 - a fixture
from tests.factory import NOW
from tests.reports.test_data import SCHEMA_FILE

LIST = "/components/asset-router/criteria/"
TITLE = "The night shift rolled back once"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def form(**sent):
    topic = Topic.objects.get(slug="t-1").pk
    said = {"title": TITLE, "topic": topic, "why": "It asked for it.", "evidence": "A drill."}
    return said | {"weight": "4", "statement": "The night shift of the router did."} | sent


def slugs(component):
    return set(component.requirements.values_list("criterion__slug", flat=True))


class TestCreate:
    def test_makes_criterion_revision_and_requirement_with_its_history(self, editor, component):
        response = editor.post(f"{LIST}new/", form())

        own = Criterion.objects.get(component=component)
        requirement = own.requirements.get()
        assert own.slug == f"own-{component.pk}-the-night-shift-rolled-back-once"
        assert response["Location"] == f"/components/asset-router/requirements/{own.slug}/"
        assert (own.title, own.topic.slug, own.weight, own.live_check) == (TITLE, "t-1", 4, "none")
        assert own.question == "Is it so: The night shift rolled back once?"
        revision = own.revisions.get()
        assert (revision.revision, revision.title, revision.loaded_at) == (1, TITLE, NOW)
        assert (requirement.component, requirement.weight) == (component, 4)
        assert requirement.statement == "The night shift of the router did."
        assert (requirement.standing, requirement.criterion_revision) == ("undecided", 1)
        assert requirement.history.get().history_user.username == "editor"

    def test_begins_with_what_the_address_says(self, editor, component):
        said = "title=Who+is+called&topic=t-1&why=Nobody+knew.&statement=The+router&topic=t-1"
        html = editor.get(f"{LIST}new/?{said}").content.decode()

        topic = Topic.objects.get(slug="t-1")
        assert 'value="Who is called"' in html
        assert f'<option value="{topic.pk}" selected>' in html
        assert ("Nobody knew.</textarea>" in html, "The router</textarea>" in html) == (True, True)

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"title": " "}, "This field is required."),
            ({"title": "x" * 161}, "at most 160 characters"),
            ({"why": ""}, "This field is required."),
            ({"why": "x" * 2001}, "at most 2000 characters"),
            ({"evidence": ""}, "This field is required."),
            ({"weight": "6"}, "not one of the available choices"),
            ({"topic": "999999"}, "not one of the available choices"),
            ({"topic": ""}, "This field is required."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, component, sent, says):
        response = editor.post(f"{LIST}new/", form(question="Typed by hand?") | sent)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert 'value="Typed by hand?"' in html
        assert not Criterion.objects.exclude(component=None).exists()

    def test_offers_the_topics_of_its_catalog_only(self, editor, component):
        other = factory.make_catalog(slug="other", topics=0)
        foreign = other.topics.create(slug="elsewhere", name="E", question="Why?", position=0)

        assert editor.post(f"{LIST}new/", form(topic=foreign.pk)).status_code == 422

    @pytest.mark.parametrize("title", [TITLE, "Über Nacht größer"])
    def test_sent_twice_makes_one(self, editor, component, title):
        editor.post(f"{LIST}new/", form(title=title))

        again = editor.post(f"{LIST}new/", form(title=title.swapcase()))

        assert (again.status_code, "of this title already" in again.content.decode()) == (422, True)
        assert Criterion.objects.filter(component=component).count() == 1

    def test_two_components_may_have_the_same_each_its_own(self, editor, component):
        other = factory.make_component(slug="other")

        mine, theirs = factory.make_own_criterion(component), factory.make_own_criterion(other)

        assert mine.slug != theirs.slug
        assert (mine.slug in slugs(other), theirs.slug in slugs(component)) == (False, False)

    def test_one_without_letters_has_an_address_too(self, editor, component):
        own = factory.make_own_criterion(component, title="\u8ab0\u304c?")

        assert editor.get(f"/catalog/criteria/{own.slug}/").status_code == 200

    def test_of_an_archived_component_is_refused(self, editor, component):
        archive_component(component=component, by=User.objects.earliest("pk"), now=NOW)

        assert editor.post(f"{LIST}new/", form()).status_code == 403


@pytest.mark.parametrize("length", [10, 147, 148, 160])
def test_question_of_a_title_fits_whatever_its_length(length):
    asked = question_of("x" * length)

    assert (asked.startswith("Is it so: x"), asked.endswith("?")) == (True, True)
    assert len(asked) <= 160


class TestEdit:
    def address(self, own):
        return f"{LIST}{own.slug}/edit/"

    def test_of_the_meaning_raises_the_revision_and_keeps_the_former(self, editor, component):
        own = factory.make_own_criterion(component)
        seen = actions.fingerprint(own)

        response = editor.post(self.address(own), form(why="Another reason.", seen=seen))

        own.refresh_from_db()
        assert (response.status_code, own.revision, own.why) == (302, 2, "Another reason.")
        assert [*own.revisions.values_list("revision", "why")] == [
            (2, "Another reason."),
            (1, "It asked for it."),
        ]
        assert own.topic.slug == "t-1"

    def test_of_the_topic_alone_does_not(self, editor, component):
        own = factory.make_own_criterion(component, question="Is it so: " + TITLE + "?")

        editor.post(self.address(own), form(seen=actions.fingerprint(own)))

        own.refresh_from_db()
        assert (own.topic.slug, own.revision, own.revisions.count()) == ("t-1", 1, 1)

    def test_brings_back_what_waits_for_a_changed_criterion(self, editor, component):
        own = factory.make_own_criterion(component)
        triggers = (Trigger(TriggerKind.CRITERION),)
        factory.make_decision(component, own.slug, "wont_build", triggers=triggers)

        editor.post(self.address(own), form(why="New.", seen=actions.fingerprint(own)))

        assert Requirement.objects.get(criterion=own).standing == "lapsed"

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, component):
        own = factory.make_own_criterion(component)
        seen = actions.fingerprint(own)
        editor.post(self.address(own), form(why="Their reason.", seen=seen))

        lost = editor.post(self.address(own), form(why="My reason.", seen=seen))
        html = lost.content.decode()
        own.refresh_from_db()

        assert (lost.status_code, own.why) == (409, "Their reason.")
        assert ("Their reason." in html, "My reason.</textarea>" in html) == (True, True)
        again = form(why="My reason.", seen=actions.fingerprint(own))
        assert f'name="seen" value="{again["seen"]}"' in html
        assert editor.post(self.address(own), again).status_code == 302

    def test_of_the_weight_is_its_rows_with_its_history_and_no_revision(self, editor, component):
        own = factory.make_own_criterion(component)
        page = editor.get(self.address(own)).content.decode()
        seen = actions.fingerprint(own)
        same = {name: getattr(own, name) for name in ("title", "question", "why", "evidence")}

        editor.post(self.address(own), form(**same, weight="5", seen=seen))

        own.refresh_from_db()
        requirement = own.requirements.get()
        assert '<option value="3" selected>3 of 5</option>' in page
        assert (own.weight, requirement.weight, own.revision) == (5, 5, 1)
        changes = requirement.history.values_list("weight", "history_user__username")
        assert (changes.count(), changes.first()) == (2, (5, "editor"))

    def test_of_a_weight_that_its_row_got_meanwhile_is_409_and_says_it(
        self, editor, component, people
    ):
        own = factory.make_own_criterion(component)
        seen = actions.fingerprint(own)
        edit_requirement(
            requirement=own.requirements.get(), values={"weight": 1}, version=1, by=people["admin"]
        )

        lost = editor.post(self.address(own), form(seen=seen))
        html = lost.content.decode()

        assert (lost.status_code, own.requirements.get().weight) == (409, 1)
        assert ("weight 1." in html, '<option value="4" selected>' in html) == (True, True)

    def test_into_the_title_of_another_is_refused(self, editor, component):
        factory.make_own_criterion(component, title="Taken")
        own = factory.make_own_criterion(component)

        sent = form(title="Taken", seen=actions.fingerprint(own))

        assert editor.post(self.address(own), sent).status_code == 422

    def test_of_a_criterion_of_the_catalog_is_not_found(self, editor, component):
        for step in ("edit", "retire", "restore"):
            assert editor.post(f"{LIST}c-0-0/{step}/").status_code == 404

    def test_of_another_component_is_not_found_here(self, editor, component):
        theirs = factory.make_own_criterion(factory.make_component(slug="other"))

        for step in ("edit", "retire", "restore"):
            assert editor.post(f"{LIST}{theirs.slug}/{step}/").status_code == 404


class TestRetire:
    def test_counts_no_more_and_comes_back_with_its_decision(self, editor, component):
        own = factory.make_own_criterion(component)
        factory.make_decision(component, own.slug)

        editor.post(f"{LIST}{own.slug}/retire/")
        report = build_gap_report(component, NOW)
        assert [line.criterion for line in report.retired] == [own.slug]
        assert report.counts.total.number == 6
        assert "retired" in editor.get(LIST).content.decode()
        actions.retire_own_criterion(criterion=own, now=NOW + timedelta(days=1))
        assert Criterion.objects.get(pk=own.pk).retired_at == NOW

        editor.post(f"{LIST}{own.slug}/restore/")
        report = build_gap_report(component, NOW)
        assert (report.retired, report.counts.total.number) == ((), 7)

    def test_does_not_come_back_beside_another_of_its_title(self, editor, component):
        own = factory.make_own_criterion(component)
        actions.retire_own_criterion(criterion=own, now=NOW)
        factory.make_own_criterion(component)

        page = editor.post(f"{LIST}{own.slug}/restore/", follow=True).content.decode()

        own.refresh_from_db()
        assert (own.retired_at, "of this title already" in page) == (NOW, True)


@pytest.mark.django_db
class TestNobodyElseGetsIt:
    def test_new_components_and_restored_ones_do_without(self, editor, component):
        own = factory.make_own_criterion(component)
        by = User.objects.earliest("pk")
        other = factory.make_component(slug="other")
        archive_component(component=other, by=by, now=NOW)
        restore_component(component=other, by=by, now=NOW)

        assert own.slug not in slugs(other)
        assert len(slugs(other)) == 6

    def test_loading_the_catalog_again_leaves_it_alone(self, loading):  # noqa: F811
        file = catalog(criterion("a"), criterion("b"))
        loading(file)
        factory.make_user("founder")
        component = factory.make_component()
        own = factory.make_own_criterion(component)

        again = [loading(file), loading(catalog(criterion("a")))]

        own.refresh_from_db()
        assert (again[0].added, again[0].revised, again[0].retired) == ([], [], [])
        assert again[1].retired == ["b"]
        assert (own.retired_at, own.revision) == (None, 1)
        assert slugs(component) == {"a", "b", own.slug}

    def test_no_file_may_take_a_slug_of_the_kind(self, loading):  # noqa: F811
        with pytest.raises(CatalogFileError, match="as only components' own criteria do"):
            loading(catalog(criterion("own-3-anything")))

    def test_a_platforms_own_is_offered_to_nobody_who_stands_on_it(self, editor, component):
        platform = factory.make_component(slug="platform", is_platform=True)
        component.platforms.set([platform])
        own = factory.make_own_criterion(platform)
        factory.make_decision(platform, own.slug)
        factory.make_decision(platform, "c-0-0")

        said = {"platform": "platform"}
        answer = editor.post(f"/components/asset-router/requirements/{own.slug}/inherit/", said)

        assert answer.status_code == 404
        offered = inheritable(
            component.requirements.get(criterion__slug="c-0-0"), Component.objects.all()
        )
        assert [each.component.slug for each in offered] == ["platform"]
        assert own.slug not in slugs(component)

    def test_two_components_side_by_side_show_it_on_one(self, component):
        own = factory.make_own_criterion(component)
        other = factory.make_component(slug="other")
        mine, theirs = build_gap_report(component, NOW), build_gap_report(other, NOW)

        ways = {move.line.criterion: move.way for move in compare(mine, theirs).moves}
        assert ways[own.slug] is Way.GONE
        ways = {move.line.criterion: move.way for move in compare(theirs, mine).moves}
        assert ways[own.slug] is Way.NEW

    def test_the_catalog_does_not_show_it(self, editor, component):
        factory.make_own_criterion(component)

        assert TITLE not in editor.get("/catalog/").content.decode()
        assert TITLE not in editor.get("/catalog/?text=night").content.decode().partition("<h1")[2]

    def test_forms_of_other_components_do_not_offer_it(self, editor, component):
        own = factory.make_own_criterion(component)
        factory.make_component(slug="other")

        sent = {"title": "Down", "started_at": "2026-11-20T09:30", "criteria": [own.pk]}

        assert editor.post("/components/other/incidents/", sent).status_code == 422
        assert TITLE not in editor.get("/components/other/incidents/").content.decode()
        assert TITLE in editor.get("/components/asset-router/incidents/").content.decode()

    def test_strangers_do_not_find_its_page(self, login, component):
        own = factory.make_own_criterion(component)
        address = f"/catalog/criteria/{own.slug}/"

        assert login("stranger").get(address).status_code == 404
        html = login("viewer").get(address).content.decode()
        assert (TITLE in html, "own criterion of Asset router" in html) == (True, True)
        component.visible_to_organisation = True
        component.save()
        assert login("stranger").get(address).status_code == 200


class TestInReports:
    def test_is_marked_and_counted_behind_those_of_the_catalog(self, editor, component):
        own = factory.make_own_criterion(component)
        report = build_gap_report(component, NOW)

        lines = report.topics[0].requirements
        assert [line.own for line in lines] == [False, False, False, True]
        assert lines[-1].criterion == own.slug
        html = editor.get("/components/asset-router/").content.decode()
        assert html.count(">own</span>") == 1

    def test_its_json_fits_the_schema_and_others_say_nothing_of_it(self, component):
        before = report_data(build_gap_report(component, NOW))
        factory.make_own_criterion(component)
        data = json.loads(render_json(build_gap_report(component, NOW)))
        Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(data)
        assert [line.get("own") for line in data["requirements"]].count(True) == 1
        assert "own" not in before["requirements"][0]

    def test_outlives_in_a_frozen_report(self, component):
        factory.make_own_criterion(component)
        report = build_gap_report(component, NOW)

        assert thaw(freeze(report)) == report

    def test_without_a_statement_is_not_called_untranslated(self, editor, component):
        own = factory.make_own_criterion(component, statement="")
        factory.make_decision(component, own.slug, now=NOW - timedelta(days=1))

        html = editor.get(f"/components/asset-router/requirements/{own.slug}/").content.decode()

        assert html.count("not translated yet") == 6
        assert "Not translated yet: say below" not in html
        assert [entry.translated for entry in entries_of([component.pk])] == [True]
        # Nothing that could be out of date.
        assert own.requirements.get().criterion_revision is None


@pytest.mark.parametrize("number", [0, 1, 3, 75])
def test_list_takes_as_many_queries_however_many(
    editor, component, number, django_assert_num_queries
):
    for each in range(number):
        factory.make_own_criterion(component, title=f"Own number {each}")

    with django_assert_num_queries(4):
        html = editor.get(LIST).content.decode()

    assert html.count(">Edit</a>") == number
    assert ("no criteria of its own" in html) == (number == 0)


def test_list_gives_viewers_nothing_to_press(login, component):
    factory.make_own_criterion(component)

    html = login("viewer").get(LIST).content.decode()

    assert (TITLE in html, "Retire" in html, "Add one" in html) == (True, False, False)
