import pytest

from readiness.aws.errors import CouldNotLook, Status, SubjectMissing
from readiness.aws.judging import Part, capped, count, listing, look_at, to_mend


def tally(**said):
    """True, False, None, or an exception, by name."""

    def look(name):
        what = said[name]
        if isinstance(what, Exception):
            raise what
        return Part(what, {"fine": what}, "broken")

    return look_at(said, look)


def verdict(**said):
    return tally(**said).verdict({}, passed="All fine", failed="Broken")


REFUSED = CouldNotLook(Status.NOT_AUTHORISED, "AWS refused it.")
SLOW = CouldNotLook(Status.TIMEOUT, "AWS was slow.")


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        ({"a": True, "b": True}, Status.PASS, "All fine."),
        ({"a": True, "b": None}, Status.PASS, "All fine."),
        ({"a": True, "b": False}, Status.FAIL, "Broken."),
        ({"a": True, "b": SubjectMissing("Gone.")}, Status.FAIL, "Broken."),
        (
            {"a": True, "b": REFUSED},
            Status.NOT_AUTHORISED,
            "Could not look: AWS refused it (b).",
        ),
        (
            {"a": False, "b": REFUSED},
            Status.FAIL,
            "Broken; could not look: AWS refused it (b).",
        ),
        (
            {"a": SLOW, "b": REFUSED, "c": SLOW},
            Status.NOT_AUTHORISED,
            "Could not look: AWS was slow (a and c); AWS refused it (b).",
        ),
        ({"a": None, "b": SLOW}, Status.TIMEOUT, "Could not look: AWS was slow (b)."),
    ],
)
def test_a_known_fail_beats_the_unknown_and_the_unknown_beats_the_rest(said, status, reason):
    assert verdict(**said)[:2] == (status, reason)


def test_observed_facts_keep_which_rows_are_wrong_and_which_have_nothing_to_judge():
    mixed = tally(a=True, b=False, c=None, d=SLOW)

    observed = mixed.verdict({"rows": mixed.table}, passed="Fine", failed="Broken").observed

    assert observed["wrong_in"] == {"rows": ["b"]}
    assert observed["nothing_in"] == {"rows": ["c"]}


def test_observed_facts_say_nothing_of_rows_that_they_do_not_have():
    assert tally(a=False).verdict({"n": 1}, passed="Fine", failed="Broken").observed == {"n": 1}
    fine = tally(a=True)
    observed = fine.verdict({"rows": fine.table}, passed="Fine", failed="Broken").observed
    assert observed == {"rows": {"a": {"fine": True}}}


def test_what_else_could_not_be_looked_at_counts_too():
    fine = tally(a=True)
    also = fine.verdict({}, passed="Fine", failed="Broken", also_unknown={"eu": SLOW})
    assert also.status is Status.TIMEOUT


def test_the_table_has_a_row_for_every_place():
    assert tally(a=True, b=REFUSED, c=SubjectMissing("Gone.")).table == {
        "a": {"fine": True},
        "b": {"could_not_look": "not_authorised"},
        "c": {"exists": False},
    }


def test_what_is_wrong_is_grouped():
    assert (
        tally(a=False, b=False, c=SubjectMissing("Gone.")).wrongs() == "broken (a and b); Gone (c)"
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, ""),
        (1, "1"),
        (2, "1 and 2"),
        (6, "1, 2, 3, 4, 5 and 6"),
        (7, "1, 2, 3, 4, 5 and 2 more"),
        (30, "1, 2, 3, 4, 5 and 25 more"),
    ],
)
def test_a_listing_reads_well_however_long(number, said):
    assert listing(str(each + 1) for each in range(number)) == said


def test_counts_and_caps():
    assert (count(1, "topic"), count(2, "topic"), count(0, "alias", "aliases")) == (
        "1 topic",
        "2 topics",
        "0 aliases",
    )
    assert capped(["a", "b"], 2) == ["a", "b"]
    assert capped(["a", "b", "c"], 2) == ["a", "b", "and 1 more"]


def test_what_to_mend_is_what_a_verdict_calls_wrong_if_it_is_there():
    said = tally(a=True, b=False, c=SubjectMissing("Gone."), d=False)
    observed = said.verdict({"places": said.table}, passed="All fine", failed="Broken").observed
    assert to_mend(observed, "places", "abcd") == ["b", "d"]
    assert to_mend({}, "places", "abcd") == ["a", "b", "c", "d"]
