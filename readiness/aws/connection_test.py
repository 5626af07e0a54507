"""Does a way into an account lead where it should? Who we are there, and what we may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

from readiness.aws.errors import CredentialsError, Status
from readiness.aws.fetch import HOME_REGIONS, Answer, Fetch, Read, Snapshot, home_region_of
from readiness.aws.iam_policy import action_of
from readiness.aws.parameters import ComponentParameters
from readiness.aws.registry import applicable
from readiness.aws.session_policy import ReadName

LOOK_SECONDS = 0.3  # how often a waiting test says how far it is

#: Called with the reads done and all reads; True means stop.
OnProgress = Callable[[int, int], bool]


class Source(Protocol):
    """Where answers come from: a session.Connection, or several behind one reader."""

    def reader(self) -> Read: ...


class Outcome(StrEnum):
    WORKS = "works"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one IAM action, with the regions where it came so."""

    action: str
    outcome: Outcome
    reason: str  # empty when there is nothing to say but that it works
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a test found. `problem` is one sentence when there is no way in at all."""

    account_id: str = ""
    arn: str = ""
    problem: str = ""
    rows: tuple[Row, ...] = ()
    untried: tuple[str, ...] = ()  # actions of which nobody could say what to read with them

    @property
    def missing(self) -> tuple[str, ...]:
        """The IAM actions to grant."""
        refused = {row.action for row in self.rows if row.outcome is Outcome.REFUSED}
        return tuple(sorted(refused))

    @property
    def failed(self) -> int:
        return sum(row.outcome is Outcome.FAILED for row in self.rows)

    @property
    def summary(self) -> str:
        """In a few words, for a list."""
        if self.problem:
            return "no way in"
        said = []
        if self.missing:
            plural = "s" if len(self.missing) > 1 else ""
            said.append(f"{len(self.missing)} permission{plural} missing")
        if self.failed:
            said.append(f"{self.failed} could not be read")
        return ", ".join(said) or "works"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        rows = tuple(
            Row(row["action"], Outcome(row["outcome"]), row["reason"], tuple(row["places"]))
            for row in stored["rows"]
        )
        return cls(**{**stored, "rows": rows, "untried": tuple(stored["untried"])})


def one_of_each(fetches: Iterable[Fetch]) -> list[Fetch]:
    """The first read of each operation in each region."""
    chosen: dict[tuple[str, str, str], Fetch] = {}
    for fetch in fetches:
        chosen.setdefault((fetch.service, fetch.operation, fetch.region), fetch)
    return list(chosen.values())


def sample_reads(partition: str) -> list[Fetch]:
    """First reads of all checks with the parameters' examples, while there is no component yet.

    AWS says "not found" to those it lets us read. Buckets are left out: their names are shared
    by everybody, so that an example's may be somebody else's, who refuses us.
    """
    home = HOME_REGIONS[partition]
    typed = {
        name: str(field.examples[0])
        for name, field in ComponentParameters.model_fields.items()
        if field.examples
    }
    typed |= {"partition": partition, "edge_regions": home}
    parameters = ComponentParameters.model_validate(typed).model_dump(mode="json")
    return one_of_each(
        fetch
        for bound in applicable(parameters)
        for fetch in bound.needs()
        if "Bucket" not in fetch.keywords and home_region_of(fetch.region) == home
    )


def try_connection(
    source: Source,
    fetches: Sequence[Fetch],
    *,
    reads: Iterable[ReadName],
    partition: str,
    on_progress: OnProgress,
) -> Report | None:
    """Ask who we are, then make the reads. `reads` are all that may be wanted, tried or not.

    Returns None when `on_progress`, called a few times a second, said stop. An error of AWS is a
    row of the report, never raised.
    """
    whoami = Fetch.of("sts", HOME_REGIONS[partition], "get_caller_identity")
    others = [fetch for fetch in fetches if fetch.operation != whoami.operation]
    total = len(others) + 1
    with Snapshot(source.reader()) as snapshot:
        try:
            if not _all_done([snapshot.ask(whoami)], total, on_progress):
                return None
            identity = snapshot.get(whoami)
            if identity.data is None:
                return Report(problem=identity.failure.reason if identity.failure else "")
            futures = [snapshot.ask(fetch) for fetch in others]
            if not _all_done(futures, total, on_progress, before=1):
                return None
            rows = _rows(future.result() for future in futures)
        except CredentialsError as error:
            return Report(problem=str(error))
    return Report(
        account_id=str(identity.data["Account"]),
        arn=str(identity.data["Arn"]),
        rows=rows,
        untried=_untried(reads, fetches),
    )


def _all_done(
    futures: Sequence[Future[Answer]], total: int, on_progress: OnProgress, *, before: int = 0
) -> bool:
    """Wait for them all; False when told to stop."""
    waiting: set[Future[Answer]] = set(futures)
    while True:
        waiting = wait(waiting, timeout=LOOK_SECONDS).not_done
        if on_progress(before + len(futures) - len(waiting), total):
            return False
        if not waiting:
            return True


def _rows(answers: Iterable[Answer]) -> tuple[Row, ...]:
    """Regions that answered alike share a row; what is refused comes first."""
    places: dict[tuple[str, Outcome, str], set[str]] = defaultdict(set)
    for answer in answers:
        outcome, reason = _judged(answer)
        action = action_of(answer.fetch.service, answer.fetch.operation)
        places[action, outcome, reason].add(answer.fetch.place)
    rows = [Row(*key, tuple(sorted(found))) for key, found in places.items()]
    order = (Outcome.REFUSED, Outcome.FAILED, Outcome.WORKS)
    return tuple(sorted(rows, key=lambda row: (order.index(row.outcome), row.action, row.reason)))


def _judged(answer: Answer) -> tuple[Outcome, str]:
    failure = answer.failure
    if failure is None:
        return Outcome.WORKS, ""
    if failure.status is Status.NOT_FOUND:
        return Outcome.WORKS, failure.reason  # whoever may not look is not told that much
    if failure.iam_action:
        return Outcome.REFUSED, failure.reason
    return Outcome.FAILED, failure.reason


def _untried(reads: Iterable[ReadName], fetches: Iterable[Fetch]) -> tuple[str, ...]:
    tried = {action_of(fetch.service, fetch.operation) for fetch in fetches}
    return tuple(sorted({action_of(*read) for read in reads} - tried))
