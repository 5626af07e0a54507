"""What every test may use. Rows come from tests/factory.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from readiness import append_only
from readiness.models import Component, Role, User
from tests import factory


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let tests with real transactions empty the tables afterwards: append-only ones refuse."""
    del django_db_setup
    flush = connection.ops.execute_sql_flush

    def flush_all(statements: list[str]) -> None:
        with connection.cursor() as cursor:
            for table in append_only.TABLES:
                for statement in append_only.drop(table, connection.vendor):
                    cursor.execute(statement)
        flush(statements)
        with connection.cursor() as cursor:
            for table in append_only.TABLES:
                for statement in append_only.create(table, connection.vendor):
                    cursor.execute(statement)

    connection.ops.execute_sql_flush = flush_all
    yield
    connection.ops.execute_sql_flush = flush


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
