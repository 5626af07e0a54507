"""One run: plan all reads, fan them out, judge each check as soon as its answers are in."""

from __future__ import annotations

import queue
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from readiness.aws.errors import CouldNotLook, CredentialsError, Failure, Status, SubjectMissing
from readiness.aws.facts import Facts, Parsed
from readiness.aws.fetch import Answer, Fetch, Read, Snapshot
from readiness.aws.progress import Meter, Progress
from readiness.aws.registry import BoundCheck, Observed, Verdict
from readiness.aws.verdicts import guarded, judge

ROUNDS = 4  # of needs: the first and at most three more
POLL_SECONDS = 0.05  # how often a waiting run looks at the clock and for a cancellation
AT_A_TIME = 16  # answers taken before it looks again: one may be judged by hundreds of checks
LATE_SECONDS = 1  # how often it looks which reads take too long: there may be thousands


class Source(Protocol):
    """Where answers come from: a session.Connection, or a recording.Recording."""

    def reader(self) -> Read: ...

    def now(self) -> datetime:
        """The moment, in UTC, that the answers are of."""
        ...


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One read behind a result."""

    service: str
    operation: str
    region: str
    milliseconds: int
    attempts: int
    error_code: str | None
    shared: bool  # another check of this run asked for it first


@dataclass(frozen=True, slots=True)
class Result:
    """What one check said, what it saw, and what it took to see it."""

    position: int  # of the check among those given to the run
    check_id: str
    check_version: int
    status: Status
    reason: str
    observed: Observed
    reads: tuple[ReadRecord, ...]
    duration_ms: int  # from its first read to the verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    results: tuple[Result, ...]  # in the order of the checks given, those kept; see run
    reads_made: int
    cancelled: bool
    refused: Mapping[str, str]  # accounts that would not let us in, and why: a sentence
    answers: tuple[Answer, ...]  # what was judged on, for a recording
    taken_at: datetime  # the moment, in UTC, that it was judged at


def run(
    bound: Sequence[BoundCheck],
    *,
    connection: Source,
    on_progress: Callable[[Progress], None] | None = None,
    on_result: Callable[[Result], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    read_seconds: float = 30,
    run_seconds: float = 120,
    keep_results: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Outcome:
    """Run the checks, of one component or of many, and return what each says.

    Equal reads are made once, whoever wants them. All three callbacks are called from this thread:
    on_result as each verdict lands, on_progress with each answer, is_cancelled some 20 times a
    second. A check that waits for a read which AWS has had for `read_seconds`, or that is not done
    when the run is `run_seconds` old, is judged on what is there; what it lacks counts as a
    timeout. A read that waits for its turn has all its time before it. Cancelled, the run returns
    at once with the results so far. When an account does not let us in, the checks that
    ask it end without a result, and the outcome says so once for all of them. Without
    `keep_results` on_result has them and the outcome has not: they fill memory with hundreds of
    components.
    """
    with Snapshot(connection.reader()) as snapshot:
        now = connection.now()
        current = _Run(snapshot, now, on_progress, on_result, read_seconds, clock)
        current.keeps_results = keep_results
        deadline = clock() + run_seconds
        current.plan(bound)
        cancelled = False
        while current.is_open and not cancelled:
            cancelled = is_cancelled is not None and is_cancelled()
            if not cancelled:
                current.step(run_is_over=clock() >= deadline)
        return current.outcome(cancelled)


@dataclass(eq=False)
class _Open:
    """A check without a verdict yet."""

    position: int
    bound: BoundCheck
    asked: dict[Fetch, bool] = field(default_factory=dict)  # and whether another asked first
    waiting: set[Fetch] = field(default_factory=set)
    rounds: int = 1
    began: float | None = None


class _Run:
    """The state of one run. Everything but the reads themselves happens in the caller's thread."""

    def __init__(
        self,
        snapshot: Snapshot,
        now: datetime,
        on_progress: Callable[[Progress], None] | None,
        on_result: Callable[[Result], None] | None,
        read_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._snapshot = snapshot
        self._now = now
        self._on_progress = on_progress
        self._on_result = on_result
        self._read_seconds = read_seconds
        self._clock = clock
        self._arrivals: queue.SimpleQueue[tuple[Fetch, Future[Answer]]] = queue.SimpleQueue()
        self._under_way: dict[Fetch, Future[Answer]] = {}
        self._began: dict[Fetch, float] = {}  # of those under way that AWS has
        self._answers: dict[Fetch, Answer] = {}
        self._held: list[Fetch] = []  # throttled: asked once more when all else is done
        self._repeated: set[Fetch] = set()
        self._planned: dict[Fetch, Fetch] = {}  # every read, as it was first asked for
        self._waiting: dict[Fetch, list[_Open]] = defaultdict(list)  # for reads without an answer
        self._open: dict[int, _Open] = {}
        self._results: dict[int, Result] = {}
        self._refused: dict[str, str] = {}
        self._meter = Meter()
        self._next_look = clock()
        self._parsed: Parsed = {}
        self._users: Counter[Fetch] = Counter()  # how many open checks asked for each read
        self.keeps_results = True

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    def plan(self, bound: Sequence[BoundCheck]) -> None:
        """Ask for the first round of all checks."""
        fetches: list[Fetch] = []
        for position, each in enumerate(bound):
            check = self._open[position] = _Open(position, each)
            wanted = guarded(each, each.needs)
            if isinstance(wanted, Verdict):
                self._settle(check, wanted)
            else:
                fetches += self._want(check, wanted)
        self._ask(fetches, self._snapshot.ask)
        for check in list(self._open.values()):
            if not check.waiting:
                self._advance(check)

    def step(self, *, run_is_over: bool) -> None:
        """Take what has arrived, or wait a moment for it; then see whose time is up."""
        try:
            self._take(*self._arrivals.get(timeout=0 if run_is_over else POLL_SECONDS))
            for _ in range(AT_A_TIME):
                self._take(*self._arrivals.get_nowait())
        except queue.Empty:
            pass
        if run_is_over:
            self._settle_late(
                list(self._open.values()), "The run was over before AWS had answered."
            )
            return
        now = self._clock()
        if now >= self._next_look:
            self._next_look = now + LATE_SECONDS
            self._see_what_is_late(now)

    def _see_what_is_late(self, now: float) -> None:
        reason = f"AWS had not answered within {self._read_seconds:g} seconds."
        for fetch, future in list(self._under_way.items()):
            if future.running() and now - self._began.setdefault(fetch, now) >= self._read_seconds:
                self._settle_late(self._waiting[fetch], reason)

    def outcome(self, cancelled: bool) -> Outcome:
        results = tuple(self._results[position] for position in sorted(self._results))
        return Outcome(
            results=results,
            reads_made=self._snapshot.reads_made,
            cancelled=cancelled,
            refused=self._refused,
            answers=tuple(self._answers.values()),
            taken_at=self._now,
        )

    def _want(self, check: _Open, fetches: Iterable[Fetch]) -> list[Fetch]:
        """Note who wants what; return the reads that nobody wanted before."""
        new = []
        for each in fetches:
            if each in check.asked:
                continue
            fetch = self._planned.get(each, each)  # one value for all: there are many thousands
            check.asked[fetch] = fetch in self._planned
            self._users[fetch] += 1
            if fetch not in self._planned:
                self._planned[fetch] = fetch
                new.append(fetch)
                self._meter.plan(fetch)
            if fetch not in self._answers:
                check.waiting.add(fetch)
                self._waiting[fetch].append(check)
        return new

    def _ask(self, fetches: Iterable[Fetch], ask: Callable[[Fetch], Future[Answer]]) -> None:
        for fetch in fetches:
            future = self._under_way[fetch] = ask(fetch)
            future.add_done_callback(partial(self._arrived, fetch))

    def _arrived(self, fetch: Fetch, future: Future[Answer]) -> None:
        """Called in a worker's thread: just pass it on."""
        self._arrivals.put((fetch, future))

    def _take(self, fetch: Fetch, future: Future[Answer]) -> None:
        """An answer has come."""
        del self._under_way[fetch]
        self._began.pop(fetch, None)
        try:
            self._receive(future.result())
        except CredentialsError as error:
            self._refuse(fetch.account, str(error))
        if self._held and not self._under_way:
            self._repeat_held()

    def _receive(self, answer: Answer) -> None:
        fetch = answer.fetch
        throttled = answer.failure is not None and answer.failure.status is Status.THROTTLED
        if throttled and fetch not in self._repeated:
            self._held.append(fetch)
            return
        self._answers[fetch] = answer
        self._meter.done(fetch)
        if self._on_progress is not None:
            self._on_progress(self._meter.progress(fetch))
        for check in self._waiting.pop(fetch, ()):
            self._hand_over(check, answer)

    def _refuse(self, account: str, why: str) -> None:
        """Nothing that asks this account can come to a verdict."""
        self._refused.setdefault(account, why)
        for check in list(self._open.values()):
            if any(fetch.account == account for fetch in check.asked):
                del self._open[check.position]

    def _hand_over(self, check: _Open, answer: Answer) -> None:
        if check.position not in self._open:
            return
        if check.began is None:
            check.began = self._clock() - answer.milliseconds / 1000
        check.waiting.discard(answer.fetch)
        if not check.waiting:
            self._advance(check)

    def _repeat_held(self) -> None:
        held, self._held = self._held, []
        self._repeated.update(held)
        self._ask(held, self._snapshot.ask_again)

    def _advance(self, check: _Open) -> None:
        """All that the check asked for is there: ask for more, or judge."""
        while check.rounds < ROUNDS:
            check.rounds += 1
            more = guarded(check.bound, lambda: self._more_needs(check))
            if isinstance(more, Verdict):
                self._settle(check, more)
                return
            asked_before = len(check.asked)
            self._ask(self._want(check, more), self._snapshot.ask_soon)
            if check.waiting:
                return
            if len(check.asked) == asked_before:
                break
        self._settle(check, judge(check.bound, self._facts(check)))

    def _more_needs(self, check: _Open) -> list[Fetch]:
        try:
            return check.bound.needs_more(self._facts(check))
        except (CouldNotLook, SubjectMissing):
            return []  # evaluate meets the same, and says so

    def _facts(self, check: _Open, late: Failure | None = None) -> Facts:
        answers = self._answers
        asked = {each: answers[each] for each in check.asked if each in answers}
        return Facts(asked, self._now, late, self._parsed)

    def _settle_late(self, checks: Iterable[_Open], reason: str) -> None:
        late = Failure(Status.TIMEOUT, reason)
        for check in checks:
            if check.position in self._open:
                self._settle(check, judge(check.bound, self._facts(check, late)))

    def _settle(self, check: _Open, verdict: Verdict) -> None:
        del self._open[check.position]
        self._forget_shapes(check)
        now = self._clock()
        if check.began is None:
            begun = [self._began[fetch] for fetch in check.waiting if fetch in self._began]
            check.began = min(begun, default=now)
        result = Result(
            position=check.position,
            check_id=check.bound.check.id,
            check_version=check.bound.check.version,
            status=verdict.status,
            reason=verdict.reason,
            observed=verdict.observed,
            reads=tuple(self._record(fetch, shared) for fetch, shared in check.asked.items()),
            duration_ms=round((now - check.began) * 1000),
        )
        if self.keeps_results:
            self._results[check.position] = result
        if self._on_result is not None:
            self._on_result(result)

    def _forget_shapes(self, check: _Open) -> None:
        """Answers that no open check looks at lose their shapes: with hundreds of components these
        are most of the memory. Whoever asks later has them parsed anew."""
        for fetch in check.asked:
            self._users[fetch] -= 1
            if not self._users[fetch]:
                self._parsed.pop(fetch, None)

    def _record(self, fetch: Fetch, shared: bool) -> ReadRecord:
        answer = self._answers.get(fetch)
        code: str | None = None
        if answer is None:
            code = "NoAnswerYet"
        elif answer.failure is not None:
            code = answer.failure.code or answer.failure.status.value
        return ReadRecord(
            service=fetch.service,
            operation=fetch.operation,
            region=fetch.region,
            milliseconds=answer.milliseconds if answer else 0,
            attempts=answer.attempts if answer else 0,
            error_code=code,
            shared=shared,
        )
