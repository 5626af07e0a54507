"""What the index has, as each database is asked for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection, transaction

from readiness.search.index import TABLE, TERMS, WORDS
from readiness.search.sources import SETS
from readiness.search.typed import Typed

# No more are looked at of one kind: who finds more looks for something else.
MOST = 500
# So few components are named to the index; of more, what it finds is filtered.
_NAMED = 60
# SQLite reads every row of every word that a beginning may become before it gives the first row;
# so many words are asked for by themselves instead.
_BECOMES = 40


class Kind(StrEnum):
    """What a result is, in the order of a page of all kinds."""

    COMPONENT = "component"
    REQUIREMENT = "requirement"
    DECISION = "decision"
    INCIDENT = "incident"
    DRILL = "drill"
    SHEET = "sheet"
    COMMENT = "comment"
    EVIDENCE = "evidence"
    CRITERION = "criterion"


Kinds = tuple[Kind, ...]
Statement = tuple[str, list[Any]]
_SOURCES = {kind: (kind.value,) for kind in Kind} | {
    Kind.DRILL: ("drill", "drillentry", "drillfinding")
}
_KINDS = {source: kind for kind, sources in _SOURCES.items() for source in sources}
# As the indexes have them together.
_TOGETHER = tuple(tuple(dict.fromkeys(_KINDS[source] for source in each)) for each in SETS)
_MOST_TOGETHER = 4 * MOST


class Row(NamedTuple):
    """An entry that has the words."""

    kind: Kind
    pk: int
    component: int
    at: Any
    # A component whose name has the words.
    is_named: bool
    # Of a decision: what stands now, what is proposed, the newest, and which one it is itself.
    current: int | None
    proposed: int | None
    newest: int | None
    itself: int | None


def rows(asked: Typed, allowed: Sequence[int]) -> list[Row]:
    """Return entries with the words asked for, of the components `allowed`: of each kind all, or
    more than MOST, with the components that are named so among them.

    Two queries; two more where a word is nearly everywhere.
    """
    last = _TOGETHER[-1]
    found = _fetched(asked, allowed, _TOGETHER)
    of_last = sum(row.kind in last for row in found)
    if of_last <= _MOST_TOGETHER:
        return found
    return [row for row in found if row.kind not in last] + _fetched(
        asked, allowed, [(kind,) for kind in last]
    )


def _fetched(asked: Typed, allowed: Sequence[int], arms: Sequence[Kinds]) -> list[Row]:
    build = _sqlite if connection.vendor == "sqlite" else _postgres
    statements, lists = zip(*build(asked, allowed, arms), strict=True)
    sql, values = " UNION ALL ".join(statements), [value for some in lists for value in some]
    if build is _postgres and len(allowed) > _NAMED:
        sql, values = f"WITH allowed AS (SELECT unnest(%s) AS pk) {sql}", [list(allowed), *values]
    # On SQLite a transaction would wait for whoever writes.
    with nullcontext() if build is _sqlite else transaction.atomic(), connection.cursor() as cursor:
        if build is _postgres:
            # The planner takes two words for more often together than they are, and would rather
            # read every row until there are enough than ask the index.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, values)
        return [Row(_KINDS[source], *rest) for source, *rest in cursor.fetchall()]


def _postgres(asked: Typed, allowed: Sequence[int], arms: Sequence[Kinds]) -> Iterator[Statement]:
    few = len(allowed) <= _NAMED
    keys = " | ".join(f"'={pk}'" for pk in allowed)
    # "IS TRUE", so that the components are a table to look into, not one to join.
    where = "" if few else "AND (e.component_id IN (SELECT pk FROM allowed)) IS TRUE"
    for kinds in arms:
        sources = ", ".join(f"'{source}'" for kind in kinds for source in _SOURCES[kind])
        words, values = "to_tsquery('simple', %s)", [asked.tsquery()]
        if few:
            words, values = f"({words} && %s::tsquery)", [*values, keys]
        named, order = "false", ""
        if Kind.COMPONENT in kinds:
            named, order = "e.words @@ to_tsquery('simple', %s)", "ORDER BY 5 DESC"
            values = [asked.tsquery("A"), *values]
        yield (
            f"({_select(kinds, named)} FROM {TABLE} e {_join(kinds)} "  # noqa: S608 - our names
            f"WHERE e.source IN ({sources}) AND e.words @@ {words} {where} "
            f"{order} LIMIT {_most(kinds)})",
            values,
        )


def _sqlite(asked: Typed, allowed: Sequence[int], arms: Sequence[Kinds]) -> Iterator[Statement]:
    few = len(allowed) <= _NAMED
    keys = " OR ".join(f'"{pk}"' for pk in allowed)
    where = "" if few else "AND e.component_id IN (SELECT value FROM json_each(%s))"
    words = asked.fts5(_becomes(asked.beginnings))
    named = [(kinds, True) for kinds in arms if Kind.COMPONENT in kinds]
    for kinds, is_named in [*named, *((kinds, False) for kinds in arms)]:
        sources = [source for kind in kinds for source in _SOURCES[kind]]
        match = f"{{title{'' if is_named else ' text'}}} : {words}"
        match += f" AND source : ({' OR '.join(sources)})"
        match += f" AND component_id : ({keys})" if few else ""
        yield (
            # The newest first, as the index has them: what is left out is older.
            f"SELECT * FROM ({_select(kinds, str(int(is_named)))} "  # noqa: S608 - our names
            f"FROM {WORDS} CROSS JOIN {TABLE} e ON e.id = {WORDS}.rowid {_join(kinds)} "
            f"WHERE {WORDS} MATCH %s {where} ORDER BY {WORDS}.rowid DESC LIMIT {_most(kinds)})",
            [match] if few else [match, json.dumps(allowed)],
        )


def _select(kinds: Kinds, named: str) -> str:
    of_decision = ("r.current_decision_id", "r.proposed_decision_id", "r.head_decision_id")
    more = ", ".join(
        (*of_decision, "e.object_id") if Kind.DECISION in kinds else ["CAST(NULL AS bigint)"] * 4
    )
    return f"SELECT e.source, e.id, e.component_id, e.at, {named}, {more}"


def _join(kinds: Kinds) -> str:
    if Kind.DECISION not in kinds:
        return ""
    return "LEFT JOIN readiness_requirement r ON r.id = e.requirement_id"


def _most(kinds: Kinds) -> int:
    return 1 + (MOST if len(kinds) == 1 else _MOST_TOGETHER)


def _becomes(beginnings: Sequence[str]) -> dict[str, list[str]]:
    """Return the words of the index that begin so, where they are not too many. One query."""
    # From each word to the next one: the table has a row for every place where a word is.
    each = (
        "SELECT * FROM (WITH RECURSIVE word(it) AS (SELECT "  # noqa: S608 - our names
        f"(SELECT term FROM {TERMS} WHERE term >= %s LIMIT 1) UNION ALL "
        f"SELECT (SELECT term FROM {TERMS} WHERE term >= word.it || char(1) LIMIT 1) "
        f"FROM word WHERE word.it < %s LIMIT {_BECOMES + 1}) "
        "SELECT %s, it FROM word WHERE it < %s)"
    )
    found: dict[str, list[str]] = {beginning: [] for beginning in beginnings}
    if not beginnings:
        return found
    values = []
    for beginning in beginnings:
        end = beginning + chr(0x10FFFF)
        values += [beginning, end, beginning, end]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([each] * len(beginnings)), values)
        for beginning, word in cursor.fetchall():
            found[beginning].append(word)
    return {beginning: words for beginning, words in found.items() if len(words) <= _BECOMES}
