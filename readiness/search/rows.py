"""What the index has, as each database is asked for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.db import connection

from readiness.search.index import TABLE, TERMS, WORDS
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
    COMMENT = "comment"
    EVIDENCE = "evidence"
    CRITERION = "criterion"


_SOURCES = {kind: (kind.value,) for kind in Kind} | {
    Kind.DRILL: ("drill", "drillentry", "drillfinding")
}
# Each kind, and before all the components that are named so, lest they are cut off.
_ARMS = ((Kind.COMPONENT, True), *((kind, False) for kind in Kind))


def rows(asked: Typed, allowed: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the entries with the words asked for, of the components `allowed`: of each kind one
    more than MOST at most.

    Each with its kind, key, component and moment, whether it is named so, and for decisions what
    stands, what is proposed, and which one it is. One query, on SQLite two.
    """
    sql, values = (_sqlite if connection.vendor == "sqlite" else _postgres)(asked, allowed)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _postgres(asked: Typed, allowed: Sequence[int]) -> tuple[str, list[Any]]:
    few = len(allowed) <= _NAMED
    keys = " | ".join(f"'={pk}'" for pk in allowed)
    where = "" if few else "AND e.component_id = ANY((SELECT pks FROM allowed)::bigint[])"
    statements, values = [], list[Any]() if few else [list(allowed)]
    for kind, is_named in _ARMS:
        scope = " | ".join(f"'={source}'" for source in _SOURCES[kind])
        statements.append(
            f"({_select(kind, is_named)} FROM {TABLE} e {_join(kind)} "  # noqa: S608 - our names
            f"WHERE e.words @@ (to_tsquery('simple', %s) && %s::tsquery) {where} LIMIT {MOST + 1})"
        )
        values += [
            asked.tsquery("A" if is_named else ""),
            f"({scope}) & ({keys})" if few else scope,
        ]
    given = "" if few else "WITH allowed AS (SELECT %s AS pks) "
    return given + " UNION ALL ".join(statements), values


def _sqlite(asked: Typed, allowed: Sequence[int]) -> tuple[str, list[Any]]:
    few = len(allowed) <= _NAMED
    keys = " OR ".join(f'"{pk}"' for pk in allowed)
    where = "" if few else "AND e.component_id IN (SELECT value FROM json_each(%s))"
    words = asked.fts5(_becomes(asked.beginnings))
    statements, values = [], list[Any]()
    for kind, is_named in _ARMS:
        match = f"{{title{'' if is_named else ' text'}}} : {words}"
        match += f" AND source : ({' OR '.join(_SOURCES[kind])})"
        statements.append(
            # The newest first, as the index has them: what is more than MOST is older.
            f"SELECT * FROM ({_select(kind, is_named)} "  # noqa: S608
            f"FROM {WORDS} CROSS JOIN {TABLE} e ON e.id = {WORDS}.rowid {_join(kind)} "
            f"WHERE {WORDS} MATCH %s {where} ORDER BY {WORDS}.rowid DESC LIMIT {MOST + 1})"
        )
        values.append(f"{match} AND component_id : ({keys})" if few else match)
        values += [] if few else [json.dumps(allowed)]
    return " UNION ALL ".join(statements), values


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


def _select(kind: Kind, is_named: bool) -> str:
    force = (
        "r.current_decision_id, r.proposed_decision_id, e.object_id"
        if kind is Kind.DECISION
        else "0, 0, 0"
    )
    return f"SELECT '{kind}', e.id, e.component_id, e.at, {int(is_named)}, {force}"


def _join(kind: Kind) -> str:
    if kind is not Kind.DECISION:
        return ""
    return "LEFT JOIN readiness_requirement r ON r.id = e.requirement_id"
