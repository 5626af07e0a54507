"""What the tests of drills begin with."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import factory


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def rollback(component):
    return factory.make_scenario("roll-back", "c-0-0")


@pytest.fixture
def user(component):
    return factory.make_user("ada", team=component.team)


@pytest.fixture
def drill(component, user):
    return factory.make_drill(component, "c-0-0", outcome="")
