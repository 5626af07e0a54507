from __future__ import annotations

import pytest
from django.utils import timezone

from readiness.models import ApiToken, Component
from readiness.runs.actions import create_token
from tests import factory

URL = "/api/components/asset-router/gate/"
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}


@pytest.fixture
def asked(client, component, people):
    _, text = create_token(
        team=component.team,
        name="Pipeline",
        expires_at=None,
        by=people["admin"],
        now=timezone.now(),
    )
    return lambda url=URL: client.get(url, headers={"Authorization": f"Bearer {text}"})


def test_says_each_outcome_with_200(asked, component):
    unseen = asked()
    Component.objects.update(parameters=ROUTER)
    component.refresh_from_db()
    factory.make_result(component, "logs.retention", "pass", now=timezone.now())
    ready = asked()
    factory.Requirement.objects.update(weight=5)
    in_the_way = asked()

    answers = (unseen, ready, in_the_way)
    assert [each.status_code for each in answers] == [200] * 3
    assert [each.json()["outcome"] for each in answers] == ["could_not_tell", "ready", "not_ready"]
    assert ready.json() == {"component": "asset-router", "outcome": "ready", "reasons": []}
    assert in_the_way.json()["reasons"][0] == {
        "outcome": "not_ready",
        "rule": "not_ready.undecided",
        "requirement": "c-0-0",
        "standing": "undecided",
        "sentence": "Nobody has decided yet.",
    }


@pytest.mark.parametrize("rows", [3, 74, 300])
def test_takes_as_many_queries_however_long_the_report(
    asked, component, rows, django_assert_num_queries
):
    factory.add_criteria(component, max(rows - 6, 0))
    asked()

    with django_assert_num_queries(5):
        assert asked().status_code == 200


def test_knows_its_own_team_s_components_only(asked):
    factory.make_component(slug="other", team=factory.make_team("other"))

    assert asked("/api/components/other/gate/").status_code == 404


def test_without_a_token_says_what_to_send(client, component):
    response = client.get(URL)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert "Authorization: Bearer TOKEN" in response.json()["error"]
    assert not ApiToken.objects.exists()
