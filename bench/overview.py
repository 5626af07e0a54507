"""The pages over every component, asked in this process: no server between, and one at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import filling
from bench.sizes import client_of
from bench.starting import Measured

TIMES, WARM_UP = 25, 3
# Milliseconds at the median, by what keeps the database.
MOST = {"postgresql": 60, "sqlite": 100}
QUERIES = 10
PAGES = (
    ("start page", "/", None),
    ("portfolio", "/portfolio/", True),
    ("portfolio by what is settled", "/portfolio/?sort=settled", True),
    ("portfolio by confidence", "/portfolio/?sort=confidence", True),
    ("portfolio by the last look", "/portfolio/?sort=looked", True),
    ("heat map", "/portfolio/topics/", True),
    ("trends of two years", "/portfolio/trends/?weeks=104", True),
    ("what is refused most", "/portfolio/refusals/", True),
)


def pages() -> Iterator[Measured]:
    """Yield the median of each page in milliseconds, with its queries and bytes beside it."""
    client = client_of(filling.EVERYWHERE)
    for what, path, limited in PAGES:
        for _ in range(WARM_UP):
            client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        queries = len(captured)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        taken = []
        for _ in range(TIMES):
            began = time.perf_counter()
            client.get(path)
            taken.append(time.perf_counter() - began)
        note = f"{queries} queries, {len(answer.content) / 1024:.0f} KB"
        most = MOST[connection.vendor] if limited else None
        yield f"{what}, in process", 1000 * median(taken), "ms", most, note
        if limited:
            yield f"{what}: queries", queries, "", QUERIES, ""
