"""Decisions of a platform, and what follows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.decisions.actions import DecisionConflict, refresh_standings
from readiness.decisions.approvals import approve
from readiness.decisions.queries import broken_entries
from readiness.decisions.sharing import (
    NothingToInherit,
    NotInherited,
    inherit,
    stop_inheriting,
)
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Component, Decision, InheritanceStep, Requirement, User
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.factory import NOW, TODAY

ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}
CRITERION = "c-0-0"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def platform(component):
    """What the component stands on."""
    platform = factory.make_component(slug="logging", is_platform=True)
    component.platforms.add(platform)
    return platform


def requirement_of(component: Component) -> Requirement:
    return Requirement.objects.get(component=component, criterion__slug=CRITERION)


def follow(component: Component, platform: Component, **said: Any) -> None:
    inherit(
        **{
            "component": component,
            "criterion": CRITERION,
            "platform": platform,
            "seen": requirement_of(component).head_decision_id,
            "by": User.objects.earliest("pk"),
            "now": NOW,
        }
        | said
    )


def end(component: Component) -> None:
    by = User.objects.earliest("pk")
    stop_inheriting(component=component, criterion=CRITERION, by=by, now=LATER, reason="Ours.")


def line_of(component: Component):
    report = build_gap_report(component, NOW)
    return next(line for line in report.requirements if line.criterion == CRITERION)


def index_of(component: Component) -> tuple[Any, ...]:
    found = requirement_of(component)
    return found.standing, found.standing_changes_on, found.standing_then, len(found.fired)


def assert_index_is_true(component: Component) -> None:
    """Recomputing moves nothing, and the gap report says the same."""
    kept = index_of(component)
    assert refresh_standings(component=component, now=NOW) == []
    assert index_of(component) == kept
    assert line_of(component).standing == kept[0]


@dataclass
class Case:
    platform: str
    own: str | None = None
    live: str | None = None
    said: dict[str, Any] = field(default_factory=dict)


SOON = TODAY + timedelta(days=5)


class TestStanding:
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (Case("done"), ("done", None, "", 0)),
            (Case("done", own="build"), ("done", None, "", 0)),
            (Case("done", live="pass"), ("verified", None, "", 0)),
            (Case("done", live="fail"), ("contradicted", None, "", 0)),
            (Case("build", live="pass"), ("arrived", None, "", 0)),
            (
                Case("build", own="done", said={"due_date": SOON}),
                ("gap", SOON + timedelta(days=1), "overdue", 0),
            ),
            (
                Case("wont_build", own="done", said={"revisit_date": SOON}),
                ("accepted", SOON + timedelta(days=1), "lapsed", 0),
            ),
            (
                Case("wont_build", live="pass", said={"revisit_date": SOON}),
                ("overtaken", SOON + timedelta(days=1), "overtaken", 0),
            ),
            (Case("not_applicable", live="fail"), ("not_applicable", None, "", 0)),
        ],
    )
    def test_is_the_platforms_decision_with_ones_own_checks(
        self, component, platform, case, expected
    ):
        Component.objects.filter(pk=component.pk).update(parameters=ROUTER)
        component.refresh_from_db()
        factory.make_decision(platform, CRITERION, case.platform, **case.said)
        if case.own:
            factory.make_decision(component, CRITERION, case.own)
        if case.live:
            factory.add_check(requirement_of(component), "logs.retention")
            factory.make_result(component, "logs.retention", case.live)

        follow(component, platform)

        assert index_of(component) == expected
        assert_index_is_true(component)

    def test_follows_when_the_platform_decides_anew(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")
        follow(component, platform)

        factory.make_decision(platform, CRITERION, "build", now=LATER)

        assert index_of(component)[0] == "gap"
        assert_index_is_true(component)

    def test_a_proposal_of_the_platform_moves_nothing_until_it_is_approved(
        self, component, platform
    ):
        factory.make_decision(platform, CRITERION, "done")
        follow(component, platform)
        risky = {"likelihood": 4, "impact": 4, "revisit_date": SOON}

        proposed = factory.make_decision(
            platform, CRITERION, "wont_build", now=LATER, approved=False, **risky
        )

        assert index_of(component)[0] == "done"
        approve(decision=proposed, by=factory.make_user(), now=LATER)
        assert index_of(component)[:2] == ("accepted", SOON + timedelta(days=1))
        assert_index_is_true(component)

    def test_a_trigger_that_fires_on_the_platform_brings_it_back_everywhere(
        self, component, platform
    ):
        trigger = Trigger(TriggerKind.COMPONENT)
        factory.make_decision(platform, CRITERION, "wont_build", triggers=(trigger,))
        follow(component, platform)
        assert index_of(component)[0] == "accepted"

        Component.objects.filter(pk=platform.pk).update(criticality="supporting")
        platform.refresh_from_db()
        refresh_standings(component=platform, now=LATER)

        assert index_of(component) == ("lapsed", date(2027, 2, 1), "lapsed", 1)
        assert line_of(component).fired == line_of(platform).fired != ()
        assert_index_is_true(component)

    def test_what_fired_of_ones_own_decision_comes_back_with_it(self, component, platform):
        trigger = Trigger(TriggerKind.COMPONENT)
        factory.make_decision(component, CRITERION, "wont_build", triggers=(trigger,))
        Component.objects.filter(pk=component.pk).update(criticality="supporting")
        component.refresh_from_db()
        refresh_standings(component=component, now=NOW)
        own = requirement_of(component).fired
        factory.make_decision(platform, CRITERION, "done")

        follow(component, platform)

        assert index_of(component) == ("done", None, "", 0)
        end(component)
        assert requirement_of(component).fired == own != []
        assert index_of(component)[0] == "lapsed"

    def test_an_archived_platform_stays_in_force(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")
        follow(component, platform)
        Component.objects.filter(pk=platform.pk).update(archived_at=NOW)

        line = line_of(component)

        assert (line.standing, line.decision.platform_archived) == ("done", True)

    @pytest.mark.parametrize("inheritors", [1, 3, 30])
    def test_any_number_follows_in_as_many_queries(self, component, platform, inheritors):
        factory.make_decision(platform, CRITERION, "done")
        following = [
            factory.make_component(slug=f"service-{n}", parameters=ROUTER)
            for n in range(inheritors)
        ]
        for each in following:
            each.platforms.add(platform)
            follow(each, platform)

        with CaptureQueriesContext(connection) as queries:
            factory.make_decision(platform, CRITERION, "build", now=LATER)

        assert len(queries) == 15
        assert {index_of(each)[0] for each in following} == {"gap"}


class TestSteps:
    def test_deciding_overrides(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")
        follow(component, platform, reason="One place for logs.")

        factory.make_decision(component, CRITERION, "build", now=LATER)

        assert requirement_of(component).inherits is None
        assert line_of(component).decision.inherited_from == ""
        steps = [(s.source and s.source.component, s.reason) for s in InheritanceStep.objects.all()]
        assert steps == [(platform, "One place for logs."), (None, "Decided here, entry 1.")]

    def test_a_proposal_overrides_once_it_is_approved(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")
        follow(component, platform)
        risky = {"likelihood": 4, "impact": 4, "revisit_date": SOON}

        proposed = factory.make_decision(
            component, CRITERION, "wont_build", approved=False, **risky
        )

        assert requirement_of(component).inherits is not None
        approver = factory.make_user()
        approve(decision=proposed, by=approver, now=LATER)
        assert requirement_of(component).inherits is None
        assert index_of(component)[0] == "accepted"
        assert InheritanceStep.objects.latest("pk").by == approver

    def test_may_inherit_again_after_an_override(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")
        factory.make_decision(component, CRITERION, "build")

        follow(component, platform)

        line = line_of(component)
        assert (line.standing, line.decision.inherited_from) == ("done", "Logging")
        assert requirement_of(component).current_decision.outcome == "build"

    @pytest.mark.parametrize(("own", "left"), [(None, "undecided"), ("build", "gap")])
    def test_ending_it_leaves_what_ones_own_ledger_says(self, component, platform, own, left):
        factory.make_decision(platform, CRITERION, "done")
        if own:
            factory.make_decision(component, CRITERION, own)
        follow(component, platform)

        end(component)

        assert index_of(component)[0] == left
        assert_index_is_true(component)
        assert InheritanceStep.objects.latest("pk").reason == "Ours."

    def test_pressed_twice_is_one_step(self, component, platform):
        factory.make_decision(platform, CRITERION, "done")

        follow(component, platform)
        follow(component, platform)

        assert InheritanceStep.objects.count() == 1

    def test_ending_what_has_ended_says_so(self, component):
        with pytest.raises(NotInherited):
            end(component)

    def test_nothing_undecided_is_inherited(self, component, platform):
        with pytest.raises(NothingToInherit):
            follow(component, platform)

    def test_nothing_of_a_component_that_one_does_not_stand_on(self, component, platform):
        other = factory.make_component(slug="other", is_platform=True)
        factory.make_decision(other, CRITERION)

        with pytest.raises(NothingToInherit):
            follow(component, other)

    def test_nothing_that_only_was_a_platform(self, component, platform):
        factory.make_decision(platform, CRITERION)
        Component.objects.filter(pk=platform.pk).update(is_platform=False)

        with pytest.raises(NothingToInherit):
            follow(component, platform)

    def test_who_decided_in_the_meantime_is_not_overruled(self, component, platform):
        factory.make_decision(platform, CRITERION)
        theirs = factory.make_decision(component, CRITERION, "build")

        with pytest.raises(DecisionConflict) as lost:
            follow(component, platform, seen=None)

        assert lost.value.current == theirs
        assert not InheritanceStep.objects.exists()

    @pytest.mark.parametrize("write", ["update", "delete"])
    def test_the_database_refuses_to_change_a_step(self, component, platform, write):
        factory.make_decision(platform, CRITERION)
        follow(component, platform)
        steps = InheritanceStep.objects.all()

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            steps.update(reason="Never.") if write == "update" else steps._raw_delete(steps.db)


STEPS = st.lists(st.sampled_from(["platform", "own", "follow", "end"]), max_size=8)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_inheriting_never_touches_a_ledger(component, platform, steps):
    """Whatever is done in whatever order: ledgers hold only what was decided, the index is true."""
    with transaction.atomic():
        decided = {component.pk: 0, platform.pk: 0}
        follows = False
        for n, step in enumerate(steps):
            where = {"platform": platform, "own": component}.get(step)
            if where:
                outcome = ("build", "done", "not_applicable")[n % 3]
                factory.make_decision(where, CRITERION, outcome)
                decided[where.pk] += 1
                follows = follows and step == "platform"
            elif step == "follow" and decided[platform.pk]:
                follow(component, platform)
                follows = True
            elif step == "end" and follows:
                end(component)
                follows = False

        for each in (component, platform):
            own = Decision.objects.filter(requirement=requirement_of(each))
            assert own.count() == decided[each.pk]
            assert requirement_of(each).current_decision == own.first()
            assert_index_is_true(each)
        assert list(broken_entries()) == []
        assert bool(requirement_of(component).inherits) == follows
        transaction.set_rollback(True)
