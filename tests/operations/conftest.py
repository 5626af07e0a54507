"""What the tests of operations sheets begin with."""

from __future__ import annotations

import pytest

from readiness.models import Component
from tests.factory import NOW
from tests.operations.examples import ROUTER


@pytest.fixture
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def router(component):
    Component.objects.update(parameters=ROUTER)
    component.refresh_from_db()
    return component
