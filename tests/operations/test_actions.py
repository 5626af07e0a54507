from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from readiness.models import SheetVersion, User
from readiness.operations.actions import EditConflict, save_sheet
from readiness.operations.sheet import parse_sheet
from tests import factory
from tests.factory import NOW

DRAIN = parse_sheet({"options": [{"kind": "drain", "title": "Drain"}]})
PURGE = parse_sheet({"options": [{"kind": "purge", "title": "Purge"}]})


def save(component, sheet, base, note=""):
    by = User.objects.earliest("pk")
    return save_sheet(component=component, sheet=sheet, base=base, by=by, now=NOW, note=note)


def test_each_save_is_the_next_version(component):
    first, second = save(component, DRAIN, 0, "Drilled."), save(component, PURGE, 1)

    assert [(v.number, v.note) for v in (first, second)] == [(1, "Drilled."), (2, "")]
    assert parse_sheet(first.content) == DRAIN
    assert (second.made_by, second.made_at) == (User.objects.earliest("pk"), NOW)


def test_a_save_that_changes_nothing_makes_no_version(component):
    first = save(component, DRAIN, 0)

    assert save(component, DRAIN, 1) == first
    assert SheetVersion.objects.count() == 1


@pytest.mark.parametrize("base", [0, 2, 99])
def test_a_save_from_another_version_is_refused_with_the_current_one(component, base):
    current = save(component, DRAIN, 0)

    with pytest.raises(EditConflict) as lost:
        save(component, PURGE, base)

    assert lost.value.current == current
    assert SheetVersion.objects.count() == 1


def test_of_two_at_the_same_moment_the_database_lets_one_through(component, monkeypatch):
    """The other's version came into being after our look, which saw none, and before our write."""
    save(component, PURGE, 0)
    monkeypatch.setattr(type(component.sheet_versions), "first", lambda _: None)

    with pytest.raises(EditConflict) as lost:
        save(component, DRAIN, 0)

    assert parse_sheet(lost.value.current.content) == PURGE
    assert SheetVersion.objects.count() == 1


def test_versions_of_two_components_are_their_own(component):
    other = factory.make_component(slug="other")

    assert (save(component, DRAIN, 0).number, save(other, DRAIN, 0).number) == (1, 1)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_keeps_a_version(component, change):
    save(component, DRAIN, 0)
    rows = SheetVersion.objects.all()

    with pytest.raises((DatabaseError, IntegrityError), match="append-only"), transaction.atomic():
        rows.update(note="x") if change == "update" else rows.delete()

    assert SheetVersion.objects.get().note == ""
