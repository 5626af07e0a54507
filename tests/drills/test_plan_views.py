"""The forms of a plan, and of a drill that is written down afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from readiness.drills.actions import retire_scenario
from readiness.models import Criterion, Drill, DrillEntry, User
from tests import factory

DRILLS = "/components/asset-router/drills/"


@pytest.fixture
def drill(component, rollback, now, editor):
    return factory.make_drill(component, outcome="", scenario=rollback, ended_at=now)


def html_of(client, path):
    return client.get(DRILLS + path).content.decode()


def plan(scenario, **values):
    return {"scenario": scenario.pk, "planned_for": "2027-01-31T10:00"} | values


class TestPlan:
    def test_of_a_scenario_begins_with_what_it_proves(self, editor, rollback):
        html = html_of(editor, "plan/?scenario=roll-back")

        assert f'<option value="{rollback.pk}" selected>' in html
        assert "1 picked" in html

    def test_is_written_with_people_and_parts(self, editor, rollback, people):
        viewer = people["viewer"]
        sent = plan(
            rollback, people=[viewer.pk], goal="Be quick.", **{f"part-{viewer.pk}": " on call "}
        )

        response = editor.post(f"{DRILLS}plan/", sent)

        drill = Drill.objects.get()
        assert response["Location"] == f"{DRILLS}{drill.pk}/"
        assert [(part.user, part.part) for part in drill.parts.all()] == [(viewer, "on call")]
        assert [each.slug for each in drill.criteria.all()] == ["c-0-0"]
        assert "Viewer (on call)" in html_of(editor, f"{drill.pk}/")

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, editor, rollback, people):
        viewer, stranger = people["viewer"], people["stranger"]
        typed = {f"part-{viewer.pk}": "x" * 61, "planned_for": "soon"}

        response = editor.post(f"{DRILLS}plan/", plan(rollback, people=[viewer.pk], **typed))
        other = editor.post(f"{DRILLS}plan/", plan(rollback, people=[stranger.pk]))

        html = response.content.decode()
        assert (response.status_code, other.status_code) == (422, 422)
        assert "Give a day and a time" in html
        assert "The part of Viewer is longer than 60 characters." in html
        assert "x" * 61 in html
        assert not Drill.objects.exists()

    def test_of_a_scenario_of_another_component_is_refused(self, editor, component):
        other = factory.make_component(slug="other")
        foreign = factory.make_scenario("unplug", component=other)

        assert editor.post(f"{DRILLS}plan/", plan(foreign)).status_code == 422
        assert "Unplug" not in html_of(editor, "plan/?scenario=unplug")

    def test_changed_by_two_shows_both_texts(self, editor, drill, rollback):
        path = f"{DRILLS}{drill.pk}/edit/"
        editor.post(path, plan(rollback, version=1, goal="Theirs."))

        response = editor.post(path, plan(rollback, version=1, goal="Mine."))

        html = response.content.decode()
        assert response.status_code == 409
        assert "Theirs." in html
        assert "Mine." in html
        assert editor.post(path, plan(rollback, version=2, goal="Mine.")).status_code == 302
        assert Drill.objects.get().goal == "Mine."

    def test_keeps_a_scenario_that_was_retired_since(self, editor, drill, rollback, now):
        retire_scenario(scenario=rollback, now=now)
        path = f"{DRILLS}{drill.pk}/edit/"

        assert editor.post(path, plan(rollback, version=1, goal="Last time.")).status_code == 302

    def test_keeps_a_criterion_that_was_retired_since_but_begins_with_none(
        self, component, editor, rollback
    ):
        drill = factory.make_drill(component, "c-0-0", "c-0-1", outcome="", scenario=rollback)
        Criterion.objects.filter(slug="c-0-0").update(retired_at=factory.NOW)
        picked = [*drill.criteria.values_list("pk", flat=True)]

        sent = plan(rollback, version=1, criteria=picked)
        assert editor.post(f"{DRILLS}{drill.pk}/edit/", sent).status_code == 302
        assert drill.criteria.count() == 2

        assert "checked" not in html_of(editor, "plan/?scenario=roll-back")
        assert editor.post(f"{DRILLS}plan/", sent).status_code == 422

    def test_of_one_that_is_over_leads_back(self, component, editor, rollback):
        drill = factory.make_drill(component)

        assert editor.get(f"{DRILLS}{drill.pk}/edit/").status_code == 302

    def test_of_one_that_ended_in_the_meantime_stays_and_nothing_typed_is_lost(
        self, editor, drill, rollback
    ):
        editor.post(f"{DRILLS}{drill.pk}/finish/", {"outcome": "passed", "version": 1})

        for version in (1, 2):
            said = plan(rollback, version=version, goal="Mine.")
            response = editor.post(f"{DRILLS}{drill.pk}/edit/", said)
            html = response.content.decode()
            assert response.status_code == 409
            assert "Mine." in html
            assert f'<a href="{DRILLS}{drill.pk}/">correct it there</a>' in html
        assert (Drill.objects.get().goal, Drill.objects.get().version) == ("", 2)

    def test_keeps_people_who_have_left_until_somebody_takes_them_out(
        self, component, editor, rollback, people
    ):
        """Whoever had a part in a drill had it, wherever they are when it is written down."""
        gone, left = people["viewer"], people["approver"]
        drill = factory.make_drill(
            component, outcome="", scenario=rollback, people={gone: "watches", left: ""}
        )
        User.objects.filter(pk=gone.pk).update(is_active=False)
        component.team.memberships.filter(user=left).delete()
        path = f"{DRILLS}{drill.pk}/edit/"
        assert re.findall(
            r'name="people" value="(\d+)" checked', html_of(editor, f"{drill.pk}/edit/")
        ) == [
            str(left.pk),
            str(gone.pk),
        ]

        kept = {"people": [gone.pk, left.pk], f"part-{gone.pk}": "watches"}
        editor.post(path, plan(rollback, version=1, **kept))
        assert drill.parts.count() == 2
        editor.post(path, plan(rollback, version=2, people=[left.pk]))
        assert drill.parts.get().user == left
        assert editor.post(path, plan(rollback, version=3, people=[gone.pk])).status_code == 422

    def test_of_people_and_criteria_that_no_row_can_be_is_refused(self, editor, rollback):
        for name in ("people", "criteria"):
            sent = plan(rollback) | {name: ["9" * 40]}
            assert editor.post(f"{DRILLS}plan/", sent).status_code == 422

    @pytest.mark.parametrize("when", ["0001-01-01T00:00", "9999-12-31T23:59"])
    def test_at_either_end_of_time_is_refused(self, editor, rollback, when):
        response = editor.post(f"{DRILLS}plan/", plan(rollback, planned_for=when))

        assert response.status_code == 422
        assert "Give a day and a time" in response.content.decode()


class TestRecord:
    SENT = {  # noqa: RUF012
        "planned_for": "2026-11-02T10:00", "ended_at": "2026-11-02T10:30", "outcome": "passed",
        "noticed_after": "1.5", "mitigated_after": "9",
    }  # fmt: skip

    @pytest.fixture(autouse=True)
    def clock(self, time_machine):
        time_machine.move_to(factory.NOW)

    def test_writes_durations_as_they_were_typed(self, editor, rollback):
        editor.post(f"{DRILLS}record/", plan(rollback) | self.SENT)

        drill = Drill.objects.get()
        after = {e.kind: e.at - drill.planned_for for e in drill.entries.all()}
        assert after == {
            "started": timedelta(),
            "noticed": timedelta(seconds=90),
            "mitigated": timedelta(minutes=9),
        }
        assert drill.outcome == "passed"

    def test_of_one_that_was_planned_ends_it(self, editor, component, rollback):
        drill = factory.make_drill(component, outcome="")
        path = f"{DRILLS}record/?drill={drill.pk}"
        assert 'name="version" value="1"' in editor.get(path).content.decode()

        assert editor.post(path, plan(rollback, version=0) | self.SENT).status_code == 409
        editor.post(path, plan(rollback, version=1) | self.SENT)

        assert Drill.objects.get().outcome == "passed"
        assert editor.get(path)["Location"] == f"{DRILLS}{drill.pk}/"

    def test_of_two_who_record_the_same_the_second_sees_both_texts(
        self, editor, component, rollback
    ):
        drill = factory.make_drill(component, outcome="")
        path, said = f"{DRILLS}record/?drill={drill.pk}", plan(rollback, version=1) | self.SENT
        editor.post(path, said | {"summary": "Theirs."})

        for version in (1, 2):
            response = editor.post(path, said | {"summary": "Mine.", "version": version})
            html = response.content.decode()
            assert response.status_code == 409
            assert all(text in html for text in ("Theirs.", "Mine.", "correct it there"))
        assert (Drill.objects.get().summary, DrillEntry.objects.count()) == ("Theirs.", 3)
        elsewhere = factory.make_component(slug="other", team=component.team)
        elsewhere_path = path.replace("asset-router", elsewhere.slug)
        assert editor.post(elsewhere_path, said).status_code == 404

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"ended_at": "2026-12-24T10:00"}, "This lies ahead"),
            ({"ended_at": "2026-11-02T09:00"}, "This is before it started."),
            ({"mitigated_after": "31"}, "It had ended by then."),
            ({"noticed_after": "-1"}, "Nothing was before the start."),
            ({"outcome": ""}, "This field is required."),
        ],
    )
    def test_says_what_is_wrong(self, editor, rollback, wrong, says):
        response = editor.post(f"{DRILLS}record/", plan(rollback) | self.SENT | wrong)

        assert response.status_code == 422
        assert says in response.content.decode()
        assert not Drill.objects.exists()
