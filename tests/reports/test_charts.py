from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from readiness.decisions.standing import Group, Standing
from readiness.reports.charts import SHAPES, bar, glyph, group_fill, sprite
from readiness.reports.counts import GROUPS, Counts, Tally

COUNTS = Counts(
    [
        (Standing.DONE, Tally(2, 4)),
        (Standing.ACCEPTED, Tally(1, 5)),
        (Standing.CONTRADICTED, Tally(1, 1)),
    ]
)


def parts(svg, name="rect"):
    return [e for e in ET.fromstring(svg).iter() if e.tag == name]  # noqa: S314 - our own


def test_bar_is_as_wide_as_its_parts_and_says_them():
    svg = bar(COUNTS)

    assert [(r.get("x"), r.get("width")) for r in parts(svg)] == [
        ("0.000%", "50.000%"),
        ("50.000%", "25.000%"),
        ("75.000%", "25.000%"),
    ]
    assert ET.fromstring(svg).get("aria-label") == (  # noqa: S314
        "By number: 2 done, 1 accepted, 1 needs attention"
    )


def test_counts_in_words_leave_out_what_there_is_none_of():
    assert COUNTS.in_words() == ["2 done", "1 accepted", "1 needs attention"]
    assert COUNTS.in_words("weight") == ["4 done", "5 accepted", "1 needs attention"]
    assert Counts([]).in_words() == []


def test_bar_by_weight_measures_weight():
    assert [r.get("width") for r in parts(bar(COUNTS, by="weight"))] == [
        "40.000%",
        "50.000%",
        "10.000%",
    ]


def test_bar_of_nothing_is_empty():
    svg = bar(Counts([]))

    assert (parts(svg), ET.fromstring(svg).get("aria-label")) == (  # noqa: S314
        [],
        "By number: nothing yet",
    )


def test_groups_are_told_apart_without_colour():
    assert {g for g in Group if group_fill(g).startswith("url(#")} == {
        Group.ACCEPTED,
        Group.UNDECIDED,
    }
    assert set(GROUPS) == set(Group)


def test_every_standing_has_a_glyph_in_the_sprite():
    symbols = {s.get("id") for s in parts(sprite(), "symbol")}

    assert symbols == {f"glyph-{standing}" for standing in Standing} | {"glyph-blind"}


@pytest.mark.parametrize("standing", Standing)
def test_glyphs_are_well_formed(standing):
    assert parts(glyph(standing), "svg")


def test_no_two_standings_share_a_shape():
    alike = {
        standing: shape for standing, shape in SHAPES.items() if standing is not Standing.ARRIVED
    }
    # arrived and overtaken are both "it exists now"; their words tell them apart.
    assert len(set(alike.values())) == len(alike)
    assert SHAPES[Standing.ARRIVED] == SHAPES[Standing.OVERTAKEN]
