"""What is empty says what belongs there and offers the first action, or names who may do it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from readiness.models import Component
from tests import factory

C = "/components/asset-router/"
ROW = f"{C}requirements/c-0-0/"

# Where, what an admin of the team finds in its emptiness, and what a viewer does.
EMPTY = [
    ("/queue/", "Nothing waits for you.", "Nothing waits for you."),
    ("/queue/?of=everybody", "No decision is due", "No decision is due"),
    ("/risks/", ">To the components</a>", "no risk was accepted"),
    (f"{C}risks/", f'href="{C}">To the gap report', "no risk was accepted"),
    (f"{C}runs/", "Run the first checks", "An editor of Edge team runs them."),
    (f"{C}checks/", "Give parameters", "An editor of Edge team gives the parameters."),
    (f"{C}incidents/", "Record an incident", "An editor of Edge team can record the first."),
    (f"{C}milestones/", "Freeze the report", "An editor of Edge team can freeze the first."),
    (f"{C}confidence/", "Open a round", "An editor of Edge team can open the first."),
    (f"{C}drills/", "Plan a drill", "An editor of Edge team can plan the first."),
    (f"{C}operations/versions/", "Write the first version", "can write the first version."),
    (f"{C}recordings/", "Make one as said above", "An editor of Edge team brings them."),
    (f"{C}trend/", "a line needs two days", "a line needs two days"),
    (f"{ROW}comments/", "Nobody has said anything yet.", "Editors of Edge team ask and answer"),
    (f"{ROW}evidence/", "Add a link", "Editors of Edge team add it."),
    ("/accounts/", "Add the first account", "An admin of your team adds one"),
    (f"{C}accounts/", "Add an AWS account", None),
    ("/teams/edge/tokens/", "Make a token", None),
    ("/teams/edge/webhooks/", "Add the channel of its chat below", None),
    ("/notices/", "What waits today", "What waits today"),
    (f"{C}lint/", "Nothing has been decided yet.", "Nothing has been decided yet."),
]


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(("path", "admin", "viewer"), EMPTY, ids=[row[0] for row in EMPTY])
def test_empty_pages_offer_the_first_action_or_say_who_may(login, path, admin, viewer):
    assert admin in text_of(login("admin").get(path))
    if viewer:
        html = text_of(login("viewer").get(path))
        assert viewer in html
        # A button that would only be refused is none.
        posts = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', html))
        assert [each for each in posts if each.startswith(C)] == []


@pytest.mark.parametrize("page", ["incidents", "milestones", "confidence", "drills", "operations"])
def test_of_an_archived_component_nobody_is_to_be_asked(login, component, page):
    Component.objects.update(archived_at=factory.NOW)

    html = text_of(login("admin").get(f"{C}{page}/"))

    assert "Asset router is archived: nothing is added any more." in html
    assert "An editor of" not in html


class TestEmptyInstallation:
    @pytest.fixture
    def root(self, db):
        user = factory.make_user("root")
        user.is_superuser = True
        user.save()
        client = Client()
        client.force_login(user)
        return client

    @pytest.fixture
    def somebody(self, db):
        client = Client()
        client.force_login(factory.make_user("somebody"))
        return client

    @pytest.mark.parametrize(
        ("path", "says", "to_others"),
        [
            (reverse("component_list"), "It needs a team", "You are in no team that may add one."),
            ("/catalog/", "this loads ours, on the machine", "whoever runs this installation"),
            ("/catalog/blueprints/", "this loads ours, on the", "whoever runs this installation"),
            ("/teams/", "Make the first team", "Ask an admin of a team to add you"),
            ("/accounts/", "Make the first team", "An admin of your team adds one"),
            ("/risks/", "no risk was accepted", "no risk was accepted"),
            ("/queue/", "Nothing waits for you.", "Nothing waits for you."),
        ],
    )
    def test_says_where_to_begin(self, root, somebody, path, says, to_others):
        assert says in text_of(root.get(path))
        assert to_others in text_of(somebody.get(path))

    def test_team_without_components_leads_to_the_blueprints(self, root):
        root.post("/teams/new/", {"name": "Edge team"})

        html = text_of(root.get("/teams/edge-team/"))

        assert "Edge team has no components yet." in html
        assert 'href="/catalog/blueprints/">Start from a blueprint' in html

    def test_component_is_not_asked_for_before_there_is_a_catalog(self, root):
        root.post("/teams/new/", {"name": "Edge team"})

        html = text_of(root.get("/new/"))

        assert "No catalog is loaded yet." in html
        assert "Add component</button>" not in html

    def test_login_says_how_the_first_account_is_made(self, db):
        assert "manage.py createsuperuser" in text_of(Client().get("/login/"))

        factory.make_user()

        assert "manage.py createsuperuser" not in text_of(Client().get("/login/"))


def test_team_of_a_viewer_offers_nothing_that_would_be_refused(login, component):
    component.archived_at = factory.NOW
    component.save()

    html = text_of(login("viewer").get("/teams/edge/"))

    assert "An editor of the team adds one." in html
    assert 'href="/new/"' not in html
