"""The index itself: kept by triggers, through migrations, and built anew."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from readiness import append_only
from readiness.models import Criterion, Requirement, SearchEntry
from readiness.search import index
from readiness.search.rows import rows
from readiness.search.sources import SETS, SOURCES
from readiness.search.typed import typed
from tests import factory

SQLITE = connection.vendor == "sqlite"


def entries():
    return sorted(SearchEntry.objects.values_list(*index.COLUMNS))


def found(component, query):
    return {row.kind.value for row in rows(typed(query), [component.pk, 0])}


def without_triggers():
    with connection.cursor() as cursor:
        for statement in index._drop_triggers(connection.vendor):
            cursor.execute(statement)


def test_every_trigger_is_there(db):
    assert index.missing_triggers(connection) == []
    assert {name for names in SETS for name in names} == {source.name for source in SOURCES}


# Written once: whose a row is, who wrote it and when.
NEVER_CHANGED = {
    *("id", "component_id", "requirement_id", "criterion_id", "drill_id", "at", "created_at"),
    *("added_at", "by_id", "author_id", "added_by_id", "recorded_by_id", "made_by_id"),
}
# Words that are no prose of people, or that stand elsewhere too.
LEFT_OUT = {
    "component": {"criticality"},
    "requirement": {"check_bindings", "fired", "standing", "standing_then"},
    "decision": {
        *("outcome", "effort", "statement", "facts", "triggers", "matrix"),
        *("digest", "previous_digest"),
    },
    "evidence": {"kind", "withdrawn_because"},
    "drill": {"outcome"},
    "drillentry": {"kind"},
    "sheet": {"note"},
    "criterion": {"slug", "references", "live_check", "live_facts"},
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_word_is_read_and_every_column_that_is_read_is_watched(source):
    read = set(re.findall(r"\bs\.([a-z_]+)", source.select(connection.vendor)))
    (model,) = (each for each in apps.get_models() if each._meta.db_table == source.table)
    prose = (models.CharField, models.TextField, models.JSONField)
    written = {f.column for f in model._meta.concrete_fields if isinstance(f, prose)}

    assert written - read == LEFT_OUT.get(source.name, set())
    if source.table not in append_only.TABLES:
        assert read - NEVER_CHANGED == set(source.watched) - NEVER_CHANGED


def test_built_anew_it_says_the_same(component):
    factory.make_decision(component, "c-0-0")
    factory.make_incident(component)
    factory.make_drill(component, summary="Calm.")
    for title in ("Purge", "Drain"):
        factory.make_sheet(component, options=[{"kind": "other", "title": title}])
    before = entries()

    assert index.rebuild(connection) == len(before)
    assert (entries(), index.missing_triggers(connection)) == (before, [])


def test_the_command_finds_what_was_written_without_triggers(component, capsys):
    without_triggers()
    Criterion.objects.filter(slug="c-0-0").update(title="A walrus is fed")
    before = found(component, "walrus")

    call_command("rebuild_search")

    assert before == set()
    assert found(component, "walrus") == {"requirement", "criterion"}
    assert f"{SearchEntry.objects.count()} entries" in capsys.readouterr().out


def test_what_is_undone_leaves_no_trace(component):
    before = entries()
    undone = transaction.savepoint()
    Requirement.objects.update(statement="Walrus.")
    meanwhile = found(component, "walrus")

    transaction.savepoint_rollback(undone)

    assert (meanwhile, found(component, "walrus")) == ({"requirement"}, set())
    assert entries() == before


def test_the_doctor_says_when_triggers_are_gone(component, capsys):
    without_triggers()

    call_command("doctor")

    assert "note     Search does not find what is written" in capsys.readouterr().out


def test_a_migration_runs_without_triggers_and_indexes_what_it_did(component):
    index.before_migrations(using="default", plan=["something"])
    missing = len(index.missing_triggers(connection))
    Requirement.objects.filter(criterion__slug="c-0-0").update(statement="Walrus.")

    index.after_migrations(using="default")

    assert missing == len(index._names(connection.vendor))
    assert index.missing_triggers(connection) == []
    assert found(component, "walrus") == {"requirement"}


def test_what_is_written_while_it_is_paused_is_found_afterwards(component):
    with index.paused(connection):
        Requirement.objects.filter(criterion__slug="c-0-0").update(statement="Walrus.")
        meanwhile = found(component, "walrus")

    assert (meanwhile, found(component, "walrus")) == (set(), {"requirement"})


def test_nothing_to_migrate_leaves_the_triggers_alone(db):
    index.before_migrations(using="default", plan=[])

    assert index.missing_triggers(connection) == []


@pytest.mark.django_db(transaction=True)
class TestTables:
    """What changes tables cannot be in the transaction of a test."""

    @pytest.mark.skipif(not SQLITE, reason="PostgreSQL rebuilds no table")
    def test_a_table_that_sqlite_rebuilds_is_searched_as_before(self):
        component = factory.make_component()
        index.before_migrations(using="default", plan=["something"])
        with connection.schema_editor() as editor:
            editor._remake_table(Requirement)
            editor._remake_table(Criterion)
        index.after_migrations(using="default")

        Requirement.objects.filter(criterion__slug="c-0-0").update(statement="Walrus.")

        assert found(component, "walrus") == {"requirement"}

    def test_the_migration_goes_back_and_forth(self):
        component = factory.make_component()
        operation = index.SearchIndex()
        with connection.schema_editor() as editor:
            operation.database_backwards("readiness", editor)
        Requirement.objects.filter(criterion__slug="c-0-0").update(statement="Walrus.")
        with connection.schema_editor() as editor:
            operation.database_forwards("readiness", editor)
        index.after_migrations(using="default")

        assert found(component, "walrus") == {"requirement"}

    def test_tables_that_were_flushed_are_searched_as_before(self):
        factory.make_component()
        call_command("flush", interactive=False, verbosity=0)
        component = factory.make_component(description="Walrus.")

        assert SearchEntry.objects.count() == 1 + 6 + 6
        assert found(component, "walrus") == {"component"}


@pytest.mark.skipif(not SQLITE, reason="of SQLite")
def test_without_fts5_the_migration_says_so_in_one_sentence(db, monkeypatch):
    monkeypatch.setattr(index, "has_fts5", lambda: False)

    class Editor:
        connection = connection

    with pytest.raises(CommandError, match="built without FTS5.*Use a Python whose SQLite has it"):
        index.SearchIndex().database_forwards("readiness", Editor())


@pytest.mark.skipif(not SQLITE, reason="of SQLite")
def test_the_words_of_sqlite_are_those_of_the_entries(component):
    factory.make_decision(component, "c-0-0")
    Requirement.objects.update(statement="Walrus.")
    Requirement.objects.filter(criterion__slug="c-0-0").update(statement="")

    with connection.cursor() as cursor:
        # Raises where a word of the one is not in the other.
        cursor.execute(
            f"INSERT INTO {index.WORDS}({index.WORDS}, rank) VALUES ('integrity-check', 1)"  # noqa: S608
        )
