"""What incidents take of error budgets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from readiness.incidents.queries import Budget, minutes_lost_of
from tests import factory
from tests.factory import NOW


def test_a_budget_is_spent_once_more_is_lost_than_there_was():
    minute = timedelta(minutes=1)

    spent = [Budget(30, lost, minute).is_spent for lost in (minute, 1.01 * minute)]

    assert spent == [False, True]


def test_of_many_components_each_counts_what_began_within_its_own_window(
    component, django_assert_num_queries
):
    other = factory.make_component(slug="other")
    spared = factory.make_component(slug="spared")
    for each in (component, other):
        for ago in (-1, 3, 7, 20):
            began = NOW - timedelta(days=ago)
            factory.make_incident(each, started_at=began, minutes_lost=Decimal(f"{abs(ago)}.5"))
    factory.make_incident(spared, minutes_lost=None)

    windows = {component.pk: 30, other.pk: 7, spared.pk: 30}
    with django_assert_num_queries(1):
        lost = minutes_lost_of({pk: timedelta(days=days) for pk, days in windows.items()}, NOW)

    assert lost == {component.pk: Decimal("31.5"), other.pk: Decimal("3.5")}
