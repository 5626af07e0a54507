from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from demo.data import load_demo
from demo.trends import DAYS
from readiness.components.queries import counts_of
from readiness.models import Component
from readiness.trends.queries import trend_of

pytestmark = pytest.mark.one_database


@pytest.fixture
def now(db):
    now = timezone.now()
    load_demo({"buckets": ["assets"]}, now=now)
    return now


def test_each_component_has_days_that_end_in_what_stands_today(now):
    today = timezone.localdate(now)
    components = Component.objects.all()
    real = counts_of([each.pk for each in components], now)

    for component in components:
        points = trend_of(component, days=DAYS, today=today).points
        born = max(timezone.localdate(component.created_at), today - timedelta(days=DAYS - 1))
        assert [point.day for point in points] == [
            born + timedelta(days=n) for n in range((today - born).days + 1)
        ]
        assert points[-1].counts.by_standing == real[component.pk].by_standing
        assert {point.counts.total.number for point in points} == {real[component.pk].total.number}


def test_what_was_decided_later_was_undecided_before(now):
    component = Component.objects.get(slug="geo-router")
    points = trend_of(component, days=DAYS, today=timezone.localdate(now)).points

    settled = [point.counts.settled for point in points]
    assert settled[0] == 0 < settled[-1]
    assert len(set(settled)) > 3
