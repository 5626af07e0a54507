"""Several accounts as one source of answers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.aws.engine import Source
from readiness.aws.errors import CredentialsError
from readiness.aws.fetch import Answer, Fetch, Read


@dataclass(frozen=True, slots=True)
class Routes:
    """Where one component's answers come from."""

    accounts: Mapping[str, str]  # by service, as registry.BoundCheck has them; empty: "default"
    sources: Mapping[str, Source]  # by account


class Sources:
    """Answers each read from the source of its account.

    An account that did not let us in is not asked again: every later read raises the same.
    """

    def __init__(self, by_account: Mapping[str, Source]) -> None:
        """Raises ValueError when there is none."""
        if not by_account:
            raise ValueError("There is no account to ask.")
        self._by_account = by_account
        self._readers = {account: source.reader() for account, source in by_account.items()}
        self._refused: dict[str, CredentialsError] = {}

    def reader(self) -> Read:
        return self._read

    def now(self) -> datetime:
        return next(iter(self._by_account.values())).now()

    def _read(self, fetch: Fetch, stop: threading.Event) -> Answer:
        if error := self._refused.get(fetch.account):
            raise error
        try:
            return self._readers[fetch.account](fetch, stop)
        except CredentialsError as error:
            self._refused[fetch.account] = error
            raise
