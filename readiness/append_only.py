"""Tables whose rows the database itself refuses to change or delete.

A migration that alters such a table on SQLite must repeat AppendOnly after it: SQLite rebuilds the
table and drops its triggers with the old one. `manage.py doctor` and a test look for them.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

TABLES = (
    "readiness_decision",
    "readiness_approval",
    "readiness_triggerfiring",
    "readiness_evidencefile",
    "readiness_inheritancestep",
    "readiness_milestone",
    "readiness_milestoneverdict",
    "readiness_milestonecondition",
    "readiness_conditionclosing",
    "readiness_sheetversion",
)

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION readiness_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH {scope} EXECUTE FUNCTION readiness_refuse_change()
"""


class AppendOnly(Operation):
    """Refuse UPDATE, DELETE and TRUNCATE on a table from now on; reversing allows them again."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        vendor = schema_editor.connection.vendor
        for statement in (*drop(self.table, vendor), *create(self.table, vendor)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        for statement in drop(self.table, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make {self.table} append-only"


class StaysAppendOnly(AppendOnly):
    """Stands first in a migration that alters an append-only table: reversed, that protects the
    table again, last of all. AppendOnly itself does it forwards."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        pass

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        super().database_forwards(app_label, schema_editor, *states)

    def describe(self) -> str:
        return f"Keep {self.table} append-only when this is reversed"


def create(table: str, vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    scopes = {"UPDATE": "ROW", "DELETE": "ROW", "TRUNCATE": "STATEMENT"}
    return [
        POSTGRES_FUNCTION,
        *(POSTGRES.format(table=table, verb=verb, scope=scopes[verb]) for verb in scopes),
    ]


def drop(table: str, vendor: str) -> list[str]:
    on = "" if vendor == "sqlite" else f" ON {table}"
    verbs = ("UPDATE", "DELETE") if vendor == "sqlite" else ("UPDATE", "DELETE", "TRUNCATE")
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}" for verb in verbs]


def unprotected_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the append-only tables that lack a trigger."""
    names = (
        "SELECT lower(name) FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        found = {row[0].lower() for row in cursor.fetchall()}
    return [table for table in TABLES if not {f"{table}_no_update", f"{table}_no_delete"} <= found]
