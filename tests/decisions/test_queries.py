from __future__ import annotations

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat

from readiness.decisions.queries import broken_entries, ledger
from readiness.models import Decision, Requirement
from tests import factory


@pytest.fixture
def entries(component):
    return [
        factory.make_decision(component, "c-0-0", "build"),
        factory.make_decision(component, "c-0-0", "done"),
        factory.make_decision(component, "c-0-0", "wont_build"),
        factory.make_decision(component, "c-0-1", "done"),
    ]


def found():
    return [(entry.where, entry.problem) for entry in broken_entries()]


def test_broken_entries_finds_nothing_in_a_whole_ledger(entries):
    assert found() == []


@pytest.mark.parametrize(
    "field", ["reasoning", "evidence", "statement", "facts", "benefit", "ticket_url", "effort"]
)
def test_broken_entries_finds_a_changed_text(entries, unprotected, field):
    changed = Decision.objects.filter(pk=entries[1].pk)
    changed.update(**{field: Value("!") if field == "effort" else Concat(F(field), Value("!"))})

    assert found() == [
        ("asset-router/c-0-0 number 2", "its content is not what its digest was made from")
    ]


def test_broken_entries_finds_who_and_when_changed(entries, unprotected):
    stranger = factory.make_user()
    Decision.objects.filter(pk=entries[0].pk).update(decided_by=stranger)
    Decision.objects.filter(pk=entries[3].pk).update(decided_at=factory.NOW.replace(hour=1))

    assert [where for where, _ in found()] == [
        "asset-router/c-0-0 number 1",
        "asset-router/c-0-1 number 1",
    ]


def test_broken_entries_finds_a_rewritten_entry_by_its_successor(entries, unprotected):
    Decision.objects.filter(pk=entries[0].pk).update(digest="0" * 64)

    assert [where for where, _ in found()] == [
        "asset-router/c-0-0 number 1",
        "asset-router/c-0-0 number 2",
    ]


def test_broken_entries_finds_a_missing_entry(entries, unprotected):
    Decision.objects.filter(pk=entries[2].pk).update(supersedes=entries[3])
    Decision.objects.filter(pk=entries[1].pk).delete()

    assert found()[0] == ("asset-router/c-0-0 number 3", "entry 2 is missing before it")


def test_broken_entries_finds_a_newest_entry_that_was_cut_off(entries, unprotected):
    Requirement.objects.filter(criterion__slug="c-0-0").update(head_decision=entries[1])

    assert found() == [
        ("asset-router/c-0-0 number 3", "it is the newest entry, but its requirement names another")
    ]


def test_ledger_is_newest_first_and_reads_its_people_at_once(entries, django_assert_num_queries):
    requirement = entries[0].requirement

    with django_assert_num_queries(2):
        listed = [(entry.number, entry.decided_by.name) for entry in ledger(requirement)]

    assert listed == [(3, "Founder"), (2, "Founder"), (1, "Founder")]
