"""Nobody reaches what belongs to another drill or component by its number."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from readiness.drills.actions import add_finding
from readiness.drills.stamps import press, strike
from readiness.models import Comment, DrillEntry, DrillFinding, DrillScenario
from tests import factory
from tests.factory import NOW

DRILLS = "/components/asset-router/drills/"


@pytest.fixture
def elsewhere(component, user):
    """A drill of another component of the same team."""
    other = factory.make_component(slug="other", team=component.team)
    return factory.make_drill(other, "c-0-0", outcome="")


def noted(drill, user):
    return press(
        drill=drill, key=uuid.uuid4(), kind="noticed", text="", age=timedelta(), by=user, now=NOW
    ).entry


def found(drill, user):
    requirement = drill.component.requirements.first()
    return add_finding(drill=drill, text="Slow.", requirement=requirement, by=user, now=NOW)


class TestOfAnotherDrill:
    @pytest.fixture(params=["same component", "other component"])
    def another(self, request, component, drill, elsewhere):
        if request.param == "other component":
            return elsewhere
        return factory.make_drill(component, outcome="")

    def test_no_entry_is_struck_out_or_let_stand(self, editor, user, drill, another):
        entry = noted(another, user)
        address = f"{DRILLS}{drill.pk}/entries/{entry.pk}"

        assert editor.post(f"{address}/strike/").status_code == 404
        assert DrillEntry.objects.get().struck_at is None

        strike(entry=entry, by=user, now=NOW)
        assert editor.post(f"{address}/restore/").status_code == 404
        assert DrillEntry.objects.get().struck_at == NOW

    def test_no_finding_is_posted_or_linked(self, editor, user, drill, another):
        address = f"{DRILLS}{drill.pk}/findings/{found(another, user).pk}"

        assert editor.post(f"{address}/comment/").status_code == 404
        ticket = {"ticket_url": "https://tickets.example/1"}
        assert editor.post(f"{address}/ticket/", ticket).status_code == 404
        assert (Comment.objects.count(), DrillFinding.objects.get().ticket_url) == (0, "")


def test_a_finding_is_of_no_requirement_of_another_component(editor, drill, elsewhere):
    theirs = elsewhere.component.requirements.first()

    response = editor.post(
        f"{DRILLS}{drill.pk}/findings/", {"text": "Slow.", "requirement": theirs.pk}
    )

    assert (response.status_code, DrillFinding.objects.exists()) == (422, False)


def test_a_scenario_of_another_component_is_not_shown_edited_or_retired(
    editor, component, elsewhere
):
    """Nor one of the library, but for being shown."""
    foreign = factory.make_scenario("unplug", component=elsewhere.component)
    said = {"title": "T", "operation": "o", "purpose": "P", "steps": "S", "term_days": "30"}

    for scenario, shown in ((foreign, 404), (elsewhere.scenario, 200)):
        address = f"{DRILLS}scenarios/{scenario.slug}/"
        assert editor.get(address).status_code == shown
        assert editor.get(f"{address}edit/").status_code == 404
        assert editor.post(f"{address}edit/", said).status_code == 404
        assert editor.post(f"{address}retire/").status_code == 404
    assert not DrillScenario.objects.filter(title="T").exists()
    assert not DrillScenario.objects.exclude(retired_at=None).exists()
