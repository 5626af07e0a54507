"""What ran it, how busy it was, and what processes took: read from /proc where there is one."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from statistics import median
from typing import Any

import django

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def calibrate(times: int = 9) -> float:
    """Return the milliseconds that a fixed piece of Python takes here and now.

    A busy or slow machine shows: compare figures only where this is about the same.
    """
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        sum(range(10**6))
        samples.append(time.perf_counter() - began)
    return 1000 * median(samples)


def facts() -> dict[str, Any]:
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def cpu_seconds(pids: list[int]) -> float | None:
    """Return the CPU time that processes have taken so far; None where nothing can tell."""
    try:
        # Behind the name, which may contain spaces: utime and stime are the 12th and 13th.
        fields = [
            (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split() for pid in pids
        ]
    except FileNotFoundError:
        return None
    return sum(int(f[11]) + int(f[12]) for f in fields) / _TICKS


def resident_mb(pid: int) -> float | None:
    """Return what a process has resident now, in MB."""
    try:
        return _kilobytes(PROC / str(pid) / "status", "VmRSS:") / 1024
    except FileNotFoundError:
        return None


def memory_mb(pid: int) -> tuple[float, float] | None:
    """Return the most that a process ever had resident, and its proportional share now, in MB."""
    try:
        peak = _kilobytes(PROC / str(pid) / "status", "VmHWM:")
        return peak / 1024, _kilobytes(PROC / str(pid) / "smaps_rollup", "Pss:") / 1024
    except FileNotFoundError:
        return None


def descendants(pid: int) -> list[int]:
    """Return the children of a process and theirs, the oldest first; none where nothing tells."""
    parents = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(") ")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
    found = [pid]
    for each in found:  # it grows while it is walked
        found += sorted(child for child, parent in parents.items() if parent == each)
    return found[1:]


def _kilobytes(path: Path, name: str) -> int:
    line = next(line for line in path.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])


def _cpu_model() -> str:
    try:
        lines = (PROC / "cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((x.partition(":")[2].strip() for x in lines if x.startswith("model name")), "")
