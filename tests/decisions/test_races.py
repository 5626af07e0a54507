"""Two people at the same moment, with a database connection each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from readiness.aws.runner import request_run
from readiness.components.actions import EditConflict, edit_component
from readiness.decisions.actions import DecisionConflict, decide, refresh_standings
from readiness.decisions.queries import broken_entries
from readiness.decisions.rules import Content
from readiness.decisions.sharing import inherit, stop_inheriting
from readiness.models import CheckRun, Component, Decision, Requirement
from readiness.teams.actions import LastAdmin, remove_member
from tests import factory
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def at_once(number, act):
    """Call act(0), act(1) ... in threads that start together; returns what each brought."""
    start = Barrier(number)

    def run(n):
        try:
            start.wait()
            return act(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_of_many_who_decide_at_once_one_is_kept_and_the_others_are_told():
    component = factory.make_component()
    people = [factory.make_user() for _ in range(MANY)]

    def act(n):
        try:
            return decide(
                component=component,
                criterion="c-0-0",
                content=Content("not_applicable", reasoning=f"Says {n}."),
                supersedes_id=None,
                by=people[n],
                now=NOW,
            )
        except DecisionConflict as lost:
            return lost.current

    brought = at_once(MANY, act)

    kept = Decision.objects.get()
    assert set(brought) == {kept}
    assert list(broken_entries()) == []


def test_of_many_who_decide_one_after_the_other_nothing_is_lost():
    component = factory.make_component()
    people = [factory.make_user() for _ in range(MANY)]

    def act(n):
        seen = None
        while True:
            try:
                return decide(
                    component=component,
                    criterion="c-0-0",
                    content=Content("done", evidence=f"Says {n}."),
                    supersedes_id=seen,
                    by=people[n],
                    now=NOW,
                ).pk
            except DecisionConflict as lost:
                seen = lost.current.pk if lost.current else None

    brought = at_once(MANY, act)

    assert set(brought) == set(Decision.objects.values_list("pk", flat=True))
    assert sorted(Decision.objects.values_list("number", flat=True)) == list(range(1, MANY + 1))
    assert list(broken_entries()) == []


def test_of_many_who_edit_at_once_one_is_kept_and_the_others_are_told():
    factory.make_component()
    by = factory.make_user()

    def act(n):
        try:
            edit_component(
                component=Component.objects.get(),
                values={"name": f"Name {n}"},
                version=1,
                by=by,
                now=NOW,
            )
        except EditConflict:
            return "told"
        return f"Name {n}"

    brought = at_once(MANY, act)

    assert sorted(brought) == sorted([Component.objects.get().name] + ["told"] * (MANY - 1))
    assert Component.objects.get().version == 2


def test_many_who_run_the_checks_at_once_join_one_run():
    component = factory.make_component()

    brought = at_once(MANY, lambda n: request_run(component=component, by=None, now=NOW).pk)

    assert set(brought) == {CheckRun.objects.get().pk}


def test_two_admins_who_remove_each_other_leave_one():
    team = factory.make_team()
    admins = [factory.make_user(team=team, role=factory.Role.ADMIN) for _ in range(2)]

    def act(n):
        try:
            remove_member(team=team, user=admins[1 - n])
        except LastAdmin:
            return "told"
        return "removed"

    assert sorted(at_once(2, act)) == ["removed", "told"]
    assert team.memberships.count() == 1


def test_a_platform_that_decides_while_others_override_leaves_every_standing_true():
    """Some inheritors decide themselves, some begin or end to inherit, at the very moment."""
    platform = factory.make_component(slug="logging", is_platform=True)
    by = factory.make_user()
    decided = factory.make_decision(platform, "c-0-0", "done")
    services = [factory.make_component(slug=f"service-{n}") for n in range(MANY)]
    for service in services:
        service.platforms.add(platform)
    said = {"criterion": "c-0-0", "by": by, "now": NOW}
    for service in services[:4]:
        inherit(component=service, platform=platform, seen=None, **said)

    def act(n):
        if n == MANY:
            content = Content("build", reasoning="Anew.", owner_id=by.pk)
            decide(component=platform, content=content, supersedes_id=decided.pk, **said)
        elif n < 2:
            content = Content("not_applicable", reasoning=f"Says {n}.")
            decide(component=services[n], content=content, supersedes_id=None, **said)
        elif n < 4:
            stop_inheriting(component=services[n], **said)
        else:
            inherit(component=services[n], platform=platform, seen=None, **said)

    at_once(MANY + 1, act)

    kept = Requirement.objects.filter(criterion__slug="c-0-0", component__in=services)
    assert [r.standing for r in kept.order_by("component__slug")] == [
        *["not_applicable"] * 2,
        *["undecided"] * 2,
        *["gap"] * 2,
    ]
    assert [refresh_standings(component=each, now=NOW) for each in services] == [[]] * MANY
    assert list(broken_entries()) == []
