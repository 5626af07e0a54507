"""How far a run is."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.aws.fetch import Fetch


@dataclass(frozen=True, slots=True)
class Progress:
    """Reads done of reads planned so far; a second round adds to the total."""

    done: int
    total: int
    label: str  # of the read that was answered last: "eu-west-1 logs"
    by_region: dict[str, tuple[int, int]]
    by_service: dict[str, tuple[int, int]]


class Meter:
    """Counts reads planned and done, whole and by place."""

    def __init__(self) -> None:
        self._by_region: dict[str, tuple[int, int]] = {}
        self._by_service: dict[str, tuple[int, int]] = {}
        self._done = 0
        self._total = 0

    def plan(self, fetch: Fetch) -> None:
        self._total += 1
        self._add(fetch, 0, 1)

    def done(self, fetch: Fetch) -> None:
        self._done += 1
        self._add(fetch, 1, 0)

    def progress(self, last: Fetch) -> Progress:
        return Progress(
            done=self._done,
            total=self._total,
            label=last.label,
            by_region=dict(self._by_region),
            by_service=dict(self._by_service),
        )

    def _add(self, fetch: Fetch, done: int, planned: int) -> None:
        for counts, key in (
            (self._by_region, fetch.place),
            (self._by_service, fetch.service),
        ):
            before = counts.get(key, (0, 0))
            counts[key] = (before[0] + done, before[1] + planned)
