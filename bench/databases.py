"""Scratch databases: a SQLite file in a temporary folder, and `readiness_bench` on PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NAME = "readiness_bench"


class NoServer(Exception):
    """Says in a few words why there is no PostgreSQL to measure on."""


@contextmanager
def scratch(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Make an empty database; yields its address and the version of what keeps it.

    Raises NoServer.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}", f"SQLite {sqlite3.sqlite_version}"
        return
    version = _on_server(_drop(), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    try:
        yield urlsplit(SERVER)._replace(path=f"/{NAME}").geturl(), f"PostgreSQL {version}"
    finally:
        _on_server(_drop())


def _drop() -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))


def _on_server(*statements: sql.Composed) -> str:
    try:
        with psycopg.connect(SERVER, connect_timeout=3, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError as error:
        raise NoServer(str(error).splitlines()[0]) from error
    return str(row[0]) if row else ""
