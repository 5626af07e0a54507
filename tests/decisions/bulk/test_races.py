"""Two who change many rows at the same moment, with a database connection each."""

from __future__ import annotations

import pytest

from readiness.decisions.bulk.actions import BulkConflict, decide_many, edit_many
from readiness.decisions.queries import broken_entries
from readiness.decisions.rules import Content
from readiness.models import Decision, Requirement
from tests import factory
from tests.decisions.test_races import at_once
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)
SLUGS = ("c-0-0", "c-0-1", "c-0-2", "c-1-0")


def test_of_two_who_decide_the_same_rows_one_decides_all_of_them():
    component = factory.make_component()
    people = [factory.make_user() for _ in range(2)]

    def act(n):
        content = Content("not_applicable", reasoning=f"Says {n}.")
        try:
            return decide_many(
                component=component,
                # In opposite orders: they must not wait for each other in a ring.
                contents=dict.fromkeys(SLUGS[:: 1 - 2 * n], content),
                seen=dict.fromkeys(SLUGS),
                by=people[n],
                now=NOW,
            )
        except BulkConflict as lost:
            return len(lost.changed)

    brought = at_once(2, act)

    assert sorted(len(each) if isinstance(each, list) else each for each in brought) == [4, 4]
    assert sum(isinstance(each, list) for each in brought) == 1
    assert len(set(Decision.objects.values_list("decided_by", flat=True))) == 1
    assert Decision.objects.count() == 4
    assert list(broken_entries()) == []


def test_of_two_who_weigh_the_same_rows_one_weighs_all_of_them():
    component = factory.make_component()
    people = [factory.make_user() for _ in range(2)]

    def act(n):
        try:
            edit_many(
                component=component,
                values={"weight": 4 + n},
                seen=dict.fromkeys(SLUGS, 1),
                by=people[n],
            )
        except BulkConflict as lost:
            return len(lost.changed)
        return 0

    brought = at_once(2, act)

    assert sorted(brought) == [0, 4]
    weights = Requirement.objects.filter(criterion__slug__in=SLUGS).values_list("weight", flat=True)
    assert set(weights) in ({4}, {5})
