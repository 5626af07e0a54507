"""Pages and saves over HTTP, by one client and by eight at once."""

from __future__ import annotations

import gc
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from itertools import count
from typing import Any

from django.db import connection

from bench import filling
from bench.browser import Browser, Unexpected, form_of
from bench.figures import Requests
from bench.machine import cpu_seconds, descendants, resident_mb
from readiness.models import Requirement

AT_ONCE = 8
# A name, a word, words that are nearly everywhere, a phrase, and what is not there.
SEARCHES = (
    "/search/?q=0007",
    "/search/?q=rollback",
    "/search/?q=dashboards",
    "/search/?q=the",
    "/search/?q=%22forty+minutes+each%22&kind=decision",
    "/search/?q=alarm+region&team=bench-0",
    "/search/?q=router+-asset&kind=requirement&page=2",
    "/search/?q=unicorn",
)
# What one client does in one turn; returns the seconds that count.
Deed = Callable[[Browser, int], float]
_RELOAD = re.compile(r'hx-get="([^"]+)" hx-trigger="load"')


@dataclass(frozen=True, slots=True)
class Load:
    """How many requests of one kind in a round: by one client, and by each of eight.

    Of the rounds, after a warm-up, the one with the least median stands: what else the machine had
    to do in the others is not the product's.
    """

    alone: int = 30
    each: int = 6
    rounds: int = 3
    warm_up: int = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: who makes it, and what each of the clients does."""

    what: str
    username: str
    deeds: list[Deed]


def kinds(components: int) -> Iterator[Kind]:
    """Yield what is to be measured on a database of so many components."""
    slugs = filling.looked_at(components)
    criteria = list(
        Requirement.objects.filter(component__slug=slugs[0], current_decision__isnull=False)
        .order_by("-weight", "pk")
        .values_list("criterion__slug", flat=True)[: AT_ONCE * 2]
    )
    pages = [f"/components/{each}/" for each in slugs[:24]]
    rows = [f"{page}requirements/{criteria[0]}/" for page in pages]
    yield Kind("gap report", filling.EVERYWHERE, _gets(pages))
    part = f"row--{criteria[0]}"
    yield Kind("requirement opened", filling.EVERYWHERE, _gets(rows, part))
    twenty, all_of_them = min(components, filling.TWENTY), min(components, 50)
    yield Kind(f"list of {twenty}", filling.IN_TWENTY, _gets(["/components/"]))
    if all_of_them > twenty:
        yield Kind(f"list of {all_of_them}", filling.EVERYWHERE, _gets(["/components/"]))
    yield Kind("catalog", filling.EVERYWHERE, _gets(["/catalog/"]))
    yield Kind("search", filling.EVERYWHERE, _gets(list(SEARCHES)))
    places = [(slugs[n % len(slugs)], criteria[AT_ONCE + n]) for n in range(AT_ONCE)]
    saves = [_Saves(*place) for place in places]
    yield Kind("decision save", filling.EVERYWHERE, [each.post for each in saves])
    yield Kind("save and reload", filling.EVERYWHERE, [each.post_and_reload for each in saves])


class Crowd:
    """Eight clients for each person, who log in when they are first needed, and stay so."""

    def __init__(self) -> None:
        self._browsers: dict[str, list[Browser]] = {}
        self._port = 0

    def of(self, username: str) -> list[Browser]:
        if username not in self._browsers:
            browsers = [Browser(username, filling.PASSWORD) for _ in range(AT_ONCE)]
            self._browsers[username] = browsers
            for browser in browsers:
                browser.go_to(self._port)
        return self._browsers[username]

    @contextmanager
    def at(self, port: int) -> Iterator[Crowd]:
        """All of them go to the server at this port."""
        self._port = port
        browsers = [each for group in self._browsers.values() for each in group]
        for browser in browsers:
            browser.go_to(port)
        try:
            yield self
        finally:
            for browser in browsers:
                browser.close()


def measure(
    kind: Kind, crowd: Crowd, *, web: int, load: Load = Load(), **known: Any
) -> Iterator[Requests]:
    """Yield the figures of one kind of request; `web` is gunicorn's process."""
    for clients, times in ((1, load.alone), (AT_ONCE, load.each)):
        pairs = list(zip(crowd.of(kind.username)[:clients], kind.deeds, strict=False))
        _drive(pairs, load.warm_up if clients == 1 else 2)
        rounds = [
            _round(pairs, times, web, what=kind.what, clients=clients, **known)
            for _ in range(load.rounds)
        ]
        quietest = min(rounds, key=lambda each: each.median_ms)
        yield replace(quietest, errors=sum(each.errors for each in rounds))


def _round(pairs: list[tuple[Browser, Deed]], times: int, web: int, **known: Any) -> Requests:
    before, began = _cpu(web), time.perf_counter()
    samples, errors = _drive(pairs, times)
    wall, after = time.perf_counter() - began, _cpu(web)
    if not samples:
        raise Unexpected(f"{known['what']}: {errors} errors, and nothing else")
    weights = [weight for pid in descendants(web) if (weight := resident_mb(pid))]
    return Requests.of(
        samples,
        wall=wall,
        cpu=None if before is None or after is None else after - before,
        errors=errors,
        rss_mb=max(weights, default=None),
        **known,
    )


def _cpu(web: int) -> float | None:
    return cpu_seconds(descendants(web))


def _drive(pairs: list[tuple[Browser, Deed]], times: int) -> tuple[list[float], int]:
    """Let each client do its deed so many times, all at once; returns seconds, and errors."""
    samples: list[float] = []
    errors: list[Exception] = []
    left = threading.Event()

    def one(browser: Browser, deed: Deed) -> None:
        for turn in range(times):
            if left.is_set():
                break
            try:
                browser.login()
                samples.append(deed(browser, turn))
            except (OSError, HTTPException, Unexpected) as error:
                errors.append(error)
        connection.close()  # of this thread: a save asks what it supersedes

    threads = [threading.Thread(target=one, args=pair) for pair in pairs]
    gc.disable()  # ours, so that the client's pauses are not taken for the server's
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.enable()
        left.set()
        for thread in threads:
            thread.join()
    if errors:
        print(f"    {len(errors)} errors, the first: {errors[0]!r}", flush=True)
    return samples, len(errors)


def _gets(paths: list[str], part: str = "") -> list[Deed]:
    """For each client: load these one after the other, each client beginning at another."""

    def deed(offset: int) -> Deed:
        def get(browser: Browser, turn: int) -> float:
            return browser.get(paths[(offset + turn) % len(paths)], part=part).seconds

        return get

    return [deed(client) for client in range(AT_ONCE)]


class _Saves:
    """Decides one requirement over and over: what was to be built is refused, and again."""

    def __init__(self, component: str, criterion: str) -> None:
        self._page = f"/components/{component}/"
        self._criterion = criterion
        self._row = Requirement.objects.filter(
            component__slug=component, criterion__slug=criterion
        ).values_list("current_decision", flat=True)
        self._form: dict[str, str] = {}
        self._turn = count()

    def post(self, browser: Browser, turn: int) -> float:
        return self._post(browser)[0]

    def post_and_reload(self, browser: Browser, turn: int) -> float:
        """The POST, then what the page fetches on its answer: the row, and the summary."""
        seconds, text = self._post(browser)
        path = _RELOAD.findall(text)[0].replace("&amp;", "&")
        row = browser.get(path, part=f"row--{self._criterion}")
        return seconds + row.seconds + browser.get(self._page, part="report-summary").seconds

    def _post(self, browser: Browser) -> tuple[float, str]:
        path, part = f"{self._page}requirements/{self._criterion}/", f"row--{self._criterion}"
        if not self._form:
            self._form = form_of(browser.get(path, part=part).text, "/decide/")
        answer = browser.post(f"{path}decide/", self._form | decision(next(self._turn))
                              | {"supersedes": str(self._row.all()[0])}, part=part)  # fmt: skip
        if "hx-get" not in answer.text:
            raise Unexpected("the decision was not saved")
        return answer.seconds, answer.text


def decision(turn: int) -> dict[str, str]:
    """Return what a person fills into the form, another outcome at each turn."""
    if turn % 2:
        return {"outcome": "done", "evidence": filling.WORDS}
    return {"outcome": "wont_build", "reasoning": filling.WORDS, "risk": filling.WORDS,
            "cell": "2-3", "revisit_date": ""}  # fmt: skip
