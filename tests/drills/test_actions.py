"""Drills planned, recorded and finished, what they taught, and scenarios."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.drills.actions import (
    DrillIsOver,
    EditConflict,
    Plan,
    Told,
    add_finding,
    change_plan,
    comment_finding,
    fingerprint,
    finish_drill,
    link_finding,
    plan_drill,
    record_drill,
    retire_scenario,
    save_scenario,
)
from readiness.drills.queries import findings_of, standing_stamps
from readiness.models import Comment, Criterion, Drill, DrillScenario
from tests import factory
from tests.drills.test_stamps import ago, stamp
from tests.factory import NOW


class TestPlan:
    def test_proves_by_default_what_its_scenario_does_of_what_the_component_has(
        self, component, user
    ):
        other = factory.make_catalog(slug="other", topics=0)
        topic = other.topics.create(slug="t-x", name="X", question="?", position=0)
        foreign = Criterion.objects.create(
            topic=topic, slug="foreign", title="F", question="?", why="W", evidence="E", weight=1,
            live_check="none", position=0,
        )  # fmt: skip
        scenario = factory.make_scenario("drain", "c-0-0", "c-0-1", foreign.slug)

        drill = plan_drill(
            component=component, plan=Plan(scenario, NOW, people={user: "watching"}), by=user,
            now=NOW,
        )  # fmt: skip

        assert {each.slug for each in drill.criteria.all()} == {"c-0-0", "c-0-1"}
        assert [(part.user, part.part) for part in drill.parts.all()] == [(user, "watching")]
        assert drill.history.count() == 1

    def test_is_changed_with_people_and_parts(self, component, user, drill):
        other = factory.make_user("bo", team=component.team)
        plan = Plan(drill.scenario, NOW, people={user: "breaks it"}, criteria=[])
        change_plan(drill=drill, plan=plan, version=1, by=user)
        plan = Plan(drill.scenario, NOW, "Be quick.", {user: "watching", other: ""}, [])
        change_plan(drill=drill, plan=plan, version=2, by=user)

        kept = Drill.objects.get()
        assert (kept.goal, kept.version) == ("Be quick.", 3)
        assert {part.user.username: part.part for part in kept.parts.all()} == {
            "ada": "watching",
            "bo": "",
        }
        assert list(kept.criteria.all()) == []

    def test_of_two_who_change_it_the_second_is_told(self, user, drill):
        plan = Plan(drill.scenario, NOW, "Mine.", criteria=[])
        change_plan(drill=drill, plan=plan, version=1, by=user)

        with pytest.raises(EditConflict) as lost:
            change_plan(drill=drill, plan=Plan(drill.scenario, NOW, "No."), version=1, by=user)

        assert lost.value.current.goal == "Mine."
        assert Drill.objects.get().goal == "Mine."

    def test_of_one_that_is_over_stays(self, component, user):
        drill = factory.make_drill(component)

        with pytest.raises(DrillIsOver):
            change_plan(drill=drill, plan=Plan(drill.scenario, NOW), version=1, by=user)

        assert Drill.objects.get().version == 1


class TestRecorded:
    def test_afterwards_with_what_people_remember(self, component):
        drill = factory.make_drill(
            component, after={"noticed": ago(60), "mitigated": ago(300)}, summary="Well."
        )

        start = NOW - timedelta(minutes=30)
        assert standing_stamps(drill) == {
            "started": start,
            "noticed": start + ago(60),
            "mitigated": start + ago(300),
        }
        assert (drill.outcome, drill.ended_at, drill.summary) == ("passed", NOW, "Well.")

    def test_of_one_that_was_planned_keeps_what_was_stamped(self, component, user, drill):
        stamp(drill, user, "started", seconds_ago=90)
        told = Told(NOW - ago(600), NOW, "failed", after={"noticed": ago(30)})

        record_drill(
            component=component, plan=Plan(drill.scenario, NOW), told=told, by=user, now=NOW,
            drill=drill, version=1,
        )  # fmt: skip

        assert standing_stamps(drill) == {"started": NOW - ago(90), "noticed": NOW - ago(570)}
        assert Drill.objects.get().outcome == "failed"

    def test_only_once(self, component, user):
        drill = factory.make_drill(component)

        with pytest.raises(DrillIsOver):
            record_drill(
                component=component, plan=Plan(drill.scenario, NOW),
                told=Told(NOW, NOW, "failed"), by=user, now=NOW, drill=drill, version=1,
            )  # fmt: skip

        assert Drill.objects.get().outcome == "passed"


class TestFinished:
    def finish(self, drill, user, outcome="passed", version=1, **values):
        return finish_drill(
            drill=drill, outcome=outcome, summary="", version=version, by=user,
            **{"now": NOW} | values,
        )  # fmt: skip

    def test_ended_when_it_recovered_not_when_somebody_said_so(self, user, drill):
        stamp(drill, user, "started", seconds_ago=900)
        stamp(drill, user, "recovered", seconds_ago=300)
        stamp(drill, user, "note", text="Coffee.", seconds_ago=100)

        self.finish(drill, user)

        assert Drill.objects.get().ended_at == NOW - ago(300)

    def test_ended_with_its_last_entry_or_now(self, component, user, drill):
        stamp(drill, user, "started", seconds_ago=900)
        self.finish(drill, user, "failed")
        other = factory.make_drill(component, outcome="")
        self.finish(other, user, "abandoned")

        assert Drill.objects.get(pk=drill.pk).ended_at == NOW - ago(900)
        assert Drill.objects.get(pk=other.pk).ended_at == NOW

    def test_is_corrected_but_ends_when_it_ended(self, user, drill):
        self.finish(drill, user)
        self.finish(drill, user, "failed", version=2, now=NOW + timedelta(days=1))

        kept = Drill.objects.get()
        assert (kept.outcome, kept.ended_at) == ("failed", NOW)

    def test_by_two_at_once_the_second_is_told(self, user, drill):
        self.finish(drill, user)

        with pytest.raises(EditConflict) as lost:
            self.finish(drill, user, "failed")

        assert lost.value.current.outcome == "passed"


class TestFindings:
    def find(self, drill, user, criterion="c-0-0", **values):
        requirement = drill.component.requirements.filter(criterion__slug=criterion).first()
        return add_finding(
            drill=drill, text="No alarm.", requirement=requirement, by=user, **{"now": NOW} | values
        )

    def answered(self, drill):
        return [each.is_answered for each in findings_of(drill)]

    def test_are_open_until_a_decision_was_made_since(self, component, user, drill):
        factory.make_decision(component, "c-0-0", now=NOW - ago(5))
        self.find(drill, user)
        assert self.answered(drill) == [False]

        factory.make_decision(component, "c-0-0", "build", now=NOW + ago(5))

        assert self.answered(drill) == [True]
        assert findings_of(drill)[0].decision.outcome == "build"

    def test_each_is_answered_only_by_what_came_after_it(self, component, user, drill):
        self.find(drill, user, now=NOW - ago(9))
        factory.make_decision(component, "c-0-0", "build", now=NOW - ago(5))
        self.find(drill, user)

        assert self.answered(drill) == [True, False]

    def test_are_answered_by_a_comment_until_it_is_withdrawn(self, user, drill):
        finding = self.find(drill, user)
        assert comment_finding(finding=finding, by=user, now=NOW)
        assert not comment_finding(finding=finding, by=user, now=NOW)
        assert self.answered(drill) == [True]

        Comment.objects.update(withdrawn_at=NOW)
        assert self.answered(drill) == [False]
        assert comment_finding(finding=finding, by=user, now=NOW)
        assert Comment.objects.count() == 2

    def test_are_answered_by_a_ticket(self, user, drill):
        finding = self.find(drill, user, criterion="none")
        assert not comment_finding(finding=finding, by=user, now=NOW)
        link_finding(finding=finding, ticket_url="https://tickets.example/1")

        assert self.answered(drill) == [True]

    def test_take_two_queries(self, user, drill, django_assert_num_queries):
        for _ in range(5):
            self.find(drill, user)

        with django_assert_num_queries(2):
            findings_of(drill)


class TestScenarios:
    VALUES = {  # noqa: RUF012
        "title": "Unplug it", "operation": "unplug", "purpose": "P", "steps": "S", "success": "",
        "term_days": 30,
    }  # fmt: skip

    def test_of_a_component_get_a_slug_of_their_own(self, component):
        criteria = list(Criterion.objects.filter(slug="c-0-0"))
        first, second = (
            save_scenario(component=component, values=self.VALUES, criteria=criteria)
            for _ in range(2)
        )

        assert (first.slug, second.slug) == ("asset-router-unplug-it", "asset-router-unplug-it-2")
        assert [each.slug for each in first.criteria.all()] == ["c-0-0"]

    def test_are_edited_and_retired(self, component):
        made = save_scenario(component=component, values=self.VALUES, criteria=[])
        save_scenario(
            component=component, values=self.VALUES | {"title": "Pull it"}, criteria=[],
            scenario=made, seen=fingerprint(made),
        )  # fmt: skip
        retire_scenario(scenario=made, now=NOW)
        retire_scenario(scenario=made, now=NOW + ago(5))

        kept = DrillScenario.objects.get()
        assert (kept.title, kept.slug, kept.retired_at) == ("Pull it", made.slug, NOW)
