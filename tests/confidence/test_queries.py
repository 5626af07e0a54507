"""What lists read of confidence rounds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.confidence.queries import latest_confidence
from readiness.confidence.rules import Latest
from readiness.models import ConfidenceRound
from tests import factory
from tests.factory import NOW


def kept(component, mean, *, ago=1, voters=5, **values):
    """A closed round as its row is, whoever wrote it."""
    at = NOW - timedelta(days=ago)
    said = {"voters": voters, "members": 7, "mean": mean, "spread": mean and 0.5, "overall": None}
    said |= {"topics": [], "sentences": []}
    return ConfidenceRound.objects.create(
        component=component,
        question="Tonight?",
        opened_by=component.history.first().history_user,
        opened_at=at - timedelta(days=1),
        closes_at=at,
        **{"closed_at": at, "result": said} | values,
    )


def test_is_the_newest_closed_round_of_each(component):
    other, never = factory.make_component(slug="other"), factory.make_component(slug="never")
    kept(component, 4.2, ago=1)
    kept(component, 2.1, ago=9)
    kept(component, None, closed_at=None, result=None)
    kept(other, None, voters=2)

    assert latest_confidence([component.pk, other.pk, never.pk]) == {
        component.pk: Latest("Tonight?", NOW - timedelta(days=1), 5, 4.2, 0.5),
        other.pk: Latest("Tonight?", NOW - timedelta(days=1), 2, None, None),
    }


@pytest.mark.parametrize("number", [1, 3, 75])
def test_takes_one_query_for_many_components(db, number, django_assert_num_queries):
    first = factory.make_component(slug="c-0")
    components = [first, *(factory.make_component(slug=f"c-{n}") for n in range(1, number))]
    for each in components:
        kept(each, 3.0)
        kept(each, 1.0, ago=3)

    with django_assert_num_queries(1):
        found = latest_confidence([each.pk for each in components])

    assert {latest.mean for latest in found.values()} == {3.0}
    assert len(found) == number
