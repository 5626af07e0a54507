"""Signing in, errors, and what every page has."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from readiness import login_limit
from readiness.models import Component


@pytest.fixture(autouse=True)
def _no_failures_yet():
    cache.clear()


def sign_in(client, typed="secret", username="editor"):
    return client.post("/login/", {"username": username, "password": typed})


class TestLogin:
    def test_leads_to_the_components(self, client, people):
        assert sign_in(client)["Location"] == "/"

    def test_leads_where_one_wanted_to_go_but_nowhere_else(self, client, people):
        there = {"username": "editor", "password": "secret", "next": "/catalog/"}
        elsewhere = there | {"next": "https://evil.example/"}

        assert client.post("/login/", there)["Location"] == "/catalog/"
        assert Client().post("/login/", elsewhere)["Location"] == "/"

    def test_refuses_a_wrong_password_without_saying_which_half_is_wrong(self, client, people):
        known = sign_in(client, "wrong").content.decode()
        unknown = sign_in(client, "wrong", "nobody").content.decode()

        for html in (known, unknown):
            assert "Please enter a correct username and password." in html

    def test_makes_guessing_slow_even_with_the_right_password(self, client, people):
        for _ in range(login_limit.FAILURES):
            sign_in(client, "wrong")

        html = sign_in(client).content.decode()

        assert "Too many failures. Try again in 5 minutes." in html

    def test_limits_the_address_too(self, client, people):
        for n in range(login_limit.FAILURES):
            sign_in(client, "wrong", f"guess-{n}")

        assert "Too many failures." in sign_in(client).content.decode()

    def test_forgets_failures_after_a_success(self, client, people):
        for _ in range(login_limit.FAILURES - 1):
            sign_in(client, "wrong")
        sign_in(client)
        sign_in(client, "wrong")

        assert sign_in(Client()).status_code == 302


class TestErrors:
    def test_not_found_looks_like_the_product_and_names_the_request(self, editor):
        response = editor.get("/components/nowhere/")

        html = response.content.decode()
        assert response.status_code == 404
        assert response["X-Request-Id"] in html
        assert "There is nothing at this address" in html

    def test_forbidden_says_which_role_is_missing(self, login, component):
        html = login("viewer").get("/components/asset-router/edit/").content.decode()

        assert "This needs the role editor in Edge team." in html

    def test_archived_says_what_to_do(self, editor, component):
        Component.objects.update(archived_at=component.created_at)

        html = editor.get("/components/asset-router/edit/").content.decode()

        assert "Asset router is archived: restore it to change it." in html

    def test_csrf_failure_tells_what_was_kept(self, people):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people["editor"])

        response = client.post("/components/asset-router/runs/start/")

        assert response.status_code == 403
        assert "Nothing was saved. Go back, copy what you typed" in response.content.decode()

    def test_server_error_is_a_page(self, people, monkeypatch):
        def stumble():
            raise ZeroDivisionError

        monkeypatch.setattr("readiness.catalog.views.blueprints", stumble)
        client = Client(raise_request_exception=False)
        client.force_login(people["editor"])

        response = client.get("/catalog/blueprints/")

        assert response.status_code == 500
        assert response["X-Request-Id"] in response.content.decode()


def test_request_id_is_ours_not_the_client_s(client, db):
    response = client.get("/healthz/", headers={"X-Request-Id": "evil\nline"})

    assert len(response["X-Request-Id"]) == 8


@pytest.mark.parametrize(
    "address",
    [
        "/components/?text=a%00b&team=%00",
        "/components/asset-router/incidents/?criterion=a%00b",
        "/components/asset-router/drills/plan/?scenario=%00",
        "/portfolio/refusals/?team=%00",
    ],
)
def test_no_address_asks_a_database_for_nul(editor, component, address):
    """PostgreSQL refuses it with an error."""
    response = editor.get(address)

    assert response.status_code == 200
    assert "\0" not in "".join(response.wsgi_request.GET.values())


def test_healthz_answers_without_a_login(client, db):
    assert client.get("/healthz/").json() == {"status": "ok"}
