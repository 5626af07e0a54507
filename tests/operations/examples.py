"""What the tests of operations sheets' pages say and send."""

from __future__ import annotations

from readiness.models import Blueprint, Component, DrillScenario
from readiness.operations.sheet import parse_sheet
from tests import factory

BASE = "/components/asset-router/operations/"
ROUTER = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "router",
    "edge_regions": ["us-east-1", "eu-central-1", "eu-west-1"],
}
CONTENT = {
    "options": [
        {"kind": "roll_back", "title": "Roll back", "how": "Run *it*.", "minutes": 5, "who": "Us"},
        {"kind": "drain", "title": "Drain", "scenario": "drain-a-region"},
    ],
    "links": [{"title": "Splunk", "url": "https://logs.example.com/edge"}],
    "error_states": [{"symptom": "502 <everywhere>", "action": "Roll back"}],
    "contacts": [{"who": "Edge team", "how": "+49 30 1234", "when": "First"}],
}


def scenario(slug="drain-a-region", **values):
    return DrillScenario.objects.create(
        **{"slug": slug, "title": "Drain a region", "operation": "drain"}
        | {"purpose": "x", "steps": "x"}
        | values
    )


def proposal(component, **content):
    """Give the component a blueprint whose operations section says this."""
    blueprint = factory.make_blueprint(component.catalog)
    Blueprint.objects.update(operations=parse_sheet(content or CONTENT).as_json())
    Component.objects.update(blueprint=blueprint)
