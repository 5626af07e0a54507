"""What is typed, and where it is in a text: no database needed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.search.highlight import LENGTH, excerpt, marked
from readiness.search.typed import LONGEST, TERMS, Term, Typed, typed

TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["log", "roll", '"', "-", "*", "(", "NEAR", "AND", "'", ":", "{a}", " ", "ß", "é"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Roll back", [(("roll",), True), (("back",), True)], []),
        ("s3 eu", [(("s3",), False), (("eu",), False)], []),
        ('"Roll back"', [(("roll", "back"), False)], []),
        ('"never closed', [(("never", "closed"), False)], []),
        ("log -drill", [(("log",), True)], [(("drill",), True)]),
        ('log -"log group"', [(("log",), True)], [(("log", "group"), False)]),
        ("us-east-1", [(("us", "east", "1"), False)], []),
        ("/aws/lambda/router", [(("aws", "lambda", "router"), True)], []),
        ("log_group", [(("log", "group"), True)], []),
        ("gro\u0308\u00dfe", [(("größe",), True)], []),
        ("log log LOG", [(("log",), True)], []),
        ('- * "" \' ( OR', [(("or",), False)], []),
        ("", [], []),
        ("-only", [], [(("only",), True)]),
    ],
)
def test_reads_words_phrases_and_what_must_not_be_there(text, wanted, unwanted):
    assert typed(text) == Typed(
        tuple(Term(*each) for each in wanted), tuple(Term(*each) for each in unwanted)
    )


@given(TEXTS)
def test_whatever_is_typed_becomes_letters_and_digits_only(text):
    asked = typed(text)

    for term in (*asked.wanted, *asked.unwanted):
        assert term.words
        assert all(word.isalnum() for word in term.words)


def test_what_is_too_long_is_cut():
    asked = typed("word" * LONGEST)
    many = typed(" ".join(f"w{number}" for number in range(99)))

    assert len(asked.wanted[0].words[0]) == 100
    assert len(many.wanted) == TERMS


@pytest.mark.parametrize(
    ("text", "query", "says"),
    [
        ("Roll back in a minute", "roll", "<mark>Roll</mark> back in a minute"),
        ("A rollback", "roll", "A <mark>rollback</mark>"),
        ("Controlled", "roll", "Controlled"),
        ("Roll, back; roll back", '"roll back"', "<mark>Roll, back</mark>; <mark>roll back</mark>"),
        ("In eu-west-1 now", "eu-west-1", "In <mark>eu-west-1</mark> now"),
        ("S3 and S30", "s3", "<mark>S3</mark> and S30"),
        ("<b>log</b> & \"log\"", "log",
         "&lt;b&gt;<mark>log</mark>&lt;/b&gt; &amp; &quot;<mark>log</mark>&quot;"),
        ("a <img src=x>", '"a img src"', "<mark>a &lt;img src</mark>=x&gt;"),
        ("amp &amp; co", "amp", "<mark>amp</mark> &amp;<mark>amp</mark>; co"),
        ("One\n\n  two **three**", "two", "One <mark>two</mark> three"),
        ("Nothing of it", "-of word", "Nothing of it"),
        ("<b>", "-of", "&lt;b&gt;"),
    ],
)  # fmt: skip
def test_marks_what_was_asked_for_and_escapes_the_rest(text, query, says):
    assert marked(text, typed(query)) == says


def test_an_excerpt_is_from_where_most_of_the_words_are():
    text = f"{'An alarm is far away. ' * 30}Here the alarm and the region meet. {'And on. ' * 40}"

    said = excerpt(text, typed("alarm region"))

    assert "<mark>alarm</mark> and the <mark>region</mark>" in said
    assert said[0] == said[-1] == "\N{HORIZONTAL ELLIPSIS}"


def test_much_space_in_a_text_takes_no_time():
    # Half a minute, where every line of it is tried as the first one.
    text = "An alarm" + "\n" * 50_000 + "and a region"

    assert excerpt(text, typed("region")) == "An alarm and a <mark>region</mark>"


def test_an_excerpt_of_what_has_no_such_word_is_its_beginning():
    said = excerpt("Begins here. " * 40, typed("nowhere"))

    assert said.startswith("Begins here.")
    assert len(said) <= LENGTH + 1


@given(st.text(min_size=1), TEXTS)
def test_an_excerpt_without_its_marks_is_a_piece_of_the_text(text, query):
    asked = typed(query)

    said = excerpt(text, asked)

    plain = unescape(re.sub("</?mark>", "", said)).strip("\N{HORIZONTAL ELLIPSIS}")
    assert plain in unescape(marked(text, Typed()))
    assert len(plain) <= LENGTH
    assert not re.search("<(?!/?mark>)", said)


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_excerpt_always_has_the_first_word_that_was_found(before, after):
    text = f"{'x' * before} needle {'y' * after}"

    assert "<mark>needle</mark>" in excerpt(text, typed("needle"))
