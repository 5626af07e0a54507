from __future__ import annotations

from readiness.operations.difference import DiffLine, difference
from readiness.operations.sheet import Sheet, parse_sheet


def sheet(*titles):
    return parse_sheet({"options": [{"kind": "drain", "title": title} for title in titles]})


def test_equal_sheets_have_none():
    assert difference(sheet("a", "b"), sheet("a", "b")) == []


def test_says_what_was_removed_and_added_between_what_stayed():
    assert difference(sheet("a", "b"), sheet("a", "c")) == [
        DiffLine("same", "Option for action: a"),
        DiffLine("same", "  Kind: Drain"),
        DiffLine("removed", "Option for action: b"),
        DiffLine("added", "Option for action: c"),
        DiffLine("same", "  Kind: Drain"),
    ]


def test_leaves_out_what_is_far_from_a_change():
    many = [str(n) for n in range(20)]
    found = difference(sheet(*many), sheet("new", *many, "last"))

    assert [line.kind for line in found] == [
        *["added"] * 2,
        *["same"] * 2,
        "gap",
        *["same"] * 2,
        *["added"] * 2,
    ]


def test_of_the_first_version_all_is_new():
    assert {line.kind for line in difference(Sheet(), sheet("a"))} == {"added"}
