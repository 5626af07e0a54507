from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.operations.sheet import (
    MOST_ROWS,
    OptionKind,
    Sheet,
    SheetError,
    lines_of,
    parse_sheet,
)

CONTENT = {
    "format": 1,
    "options": [
        {
            "kind": "roll_back",
            "title": "Associate the version before",
            "how": "Run the *pipeline*.",
            "effect": "All users.",
            "minutes": 8,
            "who": "On call",
            "scenario": "roll-back",
        }
    ],
    "links": [{"title": "Splunk", "url": "https://logs.example.com/edge?a=b", "note": "Errors"}],
    "error_states": [
        {"symptom": "502", "where": "Access logs", "cause": "A typo", "action": "Roll back"}
    ],
    "contacts": [{"who": "Edge team", "how": "+49 30 1234", "when": "first"}],
}


def test_a_sheet_reads_what_it_writes():
    sheet = parse_sheet(CONTENT)

    assert sheet.as_json() == CONTENT
    assert (sheet.options[0].kind, sheet.options[0].minutes) == (OptionKind.ROLL_BACK, 8)
    assert sheet.scenarios == {"roll-back"}


def test_an_empty_mapping_is_the_sheet_that_nobody_has_begun():
    assert parse_sheet({}) == Sheet()
    assert not Sheet()
    assert parse_sheet(CONTENT)


def test_a_sheet_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        parse_sheet(CONTENT).options = ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], "valid dictionary"),
        ("x", "valid dictionary"),
        (None, "valid dictionary"),
        ({"unknown": 1}, "unknown: Extra inputs"),
        ({"format": 2}, "format: Input should be 1"),
        ({"options": {"kind": "drain"}}, "options: Input should be a valid tuple"),
        ({"options": [{"kind": "panic", "title": "Run"}]}, "options.0.kind: Input should be"),
        ({"options": [{"kind": "drain", "title": " "}]}, "options.0.title: String should have"),
        ({"options": [{"kind": "drain", "title": "x" * 161}]}, "at most 160 characters"),
        ({"options": [{"kind": "drain", "title": "x", "minutes": -1}]}, "options.0.minutes"),
        ({"options": [{"kind": "drain", "title": "x", "minutes": True}]}, "options.0.minutes"),
        ({"options": [{"kind": "drain", "title": "x", "minutes": 1e9}]}, "options.0.minutes"),
        ({"options": [{"kind": "drain", "title": "x", "scenario": "../x"}]}, "options.0.scenario"),
        ({"options": [{"kind": "drain", "title": 5}]}, "options.0.title"),
        ({"error_states": [{"symptom": "a\x00b"}]}, "Leave out the control characters"),
        ({"error_states": [{"symptom": "a", "cause": "\x1b[31m"}]}, "error_states.0.cause"),
        ({"error_states": [{"symptom": "a"}] * (MOST_ROWS + 1)}, "error_states"),
        ({"contacts": [{"who": "Me"}]}, "contacts.0.how: Field required"),
    ],
)
def test_parse_refuses_what_is_no_sheet_and_says_where(content, says):
    with pytest.raises(SheetError, match=says.replace("(", r"\(")):
        parse_sheet(content)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//logs.example.com/",
        "logs.example.com",
        "https://",
        "https://user:secret@logs.example.com/",
        "https://logs.example.com/a b",
        "https://logs.example.com/\u202e",
        "https://[::1",
        "ftp://logs.example.com/",
        "HTTPS:logs.example.com",
    ],
)
def test_a_link_opens_nothing_but_a_web_address(url):
    with pytest.raises(SheetError, match="Give an address that begins with https://"):
        parse_sheet({"links": [{"title": "x", "url": url}]})


def test_lines_are_one_line_and_prose_keeps_its_own():
    sheet = parse_sheet(
        {"error_states": [{"symptom": " one\n two ", "cause": "first\r\nsecond\tthird "}]}
    )

    (state,) = sheet.error_states
    assert (state.symptom, state.cause) == ("one two", "first\nsecond\tthird")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: (
    st.lists(inner) | st.dictionaries(st.sampled_from([*CONTENT, "kind", "title"]), inner)
)))  # fmt: skip
def test_whatever_comes_is_a_sheet_or_refused(content):
    try:
        sheet = parse_sheet(content)
    except SheetError:
        return
    assert parse_sheet(sheet.as_json()) == sheet


def test_lines_say_every_word_once_with_its_place():
    assert list(lines_of(parse_sheet(CONTENT))) == [
        "Option for action: Associate the version before",
        "  Kind: Roll back",
        "  How: Run the *pipeline*.",
        "  Effect: All users.",
        "  Minutes to effect: 8",
        "  Who: On call",
        "  Drill scenario: roll-back",
        "Own link: Splunk",
        "  Address: https://logs.example.com/edge?a=b",
        "  Note: Errors",
        "Error state: 502",
        "  Where visible: Access logs",
        "  Likely cause: A typo",
        "  Action: Roll back",
        "On call: Edge team",
        "  How: +49 30 1234",
        "  When: first",
    ]


def test_lines_say_that_help_is_there_at_once():
    sheet = parse_sheet({"options": [{"kind": "drain", "title": "x", "minutes": 0}]})

    assert "  Minutes to effect: 0" in lines_of(sheet)
