"""Two people at the same moment, with a database connection each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connections

from readiness.aws.runner import request_run
from readiness.comments.actions import add_comment
from readiness.components.actions import EditConflict, edit_component
from readiness.decisions.actions import DecisionConflict, decide, refresh_standings
from readiness.decisions.approvals import ProposalGone, approve, send_back, withdraw
from readiness.decisions.queries import broken_entries
from readiness.decisions.rules import Content
from readiness.decisions.sharing import inherit, stop_inheriting
from readiness.models import Approval, CheckRun, Comment, Component, Decision, Requirement
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


class TestAProposalAtTheSameMoment:
    """Every accepted write is in the ledger once, every refused one was told so."""

    @pytest.fixture
    def proposal(self):
        component = factory.make_component()
        return factory.make_decision(
            component, "c-0-0", "wont_build", approved=False, likelihood=4, impact=3
        )

    def decide_anew(self, proposal, by, words="Anew."):
        return decide(
            component=proposal.requirement.component,
            criterion="c-0-0",
            content=Content("done", evidence=words),
            supersedes_id=proposal.pk,
            by=by,
            now=NOW,
        )

    def raced(self, *acts):
        """Return what each act wrote, None for who was told that somebody was faster."""

        def act(n):
            try:
                return acts[n]()
            except (DecisionConflict, ProposalGone):
                return None

        return at_once(len(acts), act)

    def stands(self, proposal):
        return Requirement.objects.get(pk=proposal.requirement_id)

    @pytest.mark.parametrize("turn", range(3))
    def test_approved_and_decided_anew(self, proposal, turn):
        ada, bo = factory.make_user(), factory.make_user()

        approval, anew = self.raced(
            lambda: approve(decision=proposal, by=ada, now=NOW),
            lambda: self.decide_anew(proposal, bo),
        )

        # The new one comes after the proposal, approved or not: it is never refused, and stands.
        assert list(Decision.objects.order_by("pk")) == [proposal, anew]
        assert list(Approval.objects.all()) == [approval] * (approval is not None)
        kept = self.stands(proposal)
        assert (kept.current_decision, kept.proposed_decision) == (anew, None)
        assert list(broken_entries()) == []

    @pytest.mark.parametrize("turn", range(3))
    def test_approved_and_sent_back_and_withdrawn(self, proposal, turn):
        ada, bo = factory.make_user(), factory.make_user()

        brought = self.raced(
            lambda: approve(decision=proposal, by=ada, now=NOW),
            lambda: send_back(decision=proposal, by=bo, now=NOW, reason="Too dear."),
            lambda: withdraw(decision=proposal, by=proposal.decided_by, now=NOW),
        )

        assert brought.count(None) == 2
        end = Approval.objects.get()
        assert end in brought
        kept = self.stands(proposal)
        assert kept.proposed_decision is None
        assert kept.current_decision == (proposal if end.kind == "approved" else None)
        assert list(broken_entries()) == []

    def test_approved_by_many_is_approved_once(self, proposal):
        people = [factory.make_user() for _ in range(MANY)]

        brought = self.raced(
            *(partial(approve, decision=proposal, by=each, now=NOW) for each in people)
        )

        assert brought.count(None) == MANY - 1
        assert Approval.objects.get() in brought
        assert list(broken_entries()) == []

    def test_decided_anew_by_many_is_decided_once(self, proposal):
        people = [factory.make_user() for _ in range(MANY)]

        brought = self.raced(*(partial(self.decide_anew, proposal, each) for each in people))

        assert brought.count(None) == MANY - 1
        kept = self.stands(proposal)
        assert kept.current_decision in brought
        assert list(Decision.objects.order_by("pk")) == [proposal, kept.current_decision]
        assert kept.proposed_decision is None
        assert list(broken_entries()) == []

    def test_commented_and_decided_keeps_all_that_was_said(self, proposal):
        people = [factory.make_user() for _ in range(MANY)]

        def say(n):
            return add_comment(
                requirement=proposal.requirement, text=f"Says {n}.", by=people[n], now=NOW
            )

        *comments, first, second = self.raced(
            *(partial(say, n) for n in range(MANY)),
            *(partial(self.decide_anew, proposal, each) for each in people[:2]),
        )

        assert sorted(Comment.objects.values_list("text", flat=True)) == [
            f"Says {n}." for n in range(MANY)
        ]
        assert None not in comments
        assert (first is None) != (second is None)
        assert Decision.objects.count() == 2
        assert list(broken_entries()) == []
