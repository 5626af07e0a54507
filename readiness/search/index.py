"""The index that search reads, and the triggers that keep it in the transaction of every write.

The words of each row stand in readiness_searchentry. PostgreSQL has a column of it with GIN
indexes, SQLite an FTS5 table beside it. Triggers write the entries, so that what is written in
bulk is found too. They read across tables, which SQLite cannot rebuild meanwhile: every migration
runs without them, and what it may have changed is indexed anew afterwards.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from readiness.search.sources import COLUMNS, LENT, SETS, SOURCES, Source

TABLE, WORDS, TERMS = "readiness_searchentry", "readiness_searchwords", "readiness_searchterms"
# What is missing, and its fix.
NO_FTS5 = (
    "This SQLite was built without FTS5, which search needs.",
    "Use a Python whose SQLite has it, or PostgreSQL.",
)

# Words end at every mark, as on SQLite: a part of a host name or of a path is found.
_MARKS = r"""!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~"""
_SPACED = f"'{_MARKS}', repeat(' ', 32)"
POSTGRES = (
    f"ALTER TABLE {TABLE} ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('simple', translate(title, {_SPACED})), 'A') || "
    f"to_tsvector('simple', translate(text, {_SPACED})) || "
    # No word that somebody types begins with this mark.
    "array_to_tsvector(ARRAY['=' || component_id::text])) STORED",
)
# One for each of SETS: a word that is everywhere in one of them costs nothing in the others. And
# without the list of what is yet to be sorted in, through which every search would have to read.
INDEXES = {
    f"search_words_{number}": (
        f"CREATE INDEX search_words_{number} ON {TABLE} USING gin (words) "
        f"WITH (fastupdate = off) WHERE source IN ({', '.join(map(repr, sources))})"
    )
    for number, sources in enumerate(SETS, 1)
}
SQLITE = (
    f"CREATE VIRTUAL TABLE {WORDS} USING fts5(title, text, source, component_id, "
    f"content='{TABLE}', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    f"CREATE VIRTUAL TABLE {TERMS} USING fts5vocab('{WORDS}', 'instance')",
)
_OF_FTS5 = "title, text, source, component_id"
_GONE = (
    f"INSERT INTO {WORDS}({WORDS}, rowid, {_OF_FTS5}) "  # noqa: S608 - our own names
    "VALUES ('delete', OLD.id, OLD.title, OLD.text, OLD.source, OLD.component_id);"
)
_THERE = (
    f"INSERT INTO {WORDS}(rowid, {_OF_FTS5}) "  # noqa: S608
    "VALUES (NEW.id, NEW.title, NEW.text, NEW.source, NEW.component_id);"
)


class SearchIndex(Operation):
    """Give the entries an index by their words; the triggers come after the migration."""

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        if schema_editor.connection.vendor != "sqlite":
            for statement in (*POSTGRES, *INDEXES.values()):
                schema_editor.execute(statement, params=None)
            return
        if not has_fts5():
            raise CommandError(" ".join(NO_FTS5))
        for statement in SQLITE:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        for statement in _drop_triggers(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TABLE {TERMS}", params=None)
            schema_editor.execute(f"DROP TABLE {WORDS}", params=None)
        else:
            schema_editor.execute(f"ALTER TABLE {TABLE} DROP COLUMN words", params=None)

    def describe(self) -> str:
        return "Index what people wrote by its words"


def has_fts5() -> bool:
    """True where the SQLite that Python has was built with FTS5."""
    try:
        with closing(sqlite3.connect(":memory:")) as scratch:
            scratch.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError:
        return False
    return True


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that should keep the index and are not there."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        found = {row[0] for row in cursor.fetchall()}
    return [name for name, _ in _names(connection.vendor) if name not in found]


def rebuild(connection: BaseDatabaseWrapper) -> int:
    """Index everything anew, with the triggers that keep it so; returns the number of entries."""
    fill = _fill_sqlite if connection.vendor == "sqlite" else _fill_postgres
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in (*_drop_triggers(connection.vendor), *fill()):
            cursor.execute(statement)
        cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
        return int(cursor.fetchone()[0])


@contextmanager
def paused(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Write very much at once: nothing is indexed until the block is left, then all of it is."""
    with connection.cursor() as cursor:
        for statement in _drop_triggers(connection.vendor):
            cursor.execute(statement)
    try:
        yield
    finally:
        rebuild(connection)


def before_migrations(*, using: str, plan: list[Any], **_: Any) -> None:
    """Take the triggers away when something is to be migrated."""
    connection = connections[using]
    if plan and _is_there(connection):
        with connection.cursor() as cursor:
            for statement in _drop_triggers(connection.vendor):
                cursor.execute(statement)


def after_migrations(*, using: str, **_: Any) -> None:
    """Put the triggers back, and index what was written without them."""
    connection = connections[using]
    if _is_there(connection) and missing_triggers(connection):
        rebuild(connection)


def _is_there(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        return TABLE in connection.introspection.table_names(cursor)


def _fill_sqlite() -> Iterator[str]:
    yield f"DELETE FROM {TABLE}"  # noqa: S608 - our own names
    yield from (_insert(source, "sqlite") for source in SOURCES)
    yield f"INSERT INTO {WORDS}({WORDS}) VALUES ('rebuild')"  # noqa: S608
    yield from _sqlite_triggers()


def _fill_postgres() -> Iterator[str]:
    # First what locks the tables: nothing is written between.
    yield f"TRUNCATE {TABLE}"
    yield from _postgres_triggers()
    yield from (f"DROP INDEX IF EXISTS {name}" for name in INDEXES)
    yield from (_insert(source, "postgresql") for source in SOURCES)
    yield from INDEXES.values()
    yield f"ANALYZE {TABLE}"


def _insert(source: Source, vendor: str, only: str = "") -> str:
    return f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {source.select(vendor, only)}"  # noqa: S608


def _delete(source: Source, row: str = "OLD") -> str:
    return (
        f"DELETE FROM {TABLE} WHERE source = '{source.name}' "  # noqa: S608 - our own names
        f"AND object_id = {row}.{source.key}"
    )


def _enter(source: Source, vendor: str) -> str:
    """The new row's entry, in place of the one it takes after."""
    insert = f"{_insert(source, vendor, 's.id = NEW.id')};"
    return insert if source.key == "id" else f"{_delete(source, 'NEW')}; {insert}"


def _lend(source: str, table: str, key: str) -> str:
    return (
        f"UPDATE {TABLE} SET title = NEW.title WHERE source = '{source}' "  # noqa: S608
        f"AND object_id IN (SELECT id FROM {table} WHERE {key} = NEW.id)"
    )


def _names(vendor: str) -> list[tuple[str, str]]:
    """Every trigger with its table."""
    names = []
    for source in SOURCES:
        for verb in ("insert", "update", "delete") if source.watched else ("insert", "delete"):
            names.append((f"search_{source.name}_{verb}", source.table))
    names += [(f"search_{lent.source}_title", lent.table) for lent in LENT]
    if vendor == "sqlite":
        names += [(f"search_words_{verb}", TABLE) for verb in ("insert", "update", "delete")]
    return names


def _drop_triggers(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in _names(vendor)]
    functions = {name.rsplit("_", 1)[0] for name, _ in _names(vendor)}
    functions |= {f"search_{lent.source}_title" for lent in LENT}
    # A function takes its triggers along.
    return [f"DROP FUNCTION IF EXISTS readiness_{name}() CASCADE" for name in sorted(functions)]


def _sqlite_triggers() -> list[str]:
    triggers = []
    for source in SOURCES:
        on = {"insert": _enter(source, "sqlite"), "delete": f"{_delete(source)};"}
        if source.watched:
            on["update"] = f"{on['delete']} {on['insert']}"
        for verb, does in on.items():
            when = "UPDATE OF " + ", ".join(source.watched) if verb == "update" else verb
            changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in source.watched)
            triggers.append(
                f"CREATE TRIGGER search_{source.name}_{verb} AFTER {when} ON {source.table} "
                f"{f'WHEN {changed} ' if verb == 'update' else ''}BEGIN {does} END"
            )
    tables = {source.name: source.table for source in SOURCES}
    for lent in LENT:
        does = _lend(lent.source, tables[lent.source], lent.key)
        triggers.append(
            f"CREATE TRIGGER search_{lent.source}_title AFTER UPDATE OF title ON {lent.table} "
            f"WHEN OLD.title IS NOT NEW.title BEGIN {does}; END"
        )
    for verb, does in (("insert", _THERE), ("update", _GONE + _THERE), ("delete", _GONE)):
        triggers.append(
            f"CREATE TRIGGER search_words_{verb} AFTER {verb} ON {TABLE} BEGIN {does} END"
        )
    return triggers


def _postgres_triggers() -> list[str]:
    statements = []
    for source in SOURCES:
        function = f"readiness_search_{source.name}"
        statements.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN {_delete(source)}; END IF; "
            f"IF TG_OP <> 'DELETE' THEN {_enter(source, 'postgresql')} END IF; "
            "RETURN NULL; END $$"
        )
        on = {"insert": "INSERT", "delete": "DELETE"}
        if source.watched:
            on["update"] = "UPDATE OF " + ", ".join(source.watched)
        for verb, when in on.items():
            old, new = (
                "(" + ", ".join(f"{row}.{name}" for name in source.watched) + ")"
                for row in ("OLD", "NEW")
            )
            changed = f"WHEN ({old} IS DISTINCT FROM {new}) " if verb == "update" else ""
            statements.append(
                f"CREATE TRIGGER search_{source.name}_{verb} AFTER {when} ON {source.table} "
                f"FOR EACH ROW {changed}EXECUTE FUNCTION {function}()"
            )
    tables = {source.name: source.table for source in SOURCES}
    for lent in LENT:
        name = f"search_{lent.source}_title"
        does = _lend(lent.source, tables[lent.source], lent.key)
        statements += [
            f"CREATE OR REPLACE FUNCTION readiness_{name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN {does}; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER UPDATE OF title ON {lent.table} FOR EACH ROW "
            f"WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION readiness_{name}()",
        ]
    return statements
