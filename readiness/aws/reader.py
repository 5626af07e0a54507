"""Reads one Fetch with boto3: in its turn, all its pages, and every error as a value."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from readiness.aws.errors import (
    AnswerTooLong,
    AwsError,
    CredentialsError,
    Failure,
    NotFromAws,
    Status,
    classify,
)
from readiness.aws.fetch import Answer, Fetch
from readiness.aws.iam_policy import action_of
from readiness.aws.paging import Paging, has_leftovers, paging_of

log = logging.getLogger(__name__)

#: Calls a second that we allow ourselves per account and region; AWS publishes some of its limits.
CALLS_PER_SECOND = {"cloudfront": 4, "iam": 10, "route53": 4, "service-quotas": 4, "wafv2": 4}
OTHER_CALLS_PER_SECOND = 20

MAX_PAGES = 100
MAX_ITEMS = 20_000

Clock = Callable[[], float]


class TokenBucket:
    """Lets `rate` calls a second through; one second's worth may go at once."""

    def __init__(self, rate: float, clock: Clock = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = rate
        self._at = clock()
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take the next free turn and return the seconds until it comes."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
            self._at = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self._rate)


class _Stopped(AwsError):
    """The run ended while we waited for our turn."""


class Reader:
    """A callable of type fetch.Read. One per connection: it knows how fast AWS may be asked."""

    def __init__(self, client: Callable[[str, str], Any], *, clock: Clock = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], TokenBucket] = {}

    def __call__(self, fetch: Fetch, stop: threading.Event) -> Answer:
        """Raises CredentialsError; any other error is a Failure in the answer."""
        one_read = _OneRead(self._client, fetch, self._bucket(fetch), stop, self._clock)
        try:
            return one_read.answer(data=one_read.all_pages())
        except _Stopped:
            return one_read.answer(failure=STOPPED)
        except CredentialsError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad answer must not lose all other reads
            failure = classify(error, fetch)
            if failure.status is Status.ERROR:
                log.warning("%s in %s failed", fetch.operation, fetch.place, exc_info=error)
            return one_read.answer(failure=failure)

    def _bucket(self, fetch: Fetch) -> TokenBucket:
        key = (fetch.account, fetch.service, fetch.region)
        with self._lock:
            if key not in self._buckets:
                rate = CALLS_PER_SECOND.get(fetch.service, OTHER_CALLS_PER_SECOND)
                self._buckets[key] = TokenBucket(rate, self._clock)
            return self._buckets[key]


STOPPED = Failure(Status.TIMEOUT, "The run ended before AWS was asked.")


@dataclass
class _OneRead:
    """One Fetch on its way: page after page, with its meter running."""

    client: Callable[[str, str], Any]
    fetch: Fetch
    bucket: TokenBucket
    stop: threading.Event
    clock: Clock
    seconds: float = 0.0
    attempts: int = 0

    def answer(
        self, data: Mapping[str, Any] | None = None, failure: Failure | None = None
    ) -> Answer:
        return Answer(self.fetch, data, failure, round(self.seconds * 1000), self.attempts)

    def all_pages(self) -> Mapping[str, Any]:
        """The data of the answer. Raises what botocore raises, _Stopped and AnswerTooLong."""
        call = getattr(self.client(self.fetch.service, self.fetch.region), self.fetch.operation)
        paging = paging_of(self.fetch.service, self.fetch.operation)
        if self.fetch.one_page:
            return self._call(call, {})
        if paging is not None:
            return self._merged(call, paging)
        data = self._call(call, {})
        if has_leftovers(data):
            raise AnswerTooLong(f"{self._action} has more pages than this software can read.")
        return data

    def _merged(self, call: Callable[..., Any], paging: Paging) -> Mapping[str, Any]:
        whole: dict[str, Any] = {}
        position: dict[str, Any] = {}
        items = 0
        for _ in range(MAX_PAGES):
            page = self._call(call, position)
            items += paging.add(page, whole)
            position, before = paging.keywords_of_next(page), position
            if not position:
                return whole
            if position == before:
                raise AnswerTooLong(f"The pages of {self._action} go in a circle.")
            if items > MAX_ITEMS:
                break
        raise AnswerTooLong(f"The answer to {self._action} was too long to be read whole.")

    def _call(self, call: Callable[..., Any], position: Mapping[str, Any]) -> dict[str, Any]:
        """One request, in its turn."""
        if self.stop.wait(self.bucket.reserve()):
            raise _Stopped
        began = self.clock()
        metadata: object = None
        try:
            data = dict(call(**{**self.fetch.keywords, **position}))
            metadata = data.pop("ResponseMetadata", None)
            self._refuse_strangers(metadata)
            return data
        except Exception as error:
            response = getattr(error, "response", None)
            metadata = response.get("ResponseMetadata") if isinstance(response, dict) else None
            raise
        finally:
            self.seconds += self.clock() - began
            self.attempts += _attempts(metadata)

    def _refuse_strangers(self, metadata: object) -> None:
        """Every answer of AWS has a request id; a proxy's page that happens to parse has none.

        It would look like an empty answer, which for some operations means a no.
        """
        if not isinstance(metadata, Mapping) or "HTTPHeaders" not in metadata:
            return
        if not metadata.get("RequestId"):
            raise NotFromAws(f"Something else than AWS answered {self._action}.")

    @property
    def _action(self) -> str:
        return action_of(self.fetch.service, self.fetch.operation)


def _attempts(metadata: object) -> int:
    """Requests behind one answer: botocore counts only retries, and none without an answer."""
    retries = metadata.get("RetryAttempts") if isinstance(metadata, Mapping) else None
    return 1 + retries if isinstance(retries, int) else 1
