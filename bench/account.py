"""`python -m bench.account`: the simulated account behind a door that counts and delays.

GET /bench/calls says how many requests came for each service; POST /bench/calls?delay_ms=80 forgets
them, and keeps every later one waiting so long: what a network does that loopback does not.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from bench.servers import CALLS
from demo.simulated_aws.server import SimulatedAWS

# Who signed names the service: ".../20190831/eu-west-1/s3/aws4_request".
_SERVICE = re.compile(r"/\d{8}/[^/]+/([^/]+)/aws4_request")


class Door:
    """Stands before an application; usable from many threads."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._delay = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == CALLS:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [self._about_calls(environ)]
        signed_by = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        with self._lock:
            self._calls[signed_by[1] if signed_by else "unsigned"] += 1
        time.sleep(self._delay)
        return self._application(environ, start_response)

    def _about_calls(self, environ: WSGIEnvironment) -> bytes:
        with self._lock:
            if environ["REQUEST_METHOD"] == "POST":
                self._delay = float(parse_qs(environ["QUERY_STRING"])["delay_ms"][0]) / 1000
                self._calls.clear()
            return json.dumps(self._calls).encode()


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    account = SimulatedAWS(around=Door).start()
    ready = {"endpoint_url": account.endpoint_url, "parameters": account.seed()}
    print(json.dumps(ready), flush=True)
    threading.Event().wait()


def _leave(*_: Any) -> NoReturn:
    os._exit(0)  # all of it is in memory


if __name__ == "__main__":
    main()
