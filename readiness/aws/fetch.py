"""A question to AWS as a value, its answer as a value, and a snapshot that asks each once."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from types import TracebackType
from typing import Any, Self

from readiness.aws.errors import Failure, ReadRefused

#: How the name of an operation begins that changes nothing ("assume" is how a session starts).
READ_VERBS = ("assume_", "batch_get_", "describe_", "get_", "head_", "list_", "lookup_", "test_")

#: One set of data for all regions, so a read is the same read wherever it is made.
GLOBAL_SERVICES = frozenset(
    {
        "budgets",
        "ce",
        "cloudfront",
        "health",
        "iam",
        "organizations",
        "route53",
        "shield",
        "sts",
        "support",
        "waf",
    }
)

#: Where the global services of a partition are asked; Lambda@Edge functions live there too.
HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}

WORKERS = 16
READS_AT_ONCE = 4  # per account, service and region


def refuse_unless_read(operation: str) -> None:
    """Raise ReadRefused for an operation (in boto3's spelling) that might change something."""
    if not operation.startswith(READ_VERBS):
        raise ReadRefused(f"{operation} is not a read operation; it was not sent.")


def home_region_of(region: str) -> str:
    """The home region of the partition that `region` belongs to."""
    if region.startswith("cn-"):
        return HOME_REGIONS["aws-cn"]
    if region.startswith("us-gov-"):
        return HOME_REGIONS["aws-us-gov"]
    return HOME_REGIONS["aws"]


@dataclass(frozen=True, slots=True)
class Fetch:
    """One read. Equal questions are equal values: build it with `of` (all pages) or `first_page`.

    `arguments` are sorted and each value is canonical JSON text, so that lists and dicts hash.
    """

    service: str
    region: str
    operation: str
    arguments: tuple[tuple[str, str], ...] = ()
    account: str = "default"
    one_page: bool = False
    of_service: str = ""  # see beside

    def __post_init__(self) -> None:
        refuse_unless_read(self.operation)

    @classmethod
    def of(cls, service: str, region: str, operation: str, /, **arguments: Any) -> Self:
        """A read of all pages. Arguments are boto3's, made of JSON types.

        Raises ReadRefused if `operation` is no read, TypeError if an argument is not JSON.
        """
        if service in GLOBAL_SERVICES:
            region = home_region_of(region)
        canonical = {
            name: json.dumps(value, sort_keys=True, separators=(",", ":"))
            for name, value in arguments.items()
        }
        return cls(service, region, operation, tuple(sorted(canonical.items())))

    @classmethod
    def first_page(cls, service: str, region: str, operation: str, /, **arguments: Any) -> Self:
        """As `of`, but of a long answer only the start: whoever asks must look if it was cut."""
        whole = cls.of(service, region, operation, **arguments)
        return cls(service, whole.region, operation, whole.arguments, one_page=True)

    def in_account(self, account: str) -> Self:
        """The same question to another account."""
        return replace(self, account=account, of_service="")

    def beside(self, service: str) -> Self:
        """The same question, to be asked in the account where `service` is asked: for what tells
        of the resources of another service, such as their tags."""
        return replace(self, of_service=service)

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments as boto3 wants them."""
        return {name: json.loads(text) for name, text in self.arguments}

    @property
    def place(self) -> str:
        """The region, or "global" where regions mean nothing."""
        return "global" if self.service in GLOBAL_SERVICES else self.region

    @property
    def label(self) -> str:
        """For a progress line: "eu-west-1 logs"."""
        return f"{self.place} {self.service}"


@dataclass(frozen=True)
class Answer:
    """What AWS said to one Fetch: data, or an error as a value. Shared: never change `data`."""

    fetch: Fetch
    data: Mapping[str, Any] | None = None
    failure: Failure | None = None
    milliseconds: int = 0  # spent talking to AWS, without waiting for our own turn
    attempts: int = 1  # requests sent, over all pages and retries

    def __post_init__(self) -> None:
        if (self.data is None) == (self.failure is None):
            raise ValueError("An answer is either data or a failure.")


#: Reads one Fetch; gives up early, with a failure, once the event is set. Raises CredentialsError.
Read = Callable[[Fetch, threading.Event], Answer]


@dataclass(slots=True)
class _Lane:
    """The reads of one service in one region of one account."""

    under_way: int = 0
    waiting: deque[tuple[Fetch, Future[Answer]]] = field(default_factory=deque)


class Snapshot:
    """The answers of one run. Each Fetch is read once, however many ask, from any thread.

    A read waits for its turn in a lane, not in a worker's thread: a service that may be asked only
    slowly keeps no other one waiting, and a future that is running is in the hands of `read`.
    """

    def __init__(self, read: Read, *, workers: int = WORKERS) -> None:
        self._read = read
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="aws-read")
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._futures: dict[Fetch, Future[Answer]] = {}
        self._lanes: dict[tuple[str, str, str], _Lane] = defaultdict(_Lane)
        self._reads_made = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, fetch: Fetch) -> Future[Answer]:
        """Start the read unless it was started before. The future may raise CredentialsError."""
        with self._lock:
            if fetch not in self._futures:
                self._line_up(fetch)
            return self._futures[fetch]

    def ask_soon(self, fetch: Fetch) -> Future[Answer]:
        """As `ask`, before all others that wait in its lane: to end what was begun."""
        with self._lock:
            if fetch not in self._futures:
                self._line_up(fetch, first=True)
            return self._futures[fetch]

    def ask_again(self, fetch: Fetch) -> Future[Answer]:
        """Start the read anew and forget its earlier answer."""
        with self._lock:
            self._line_up(fetch)
            return self._futures[fetch]

    def get(self, fetch: Fetch) -> Answer:
        """The answer, waited for."""
        return self.ask(fetch).result()

    @property
    def reads_made(self) -> int:
        """How many reads went out, repeated ones included."""
        return self._reads_made

    def close(self) -> None:
        """Start nothing more and return at once; reads under way end by themselves, unheard."""
        with self._lock:
            self._stop.set()
            futures = list(self._futures.values())
        for future in futures:
            future.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _line_up(self, fetch: Fetch, *, first: bool = False) -> None:
        future = self._futures[fetch] = Future()
        lane = self._lanes[fetch.account, fetch.service, fetch.region]
        if first:
            lane.waiting.appendleft((fetch, future))
        else:
            lane.waiting.append((fetch, future))
        self._move_up(lane)

    def _move_up(self, lane: _Lane) -> None:
        while lane.waiting and lane.under_way < READS_AT_ONCE and not self._stop.is_set():
            lane.under_way += 1
            self._pool.submit(self._work, lane, *lane.waiting.popleft())

    def _work(self, lane: _Lane, fetch: Fetch, future: Future[Answer]) -> None:
        if not future.set_running_or_notify_cancel():
            return  # closed in the meantime: nothing moves up either
        with self._lock:
            self._reads_made += 1
        try:
            answer = self._read(fetch, self._stop)
        except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it
            outcome = partial(future.set_exception, error)
        else:
            outcome = partial(future.set_result, answer)
        with self._lock:
            lane.under_way -= 1
            self._move_up(lane)
        outcome()
