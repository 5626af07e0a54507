"""Whatever changes what a trigger looks at, looks at the triggers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import yaml

from readiness.catalog.loader import load
from readiness.components.actions import edit_component
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Component, Criterion, Requirement, TriggerFiring, User
from tests import factory
from tests.factory import NOW

LATER = NOW + timedelta(days=3)


def refuse(component, kind, criterion="c-0-0", **said):
    return factory.make_decision(
        component, criterion, "wont_build", triggers=(Trigger(kind),), **said
    )


def standing(criterion="c-0-0"):
    return Requirement.objects.get(criterion__slug=criterion).standing


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"criticality": "critical_path"}, "The component changed: criticality."),
        ({"availability_target": Decimal("99.99")}, "The component changed: availability target."),
        ({"parameters": {"function_name": "router"}}, "The component changed: parameters."),
    ],
)
def test_editing_a_component_looks_at_its_triggers(component, values, sentence):
    decision = refuse(component, TriggerKind.COMPONENT)

    edit_component(
        component=component, values=values, version=1, by=User.objects.first(), now=LATER
    )

    firing = TriggerFiring.objects.get()
    assert (firing.decision, firing.at, firing.sentence) == (decision, LATER, sentence)
    assert standing() == "lapsed"


def test_editing_what_no_trigger_looks_at_moves_nothing(component):
    refuse(component, TriggerKind.COMPONENT)

    edit_component(
        component=component,
        values={"description": "Another."},
        version=1,
        by=User.objects.first(),
        now=LATER,
    )

    assert (standing(), TriggerFiring.objects.count()) == ("accepted", 0)


def test_a_new_look_at_aws_looks_at_the_triggers(db):
    component = factory.make_component(
        parameters={"function_name": "router", "edge_regions": ["eu-west-1"]}
    )
    factory.add_check(Requirement.objects.get(criterion__slug="c-0-0"), "logs.retention")
    factory.make_result(component, "logs.retention", "pass")
    # What exists already can be refused all the same; it comes back when it breaks.
    refuse(component, TriggerKind.VERDICT)

    factory.make_result(component, "logs.retention", "fail", now=LATER)

    firing = TriggerFiring.objects.get()
    assert (firing.before, firing.after, standing()) == ("pass", "fail", "lapsed")


@pytest.fixture
def catalog_file(component, tmp_path):
    """The component's own catalog as a file, with what `changed` says of a criterion."""

    def written(**changed):
        topics: dict[str, dict] = {}
        for each in Criterion.objects.select_related("topic").order_by("pk"):
            topic = topics.setdefault(
                each.topic.slug,
                {"slug": each.topic.slug, "name": each.topic.name, "question": "Why?"}
                | {"criteria": []},
            )
            said = ("slug", "title", "question", "why", "evidence", "weight", "live_check")
            entry = {name: getattr(each, name) for name in said}
            topic["criteria"].append(entry | changed.get(each.slug.replace("-", "_"), {}))
        head = {"slug": "readiness", "name": "Production readiness", "notice": "Ours."}
        path = tmp_path / "catalog.yaml"
        path.write_text(yaml.safe_dump({"catalog": head, "topics": [*topics.values()]}))
        return path

    return written


def test_loading_a_new_text_of_a_criterion_looks_at_the_triggers_on_it(component, catalog_file):
    refuse(component, TriggerKind.CRITERION)
    refuse(component, TriggerKind.CRITERION, "c-0-1")

    load([catalog_file(c_0_0={"why": "Because of something else."})], now=LATER)

    firing = TriggerFiring.objects.get()
    assert (firing.sentence, firing.at) == ("The criterion has a new text.", LATER)
    assert (standing(), standing("c-0-1")) == ("lapsed", "accepted")


def test_loading_looks_at_no_component_that_nothing_watches(component, catalog_file, monkeypatch):
    factory.make_decision(component, "c-0-0", "wont_build")
    refuse(component, TriggerKind.CRITERION, "c-0-1")
    looked_at: list[Component] = []
    monkeypatch.setattr(
        "readiness.catalog.loader.refresh_standings",
        lambda *, component, now: looked_at.append(component),
    )

    load([catalog_file(c_0_0={"why": "Because of something else."})], now=LATER)

    assert looked_at == []
