"""Conditions of a go stand beside the queue of decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.milestones.actions import close_condition
from readiness.models import MilestoneCondition
from tests import factory
from tests.factory import NOW, TODAY


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def conditional(component, people):
    """A condition of the editor's by its day, in so many days from today."""

    def make(left, owner="editor"):
        name = f"Review {MilestoneCondition.objects.count()}"
        milestone = factory.make_milestone(component, by=people["editor"], name=name)
        due = TODAY + timedelta(days=left)
        return factory.make_conditions(
            milestone, by=people["approver"], owner=people[owner], due_date=due
        ).conditions.get()

    return make


def shown(client, of="me"):
    return client.get(f"/queue/?of={of}").context["conditions"]


def test_overdue_and_due_soon_stand_in_the_owners_queue(login, conditional):
    overdue, soon = conditional(-1), conditional(14)
    conditional(15)
    conditional(-9, owner="approver")
    editor = login("editor")

    assert shown(editor) == [overdue, soon]
    html = editor.get("/queue/").content.decode()
    assert ("Overdue</b>" in html, "Due soon</b>" in html) == (True, True)
    assert "Nothing waits for you." not in html
    path = f"/components/asset-router/milestones/{overdue.verdict.milestone_id}/#conditions"
    assert f'href="{path}"' in html


def test_of_a_team_are_everybodys(login, conditional):
    theirs = [conditional(-2, owner="approver"), conditional(-1)]

    assert shown(login("viewer"), "team:edge") == theirs
    assert shown(login("viewer"), "everybody") == theirs
    assert shown(login("viewer")) == []


def test_strangers_see_none(login, conditional, people):
    conditional(-1)

    assert shown(login("stranger"), "everybody") == []


def test_closed_and_archived_are_gone(login, conditional, component, people):
    done, left = conditional(-2), conditional(-1)
    close_condition(condition=done, evidence="Done.", by=people["editor"], now=NOW)
    editor = login("editor")

    assert shown(editor) == [left]
    component.archived_at = NOW
    component.save()
    assert shown(editor) == []


@pytest.mark.parametrize("number", [1, 3, 20])
def test_takes_as_many_queries_however_many(login, conditional, number, django_assert_num_queries):
    for _ in range(number):
        conditional(-1)
    editor = login("editor")

    with django_assert_num_queries(6):
        assert len(shown(editor)) == number
