"""A gap report as text that outlives the checks, the catalog and the people it speaks of. Pure.

thaw(freeze(report)) renders as the report did: page, PDF and digest come out the same, also when a
check was renamed or removed since. The order of facts is kept, because reports show it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from readiness.aws.facts import Facts
from readiness.aws.fetch import Fetch
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import BoundCheck, Check, Observed, Verdict
from readiness.decisions.live import CheckLine
from readiness.reports.gap_report import GapReport

#: Raised when a report frozen before can no longer be read as it is; thaw then converts the old.
SCHEMA = 1

# What pages and files say of a check; the rest of it only asks AWS, which nobody does of then.
_OF_CHECK = (
    "id",
    "version",
    "title",
    "severity",
    "criteria",
    "passes",
    "why",
    "mend_console",
    "documentation",
)


class UnknownSchema(Exception):
    """The text was frozen by a newer version of Readiness than this."""


def freeze(report: GapReport) -> str:
    """Return the whole report as JSON. The same report gives the same text."""
    lines = (*report.checks, *(c for r in _requirements(report) for c in r.checks))
    content = {
        "schema": SCHEMA,
        "checks": {line.check.id: _of_check(line) for line in lines},
        "report": _encoded(report),
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def thaw(text: str) -> GapReport:
    """Return the report that was frozen. Its checks say what they said and can ask nothing.

    Raises UnknownSchema.
    """
    content = json.loads(text)
    if content["schema"] != SCHEMA:
        raise UnknownSchema(
            f"This was frozen with schema {content['schema']}; this version reads {SCHEMA}."
        )
    bound = {name: _bound(kept) for name, kept in content["checks"].items()}
    report: GapReport = _decoded(GapReport, content["report"], bound)
    return report


def _requirements(report: GapReport) -> Iterable[Any]:
    return (*report.requirements, *report.retired)


def _of_check(line: CheckLine) -> dict[str, Any]:
    kept = {name: getattr(line.check, name) for name in _OF_CHECK}
    return kept | {"mend_command": line.mend_command}


def _encoded(value: Any) -> Any:
    match value:
        case BoundCheck():
            return value.check.id
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case timedelta():
            return [value.days, value.seconds, value.microseconds]
        case tuple():
            return [_encoded(each) for each in value]
    if is_dataclass(value):
        return {field.name: _encoded(getattr(value, field.name)) for field in fields(value)}
    return value


def _decoded(kind: Any, value: Any, bound: Mapping[str, BoundCheck]) -> Any:
    """Return a value of the type that a field declares, from what _encoded made of it."""
    if get_origin(kind) in (Union, UnionType):
        if value is None:
            return None
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is tuple:
        return tuple(_decoded(get_args(kind)[0], each, bound) for each in value)
    if kind is BoundCheck:
        return bound[value]
    if kind is timedelta:
        days, seconds, microseconds = value
        return timedelta(days=days, seconds=seconds, microseconds=microseconds)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and (kind is Decimal or issubclass(kind, Enum)):
        return kind(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _decoded(hints[name], each, bound) for name, each in value.items()})
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


class _Then:
    """Of a check of then: nobody asks AWS what was."""

    @staticmethod
    def needs(params: Any) -> Iterable[Fetch]:
        return ()

    @staticmethod
    def evaluate(facts: Facts, params: Any) -> Verdict:
        raise NotImplementedError("A frozen check says what it said, and nothing new.")


def _bound(kept: Mapping[str, Any]) -> BoundCheck:
    said = {name: kept[name] for name in _OF_CHECK}
    said["criteria"] = tuple(said["criteria"])

    def mend(params: Any, observed: Observed) -> str:
        return str(kept["mend_command"])

    made = Check(**said, params=CheckParameters, reads=(), mend_cli=mend, judge=_Then)
    return BoundCheck(made, CheckParameters())
