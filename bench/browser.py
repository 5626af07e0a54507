"""A small HTTP client that does what a browser with htmx does, and times it."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.servers import HOST

# The server closes a connection that is idle for two seconds; we do before it can.
IDLE_SECONDS = 1.0
_CSRF = re.compile(r'"x-csrftoken": "(\w+)"')


class Unexpected(Exception):
    """An answer that no person would be content with."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    location: str
    # From the first byte sent until the last one read.
    seconds: float


class Browser:
    """One person: their cookies, and one connection that is kept open."""

    def __init__(self, username: str, password: str) -> None:
        self._who = {"username": username, "password": password}
        self.go_to(0)
        self._cookies = SimpleCookie()
        self._csrf = ""
        self._used = 0.0

    def go_to(self, port: int) -> None:
        """Talk to the server there from now on; a session is in the database, so it goes along."""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def login(self) -> None:
        """Through the form, as anybody; once."""
        if self._csrf:
            return
        form = form_of(self.get("/login/").text, "")
        answer = self.post("/login/", form | self._who)
        if answer.status != 302:
            raise Unexpected(f"logging in as {self._who['username']}: {answer.status}")
        self._csrf = _CSRF.findall(self.get("/catalog/blueprints/").text)[0]

    def get(self, path: str, *, part: str = "") -> Answer:
        """Load a page, or as htmx the part of it that goes into the element `part`."""
        return self._send("GET", path, None, self._htmx(part, path))

    def post(self, path: str, form: dict[str, str], *, part: str = "") -> Answer:
        headers = self._htmx(part, path)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._send("POST", path, urlencode(form), headers)

    def close(self) -> None:
        self._connection.close()

    def _htmx(self, part: str, path: str) -> dict[str, str]:
        if not part:
            return {}
        here = f"http://{HOST}:{self._connection.port}{path}"
        return {"HX-Request": "true", "HX-Target": part, "HX-Current-URL": here,
                "x-csrftoken": self._csrf}  # fmt: skip

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
        headers["Cookie"] = "; ".join(f"{c.key}={c.value}" for c in self._cookies.values())
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        self._used = time.monotonic()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        if response.status >= 400:
            raise Unexpected(f"{method} {path}: {response.status}")
        where = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
        return Answer(response.status, content.decode(errors="replace"), where, seconds)


def form_of(html: str, action_end: str) -> dict[str, str]:
    """Return what a browser would send of the first form whose action ends so.

    Raises Unexpected when there is none.
    """
    reader = _FormReader(action_end)
    reader.feed(html)
    if not reader.found:
        raise Unexpected(f"no form with the action ...{action_end}")
    return reader.values


class _FormReader(HTMLParser):
    def __init__(self, action_end: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.found = False
        self._action_end = action_end
        self._inside = False
        self._open = ("", "")  # the textarea or select that we are in: tag and name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.found:
            path = given.get("action", "").partition("?")[0]
            # Without an action it sends to the page's own address.
            self._inside = path.endswith(self._action_end) if self._action_end else not path
            self.found = self._inside
        elif self._inside:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag in ("textarea", "select"):
            self._open = (tag, name)
        elif tag == "option":
            chosen = self._open[1]
            if "selected" in given or chosen not in self.values:
                self.values[chosen] = value
        elif tag == "input" and name:
            pickable = given.get("type") in ("radio", "checkbox")
            if not pickable or "checked" in given:
                self.values[name] = value

    def handle_data(self, data: str) -> None:
        tag, name = self._open
        if tag == "textarea":
            self.values[name] = self.values.get(name, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == self._open[0]:
            if tag == "textarea":  # HTML drops its first line end
                name = self._open[1]
                self.values[name] = self.values.get(name, "").removeprefix("\n")
            self._open = ("", "")
