"""What every test may use. Rows come from tests/factory.py."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client

from readiness import append_only
from readiness.models import Component, Role, User
from tests import factory

# What a test asks for when it touches a database, itself or by another fixture.
DATABASE = {"db", "transactional_db", "live_server"}
BROWSER = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database leave out what it could not change: tests that ask for none, linters,
    what is drawn in a browser or a PDF, and long looks at the calendar."""
    if os.environ.get("TEST_DATABASE_URL"):
        once = [item for item in items if not _could_differ(item)]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if _could_differ(item)]


def _could_differ(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database") or BROWSER in item.path.parents:
        return False
    asks = DATABASE.intersection(getattr(item, "fixturenames", ()))
    return bool(asks) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let tests with real transactions empty the tables afterwards: append-only ones refuse.

    On the class: what runs in an event loop, as the browser's tests do, has its own connection.
    """
    del django_db_setup
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_all(self: BaseDatabaseOperations, statements: Iterable[str]) -> None:
        vendor = self.connection.vendor
        with self.connection.cursor() as cursor:
            for table in append_only.TABLES:
                for statement in append_only.drop(table, vendor):
                    cursor.execute(statement)
        flush(self, statements)
        with self.connection.cursor() as cursor:
            for table in append_only.TABLES:
                for statement in append_only.create(table, vendor):
                    cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", flush_all)
        yield
    with django_db_blocker.unblock():
        _end_other_sessions()


def _end_other_sessions() -> None:
    """A thread that served a browser which is gone may hold a connection; PostgreSQL drops no
    database that somebody is in."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def component(db: None) -> Component:
    """The asset router of the edge team, over a catalog of two topics with three criteria each."""
    return factory.make_component()


@pytest.fixture
def people(component: Component) -> dict[str, User]:
    """One member per role of the component's team, and a stranger."""
    people = {
        role.name.lower(): factory.make_user(role.name.lower(), team=component.team, role=role)
        for role in Role
    }
    return people | {"stranger": factory.make_user("stranger")}


@pytest.fixture
def login(people: dict[str, User]) -> Callable[[str], Client]:
    """Log in as "viewer", "editor", "approver", "admin" or "stranger"."""

    def logged_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return logged_in


@pytest.fixture
def editor(login: Callable[[str], Client]) -> Client:
    return login("editor")
