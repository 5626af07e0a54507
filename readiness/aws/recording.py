"""The answers of a run as a file, and a run on such answers: without credentials, without AWS."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from readiness.aws.errors import AwsError, Failure, ReadRefused, Status
from readiness.aws.fetch import Answer, Fetch, Read
from readiness.aws.redaction import redacted

FORMAT = 3
MAX_BYTES = 20_000_000
MAX_ANSWERS = 20_000


class RecordingRefused(AwsError):
    """A file is no recording that can be judged. The message is a sentence for who brought it."""


class Recording:
    """Stands in for a session.Connection: every read is answered from what was recorded."""

    def __init__(self, answers: Iterable[Answer], taken_at: datetime) -> None:
        """`taken_at`, in UTC, stays the present for whoever judges the answers later."""
        self._taken_at = taken_at
        self._answers = {answer.fetch: answer for answer in answers}

    def reader(self) -> Read:
        return self._read

    def now(self) -> datetime:
        return self._taken_at

    def answers(self) -> tuple[Answer, ...]:
        return tuple(self._answers.values())

    def has(self, fetch: Fetch) -> bool:
        return fetch in self._answers

    def dump(self) -> bytes:
        """The file: JSON with its format, its moment and the SHA-256 of all of that.

        Secrets and addresses are taken out. Which account was asked is not told: whoever judges
        it asks one source.
        """
        answers = [_dump(answer) for answer in self.answers()]
        content = {"format": FORMAT, "taken_at": self._taken_at.isoformat(), "answers": answers}
        # Through text once, so that the digest is taken over what a reader will find.
        plain = json.loads(json.dumps(content, default=str))
        return json.dumps({**plain, "digest": _digest(plain)}, indent=1).encode()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Raises RecordingRefused: too long, no JSON, not ours, cut off or changed."""
        document = _parsed(data)
        try:
            file = _File.model_validate(document)
        except ValidationError as error:
            raise RecordingRefused(_misfit(error)) from error
        document.pop("digest")
        if _digest(document) != file.digest:
            raise RecordingRefused(
                "The recording was changed after it was made: its digest is not right."
            )
        try:
            return cls([entry.answer() for entry in file.answers], file.taken_at)
        except (ReadRefused, ValueError) as error:
            raise RecordingRefused(f"The recording holds what is no answer. {error}") from error

    def _read(self, fetch: Fetch, stop: threading.Event) -> Answer:
        unknown = Failure(Status.ERROR, f"The recording has no answer to {fetch.operation}.")
        return self._answers.get(fetch) or Answer(fetch, failure=unknown)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Failed(_Part):
    status: Status
    reason: str = Field(max_length=2000)
    code: str = Field(max_length=200)
    iam_action: str | None = Field(max_length=200)

    def failure(self) -> Failure:
        return Failure(self.status, self.reason, self.code, self.iam_action)


class _Entry(_Part):
    service: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    region: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    operation: str = Field(pattern=r"^[a-z][a-z0-9_]{2,100}$")
    arguments: dict[str, Any]
    one_page: bool
    milliseconds: int = Field(ge=0)
    attempts: int = Field(ge=0)
    data: dict[str, Any] | None = None
    failure: _Failed | None = None

    def answer(self) -> Answer:
        make = Fetch.first_page if self.one_page else Fetch.of
        fetch = make(self.service, self.region, self.operation, **self.arguments)
        failure = self.failure.failure() if self.failure else None
        return Answer(fetch, self.data, failure, self.milliseconds, self.attempts)


class _File(_Part):
    format: Literal[3]
    taken_at: AwareDatetime
    answers: list[_Entry] = Field(max_length=MAX_ANSWERS)
    digest: str


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise RecordingRefused(f"The file is longer than {MAX_BYTES // 1_000_000} MB.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordingRefused("The file is no JSON, or it was cut off.") from error
    if not isinstance(document, dict) or "answers" not in document:
        raise RecordingRefused("The file is no recording made by record_aws.")
    if document.get("format") != FORMAT:
        raise RecordingRefused(f"The recording is not of format {FORMAT}: record it anew.")
    return document


def _misfit(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return f"The recording does not look as it should ({place}: {first['type']})."


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _dump(answer: Answer) -> dict[str, Any]:
    fetch, failure = answer.fetch, answer.failure
    entry: dict[str, Any] = {
        "service": fetch.service,
        "region": fetch.region,
        "operation": fetch.operation,
        "arguments": fetch.keywords,
        "one_page": fetch.one_page,
        "milliseconds": answer.milliseconds,
        "attempts": answer.attempts,
    }
    if failure is None:
        return {**entry, "data": redacted(fetch.service, answer.data)}
    said = {
        "status": failure.status.value,
        "reason": failure.reason,
        "code": failure.code,
        "iam_action": failure.iam_action,
    }
    return {**entry, "failure": said}
