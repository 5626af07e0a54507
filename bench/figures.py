"""What was measured, whether it is good enough, and tables of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

MET, MISSED = "\N{CHECK MARK}", "\N{BALLOT X}"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` of them lie, between neighbours by proportion.

    Raises ValueError when there are none.
    """
    if not values:
        raise ValueError("no percentile of nothing")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Target:
    """The most that a kind of request may take; None where nobody cares. Times: one client."""

    median_ms: float | None = None
    p95_of_median: float | None = None
    queries: float | None = None
    gzip_kb: float | None = None
    rss_mb: float | None = None


TARGETS = {
    "gap report": Target(median_ms=25, p95_of_median=1.5, queries=10, gzip_kb=60, rss_mb=120),
    "list of 20": Target(median_ms=12, queries=8),
    "decision save": Target(median_ms=12, queries=10),
    "search": Target(median_ms=60, queries=10),
}


@dataclass(frozen=True, slots=True)
class Size:
    """What one answer takes besides time. `transaction` are BEGIN, COMMIT and savepoints."""

    queries: int
    transaction: int
    kb: float
    gzip_kb: float


@dataclass(frozen=True, slots=True)
class Requests:
    """One kind of request, made many times by some clients at once."""

    database: str
    components: int
    what: str
    clients: int
    number: int
    errors: int
    median_ms: float
    p95_ms: float
    per_second: float
    # Of all web workers, per request.
    cpu_ms: float | None
    # Of the heavier web worker, when it had answered these.
    rss_mb: float | None
    size: Size | None

    @classmethod
    def of(
        cls, samples: Sequence[float], *, wall: float, cpu: float | None, **rest: Any
    ) -> Requests:
        """From the seconds that each request took, those of the whole, and of the workers' CPU."""
        return cls(
            number=len(samples),
            median_ms=1000 * median(samples),
            p95_ms=1000 * percentile(samples, 95),
            per_second=len(samples) / wall,
            cpu_ms=None if cpu is None else 1000 * cpu / len(samples),
            **rest,
        )

    def cells(self) -> list[str]:
        target = TARGETS.get(self.what, Target())
        alone = self.clients == 1
        ratio = target.p95_of_median
        size = self.size
        return [
            self.what,
            str(self.clients),
            _marked(self.median_ms, target.median_ms if alone else None),
            _marked(self.p95_ms, ratio * self.median_ms if ratio and alone else None),
            f"{self.per_second:.0f}",
            _marked(self.errors, 0, digits=0) if self.errors else "0",
            "" if self.cpu_ms is None else f"{self.cpu_ms:.1f}",
            "" if self.rss_mb is None else _marked(self.rss_mb, target.rss_mb, digits=0),
            f"{_marked(size.queries, target.queries, digits=0)} +{size.transaction}"
            if size
            else "",
            f"{size.kb:.1f}" if size else "",
            _marked(size.gzip_kb, target.gzip_kb) if size else "",
        ]


HEADINGS = ("request", "clients", "median ms", "p95 ms", "per s", "errors", "CPU ms", "RSS MB",
            "queries", "KB", "gzip KB")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that is not of requests; `most` is its target."""

    database: str
    components: int | None
    what: str
    value: float
    unit: str
    most: float | None = None
    note: str = ""

    def cells(self) -> list[str]:
        digits = {"MB": 0, "ms": 1, "": 0}.get(self.unit, 2)
        target = "" if self.most is None else f"\N{LESS-THAN OR EQUAL TO} {self.most:g}"
        return [
            self.what,
            f"{_marked(self.value, self.most, digits=digits)} {self.unit}",
            target,
            self.note,
        ]


def as_data(measured: Requests | Figure) -> dict[str, Any]:
    return {"kind": type(measured).__name__, **asdict(measured)}


def from_data(data: dict[str, Any]) -> Requests | Figure:
    rest = {name: value for name, value in data.items() if name != "kind"}
    if data["kind"] == "Figure":
        return Figure(**rest)
    return Requests(**rest | {"size": Size(**rest["size"]) if rest["size"] else None})


def tables(measured: Iterable[Requests | Figure]) -> str:
    """Return one table of requests and one of the rest for each database and number of rows."""
    groups: dict[tuple[str, str, type], list[Any]] = {}
    for each in measured:
        components = "" if each.components is None else f", {each.components:,} components"
        groups.setdefault((each.database, components, type(each)), []).append(each)
    parts = []
    for (database, components, kind), rows in groups.items():
        headings = HEADINGS if kind is Requests else ("", "measured", "target", "")
        parts += [f"{database}{components}", layout(headings, [row.cells() for row in rows]), ""]
    return "\n".join(parts)


def layout(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns: the first to the left, what begins with a digit to the right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    numeric = [all(row[i][:1].isdigit() for row in rows if row[i]) for i in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        placed = (
            cell.rjust(width) if right and at else cell.ljust(width)
            for at, (cell, width, right) in enumerate(zip(cells, widths, numeric, strict=True))
        )
        return "  ".join(placed).rstrip()

    return "\n".join([line(headings), line(["-" * width for width in widths]), *map(line, rows)])


def _marked(value: float, most: float | None, *, digits: int = 1) -> str:
    text = f"{value:.{digits}f}"
    return text if most is None else f"{text} {MET if value <= most else MISSED}"
