"""Checks as data: the declaration, the two pure halves, and which components they apply to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from pydantic import ValidationError

from readiness.aws.errors import Status, UndeclaredRead
from readiness.aws.facts import Facts
from readiness.aws.fetch import Fetch
from readiness.aws.parameters import CheckParameters

Severity = Literal["high", "medium", "low"]

#: What was seen, for a small table: {"regions": {"eu-west-1": {"group": True}}, "newest": 7}.
#: Values are plain facts, or tables of rows of plain facts. Never a secret, never an address.
Observed = dict[str, Any]


class Verdict(NamedTuple):
    """What a check says: the status, one sentence that ends in a full stop, and what it saw."""

    status: Status
    reason: str
    observed: Observed


class Judge(Protocol):
    """What `check` decorates: two pure functions. Optional: needs_more(facts, params), asked after
    each round of answers (four rounds at most) for reads that only those answers could name."""

    @staticmethod
    def needs(params: Any) -> Iterable[Fetch]: ...
    @staticmethod
    def evaluate(facts: Facts, params: Any) -> Verdict: ...


MendCli = str | Callable[[Any, Observed], str]


@dataclass(frozen=True, slots=True)
class Check:
    """One question to AWS, with the texts that explain it to a person."""

    id: str
    version: int
    title: str
    severity: Severity
    criteria: tuple[str, ...]
    params: type[CheckParameters]
    reads: tuple[tuple[str, str], ...]
    passes: str
    why: str
    mend_console: str
    mend_cli: MendCli
    documentation: str
    judge: type[Judge] = field(repr=False)

    def bind(self, parameters: Mapping[str, object]) -> BoundCheck | None:
        """The check for a component with these parameters; None if it does not apply to it."""
        try:
            return BoundCheck(self, self.params.model_validate(_given(parameters)))
        except ValidationError:
            return None

    def wants(self, parameters: Mapping[str, object]) -> tuple[str, ...]:
        """The parameters that are missing, or not as they should be, for this check to apply."""
        try:
            self.params.model_validate(_given(parameters))
        except ValidationError as error:
            return tuple(sorted({str(problem["loc"][0]) for problem in error.errors()}))
        return ()


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A check with the parameters of one component."""

    check: Check
    params: CheckParameters
    #: By service, the account to ask; "" stands for every other service.
    accounts: Mapping[str, str] = field(default_factory=dict)

    def needs(self) -> list[Fetch]:
        """Raises UndeclaredRead."""
        return self._admitted(self.check.judge.needs(self.params))

    def needs_more(self, facts: Facts) -> list[Fetch]:
        """Raises UndeclaredRead; CouldNotLook or SubjectMissing if nothing more can be named."""
        needs_more = getattr(self.check.judge, "needs_more", None)
        if not needs_more:
            return []
        return self._admitted(needs_more(facts.through(self._routed), self.params))

    def evaluate(self, facts: Facts) -> Verdict:
        """Raises CouldNotLook and SubjectMissing, which are verdicts too: see verdicts.judge."""
        return self.check.judge.evaluate(facts.through(self._routed), self.params)

    def mend_command(self, observed: Observed) -> str:
        """A command for a person to copy; we never run it. `observed` is that of a verdict."""
        if callable(self.check.mend_cli):
            return self.check.mend_cli(self.params, observed)
        values = self.params.model_dump(mode="json")
        return self.check.mend_cli.format_map(
            {name: shlex.quote(str(value)) for name, value in values.items()}
        )

    def _admitted(self, fetches: Iterable[Fetch]) -> list[Fetch]:
        unique = dict.fromkeys(fetches)
        for fetch in unique:
            if (fetch.service, fetch.operation) not in self.check.reads:
                raise UndeclaredRead(
                    f"{self.check.id} does not declare {fetch.service} {fetch.operation}."
                )
        return list(dict.fromkeys(self._routed(fetch) for fetch in unique))

    def _routed(self, fetch: Fetch) -> Fetch:
        if not self.accounts:
            return fetch.in_account(fetch.account)
        service = fetch.of_service or fetch.service
        return fetch.in_account(self.accounts.get(service) or self.accounts[""])


#: Every check by its id. Filled by importing readiness.aws.checks.
CHECKS: dict[str, Check] = {}

J = TypeVar("J", bound=Judge)


def check(
    id: str,
    *,
    version: int,
    criteria: Iterable[str],
    params: type[CheckParameters],
    reads: Iterable[tuple[str, str]],
    title: str,
    severity: Severity,
    passes: str,
    why: str,
    mend_console: str,
    mend_cli: MendCli,
    documentation: str,
    registry: dict[str, Check] = CHECKS,
) -> Callable[[type[J]], type[J]]:
    """Register the decorated class as a check.

    Raise `version` when the same facts may get another verdict. `mend_cli` is a format string over
    the parameters (they come quoted for a shell), or a function of them and of what was observed.
    Raises ValueError if the id is taken or a text is missing.
    """

    def register(judge: type[J]) -> type[J]:
        made = Check(
            id=id,
            version=version,
            title=title,
            severity=severity,
            criteria=tuple(criteria),
            params=params,
            reads=tuple(sorted(set(reads))),
            passes=passes,
            why=why,
            mend_console=mend_console,
            mend_cli=mend_cli,
            documentation=documentation,
            judge=judge,
        )
        _refuse_unless_whole(made, registry)
        registry[id] = made
        return judge

    return register


def applicable(
    parameters: Mapping[str, object], checks: Mapping[str, Check] = CHECKS
) -> list[BoundCheck]:
    """The checks that apply to a component with these parameters, in the order of registration."""
    if not checks:
        raise RuntimeError("No check is registered: import readiness.aws.checks first.")
    read: dict[type[CheckParameters], CheckParameters | None] = {}  # many checks take the same
    bound = []
    for check in checks.values():
        if check.params not in read:
            found = check.bind(parameters)
            read[check.params] = found.params if found else None
        params = read[check.params]
        if params is not None:
            bound.append(BoundCheck(check, params))
    return bound


def _given(parameters: Mapping[str, object]) -> dict[str, object]:
    """A parameter without a value counts as not given, so that its default applies."""
    return {name: value for name, value in parameters.items() if value is not None}


def _refuse_unless_whole(made: Check, registry: Mapping[str, Check]) -> None:
    if not re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+(-[a-z0-9]+)*", made.id):
        raise ValueError(f"{made.id!r} is not of the form service.what-it-asks")
    if made.id in registry:
        raise ValueError(f"There are two checks {made.id}")
    texts = ("title", "passes", "why", "mend_console", "mend_cli", "documentation")
    empty = [name for name in (*texts, "criteria", "reads") if not getattr(made, name)]
    if empty or not made.judge.__doc__:
        raise ValueError(f"{made.id} lacks {', '.join(empty) or 'a docstring'}")
    if made.version < 1 or made.severity not in ("high", "medium", "low"):
        raise ValueError(f"{made.id} has an impossible version or severity")
