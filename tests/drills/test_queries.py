"""What drills say of components, criteria and people."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.decisions.actions import refresh_due_standings
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.drills.actions import (
    Plan,
    Told,
    finish_drill,
    plan_drill,
    record_drill,
    retire_scenario,
)
from readiness.drills.page import Cost, bars, matrix_context
from readiness.drills.queries import (
    done_by_people,
    most_telling,
    oldest_stale_drill,
    operations_of,
    practised,
)
from readiness.drills.rules import legs
from readiness.drills.stamps import press
from readiness.incidents.queries import Budget
from readiness.models import Component, Requirement
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report
from readiness.reports.markdown_file import render_md
from readiness.reports.pdf_block import block
from tests import factory
from tests.factory import NOW, TODAY


def days(number):
    return timedelta(days=number)


def done(component, *criteria, ago, outcome="passed", scenario=None, **values):
    return factory.make_drill(
        component, *criteria, outcome=outcome, ended_at=NOW - days(ago), scenario=scenario, **values
    )


@pytest.fixture
def rollback(component):
    return factory.make_scenario("roll-back", "c-0-0", term_days=90)


@pytest.fixture
def drain(component):
    return factory.make_scenario("drain", "c-0-0", "c-0-1", term_days=30)


class TestOldestStale:
    def ask(self, component):
        return oldest_stale_drill([component.pk], TODAY).get(component.pk)

    def test_is_the_one_that_has_been_stale_for_longest(self, component, rollback, drain):
        done(component, ago=100, scenario=rollback)
        done(component, ago=50, scenario=drain)

        assert self.ask(component) == ("Drain", TODAY - days(50), 20)

    @pytest.mark.parametrize(
        ("since", "word"),
        [("passed", None), ("failed", None), ("abandoned", "Roll back"), ("", "Roll back")],
    )
    def test_is_stale_until_a_later_one_says_something(self, component, rollback, since, word):
        done(component, ago=100, scenario=rollback)
        done(component, ago=5, scenario=rollback, outcome=since)

        found = self.ask(component)

        assert (found and found[0]) == word

    def test_is_none_while_they_are_good_or_out_of_use(self, component, rollback, drain):
        done(component, ago=90, scenario=rollback)
        done(component, ago=50, scenario=drain)
        retire_scenario(scenario=drain, now=NOW)

        assert self.ask(component) is None

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_one_query_for_many(self, component, rollback, number, django_assert_num_queries):
        for n in range(number):
            other = factory.make_component(slug=f"c{n}")
            done(other, ago=100 + n, scenario=rollback)
            done(other, ago=200, scenario=rollback)

        with django_assert_num_queries(1):
            found = oldest_stale_drill(Component.objects.values("pk"), TODAY)

        assert len(found) == number
        assert found[Component.objects.get(slug="c0").pk] == ("Roll back", TODAY - days(100), 10)


class TestPractised:
    def test_is_the_newest_of_each_scenario_that_is_to_prove_it(self, component, rollback, drain):
        done(component, ago=9, scenario=rollback, outcome="failed")
        done(component, ago=5, scenario=rollback)
        done(component, ago=3, scenario=rollback, outcome="abandoned")
        done(component, ago=40, scenario=drain)

        found = practised(component)

        assert {slug: [each.title for each in drills] for slug, drills in found.items()} == {
            "c-0-0": ["Roll back", "Drain"],
            "c-0-1": ["Drain"],
        }
        assert [each.age(TODAY) for each in found["c-0-0"]] == ["fresh", "stale"]

    def test_what_is_bad_is_heard_of_first(self, component, rollback, drain):
        done(component, ago=1, scenario=rollback)
        done(component, ago=40, scenario=drain)
        assert most_telling(practised(component)["c-0-0"], TODAY).title == "Drain"

        done(component, ago=2, scenario=rollback, outcome="failed")
        done(component, ago=0, scenario=rollback, outcome="failed")

        told = most_telling(practised(component)["c-0-0"], TODAY)
        assert (told.title, told.age(TODAY)) == ("Roll back", "failed")

    def test_says_nothing_of_a_retired_scenario(self, component, rollback):
        done(component, ago=1, scenario=rollback)
        retire_scenario(scenario=rollback, now=NOW)

        assert practised(component) == {}


class TestInTheGapReport:
    def line(self, component):
        return build_gap_report(component, NOW).requirements[0]

    def test_a_requirement_says_what_was_rehearsed(self, component, rollback):
        before = report_digest(build_gap_report(component, NOW))
        assert self.line(component).drill is None
        done(component, ago=70, scenario=rollback)

        report = build_gap_report(component, NOW)

        drill = report.requirements[0].drill
        assert (drill.title, drill.outcome, drill.ended_on, drill.age) == (
            "Roll back", "passed", TODAY - days(70), "ageing",
        )  # fmt: skip
        assert report.requirements[1].drill is None
        assert report_digest(report) != before
        says = "Practised: Roll back, passed on 11 September 2026, ageing."
        assert says in block(report.requirements[0], TODAY).notes
        assert says in render_md(report).decode()

    def test_a_failed_one_is_said_to_have_failed(self, component, rollback):
        done(component, ago=2, scenario=rollback, outcome="failed")

        notes = block(self.line(component), TODAY).notes

        assert "Practised: Roll back, failed on 18 November 2026." in notes

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_it_takes_one_query_more(self, component, rollback, number, django_assert_num_queries):
        for n in range(number):
            done(component, ago=n, scenario=rollback)
        factory.make_decision(component, "c-0-2")

        with django_assert_num_queries(4):
            build_gap_report(component, NOW)


class TestRevisit:
    def refuse(self, component, now=NOW):
        return factory.make_decision(
            component, "c-0-0", "wont_build", triggers=(Trigger(TriggerKind.DRILL),), now=now
        )

    def standing(self, component):
        requirement = Requirement.objects.get(component=component, criterion__slug="c-0-0")
        return requirement.standing, [each["sentence"] for each in requirement.fired]

    def test_a_drill_that_failed_since_brings_a_refusal_back(self, component, rollback):
        done(component, ago=5, scenario=rollback, outcome="failed")
        self.refuse(component, NOW - days(3))
        assert self.standing(component) == ("accepted", [])
        user = factory.make_user(team=component.team)
        drill = factory.make_drill(component, outcome="", scenario=rollback)

        back = finish_drill(drill=drill, outcome="failed", summary="", version=1, by=user, now=NOW)

        assert [each.criterion.slug for each in back] == ["c-0-0"]
        assert self.standing(component) == ("lapsed", ["A drill on it failed: Roll back."])

    def test_one_that_passed_does_not(self, component, rollback):
        self.refuse(component, NOW - days(3))

        done(component, ago=0, scenario=rollback)
        done(component, ago=0, scenario=rollback, outcome="abandoned")

        assert self.standing(component) == ("accepted", [])

    def test_one_recorded_late_counts_from_when_it_was_told(self, component, rollback):
        self.refuse(component, NOW - days(3))
        drill = done(component, ago=0, scenario=rollback)
        type(drill).objects.update(outcome="failed", ended_at=NOW - days(8))
        user = factory.make_user(team=component.team)

        finish_drill(drill=drill, outcome="failed", summary="", version=1, by=user, now=NOW)

        assert self.standing(component)[0] == "lapsed"

    @pytest.mark.parametrize("outcome", ["", "passed"])
    def test_one_that_is_said_to_have_failed_only_since_does(self, component, rollback, outcome):
        """It was run before the refusal; that it failed, nobody had said by then."""
        user = factory.make_user(team=component.team)
        drill = factory.make_drill(component, outcome="", scenario=rollback)
        common = {"drill": drill, "by": user, "now": NOW - days(5)}
        press(key=uuid.uuid4(), kind="started", text="", age=days(0), **common)
        if outcome:
            finish_drill(outcome=outcome, summary="", version=1, **common)
        self.refuse(component, NOW - days(3))

        common |= {"version": 2 if outcome else 1, "now": NOW}
        back = finish_drill(outcome="failed", summary="", **common)

        assert [each.criterion.slug for each in back] == ["c-0-0"]

    def test_one_that_had_failed_before_and_is_told_better_since_does_not(
        self, component, rollback
    ):
        user = factory.make_user(team=component.team)
        drill = done(component, ago=5, scenario=rollback, outcome="failed")
        self.refuse(component, NOW - days(3))

        common = {"drill": drill, "outcome": "failed", "by": user, "version": 1}
        back = finish_drill(summary="In other words.", now=NOW, **common)

        assert (back, self.standing(component)) == ([], ("accepted", []))

    def test_one_planned_before_and_recorded_late_counts_from_when_it_was_told(
        self, component, rollback
    ):
        user = factory.make_user(team=component.team)
        plan = Plan(rollback, NOW - days(6))
        drill = plan_drill(component=component, plan=plan, by=user, now=NOW - days(9))
        self.refuse(component, NOW - days(3))

        _, back = record_drill(
            component=component, plan=plan, told=Told(NOW - days(6), NOW - days(5), "failed"),
            by=user, now=NOW, drill=drill, version=1,
        )  # fmt: skip

        assert [each.criterion.slug for each in back] == ["c-0-0"]
        assert self.standing(component) == ("lapsed", ["A drill on it failed: Roll back."])

    def test_one_that_went_stale_since_does_by_the_schedule(
        self, component, rollback, time_machine
    ):
        done(component, ago=80, scenario=rollback)
        self.refuse(component)
        time_machine.move_to(NOW + days(10))
        refresh_due_standings()
        assert self.standing(component) == ("accepted", [])

        time_machine.move_to(NOW + days(11))
        refresh_due_standings()
        refresh_due_standings()

        assert self.standing(component) == ("lapsed", ["A drill on it went stale: Roll back."])

    def test_one_that_was_stale_when_it_was_refused_does_not(
        self, component, rollback, time_machine
    ):
        done(component, ago=91, scenario=rollback)
        self.refuse(component)

        time_machine.move_to(NOW + days(2))
        refresh_due_standings()

        assert self.standing(component) == ("accepted", [])


class TestPeople:
    def test_the_last_time_of_each_operation_counts(self, component, rollback, drain):
        ada, bo = (factory.make_user(name, team=component.team) for name in ("ada", "bo"))
        done(component, ago=80, scenario=rollback, people={ada: "breaks it"})
        done(component, ago=9, scenario=rollback, people={ada: "watching", bo: ""})
        done(component, ago=1, scenario=rollback, people={bo: ""}, outcome="abandoned")
        done(component, ago=40, scenario=drain, people={ada: ""})

        found = done_by_people(component, TODAY)

        assert {n: (d.part, d.age) for n, d in found[ada.pk].items()} == {
            "roll back": ("watching", "fresh"),
            "drain": ("", "stale"),
        }
        assert found[bo.pk]["roll back"].ended_at == NOW - days(9)

    def test_tonights_on_call_is_told_what_they_never_did(self, component, rollback, drain):
        ada = factory.make_user("ada", team=component.team)
        factory.make_user("bo", team=component.team)
        done(component, ago=40, scenario=drain, people={ada: ""})

        context = matrix_context(component, ["ada"], NOW)

        (row,) = context["rows"]
        assert (row.user, row.never) == (ada, ["roll back"])
        assert [(name, each.age) for name, each in row.doubtful] == [("drain", "stale")]
        assert (context["operations"], context["by_nobody"]) == (["drain"], ["roll back"])


class TestFresh:
    def test_the_worst_operation_comes_first(self, component, rollback, drain):
        factory.make_scenario("restore")
        done(component, ago=1, scenario=rollback)
        done(component, ago=40, scenario=drain)

        found = operations_of(component, TODAY)

        assert [(each.scenario.title, each.age) for each in found] == [
            ("Drain", "stale"),
            ("Roll back", "fresh"),
            ("Restore", None),
        ]

    def test_scenarios_of_another_component_are_not_offered(self, component):
        other = factory.make_component(slug="other")
        factory.make_scenario("unplug", component=other)

        assert operations_of(component, TODAY) == []


class TestCost:
    @pytest.mark.parametrize(
        ("minutes", "percent", "too_much"),
        [(1, "23", False), (0.2, "4.6", False), (13, "301", True)],
    )
    def test_is_a_share_of_the_budget(self, minutes, percent, too_much):
        budget = Budget(30, timedelta(), timedelta(minutes=4, seconds=19))
        cost = Cost(timedelta(minutes=minutes), budget)

        assert (cost.percent, cost.is_too_much) == (percent, too_much)

    @pytest.mark.parametrize("allowed", [None, timedelta()])
    def test_is_none_without_a_budget(self, allowed):
        assert Cost(timedelta(minutes=1), Budget(30, timedelta(), allowed)).percent == ""


def test_bars_stand_one_after_the_other_on_one_scale():
    after = {"started": 0, "noticed": 2, "understood": 2, "mitigated": 5, "recovered": 10}
    found = bars(legs({kind: NOW + timedelta(minutes=n) for kind, n in after.items()}))

    assert [(bar.left, bar.width) for bar in found] == [
        ("0.00", "20.00"),
        ("20.00", "0.80"),
        ("20.00", "30.00"),
        ("50.00", "50.00"),
    ]
    assert bars([]) == []


def test_days_are_those_where_the_users_are(component, rollback, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    timezone.get_default_timezone.cache_clear()
    late = NOW.replace(hour=23)
    factory.make_drill(component, ended_at=late, scenario=rollback)
    try:
        (drill,) = practised(component)["c-0-0"]
        assert drill.ended_on == TODAY + days(1)
    finally:
        timezone.get_default_timezone.cache_clear()
