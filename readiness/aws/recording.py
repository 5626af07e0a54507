"""The answers of a run as JSON, and a run on such answers: without credentials, without AWS."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from readiness.aws.errors import Failure, Status
from readiness.aws.fetch import Answer, Fetch, Read

FORMAT = 2


class Recording:
    """Stands in for a session.Connection: every read is answered from what was recorded.

    A recording holds whole answers of AWS, header values and addresses among them: keep it as
    carefully as the account it came from.
    """

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

    def dump(self) -> dict[str, Any]:
        """For json.dump(..., default=str): the times in AWS's answers become text."""
        answers = [_dump(answer) for answer in self.answers()]
        return {"format": FORMAT, "taken_at": self._taken_at.isoformat(), "answers": answers}

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Self:
        """Raises ValueError if the document is of another format, KeyError if it is not whole."""
        if document.get("format") != FORMAT:
            raise ValueError(f"This is not a recording of format {FORMAT}.")
        taken_at = datetime.fromisoformat(document["taken_at"])
        return cls((_load(entry) for entry in document["answers"]), taken_at)

    def _read(self, fetch: Fetch, stop: threading.Event) -> Answer:
        unknown = Failure(Status.ERROR, f"The recording has no answer to {fetch.operation}.")
        return self._answers.get(fetch) or Answer(fetch, failure=unknown)


def _dump(answer: Answer) -> dict[str, Any]:
    fetch, failure = answer.fetch, answer.failure
    entry: dict[str, Any] = {
        "service": fetch.service,
        "region": fetch.region,
        "operation": fetch.operation,
        "arguments": fetch.keywords,
        "account": fetch.account,
        "one_page": fetch.one_page,
        "milliseconds": answer.milliseconds,
        "attempts": answer.attempts,
    }
    if failure is None:
        return {**entry, "data": answer.data}
    said = {
        "status": failure.status.value,
        "reason": failure.reason,
        "code": failure.code,
        "iam_action": failure.iam_action,
    }
    return {**entry, "failure": said}


def _load(entry: Mapping[str, Any]) -> Answer:
    make = Fetch.first_page if entry.get("one_page") else Fetch.of
    fetch = make(entry["service"], entry["region"], entry["operation"], **entry["arguments"])
    failure = None
    if said := entry.get("failure"):
        failure = Failure(Status(said["status"]), said["reason"], said["code"], said["iam_action"])
    return Answer(
        fetch,
        entry.get("data"),
        failure,
        entry.get("milliseconds", 0),
        entry.get("attempts", 1),
    )
