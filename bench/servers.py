"""Starts what is measured, on loopback, and ends it whatever happens."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.machine import descendants

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 30
CALLS = "/bench/calls"
END_SECONDS = 25  # a worker lets a job finish for 15


class DidNotStart(Exception):
    """Names what, and the end of what it said."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of an installation in production, with nothing of this one's .env."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_STATIC": str(folder / "static"),
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        "DEBUG": "False",
        "MANIFEST_STATIC": "True",
        "ALLOWED_HOSTS": HOST,
        "HTTPS": "False",
        "JOB_BROKER": "database",
        "WEB_WORKERS": "2",
        "WORKERS": "2",
        "LOG_LEVEL": "WARNING",
        "PYTHONHASHSEED": "0",
        **more,
    }


@contextmanager
def running(*arguments: str, log: Path, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with these arguments, in a session of its own, until the block is left."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ | environ, stdout=out,
            stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """Ask a process to end, with what it started; kill all of them after 25 seconds."""
    family = [process.pid, *descendants(process.pid)]
    process.terminate()
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


@contextmanager
def web(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve with gunicorn.conf.py, as production does; yields once it answers."""
    port, log = free_port(), folder / "web.log"
    arguments = ("-m", "gunicorn", "readiness.wsgi")
    with running(*arguments, log=log, WEB_BIND=f"{HOST}:{port}") as process:
        wait_until_answers(process, port, "/healthz/", log=log)
        yield process, port


@contextmanager
def queue(folder: Path, workers: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "queue.log"
    with running("manage.py", "worker", log=log, WORKERS=str(workers)) as process:
        yield process


def collect_static(folder: Path) -> None:
    """Collect and hash the static files into the folder of `environment`."""
    arguments = ("manage.py", "collectstatic", "--verbosity", "0", "--no-input")
    with running(*arguments, log=folder / "static.log") as process:
        if process.wait(timeout=60):
            raise SystemExit((folder / "static.log").read_text())


@contextmanager
def simulated_aws(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run bench.account with the asset router in it; yields address and parameters."""
    log = folder / "aws.log"
    log.unlink(missing_ok=True)  # it is read below
    with running("-m", "bench.account", log=log) as process:
        deadline = time.monotonic() + START_SECONDS
        while not (said := log.read_text()).endswith("}\n"):
            _or_not_started("The simulated AWS account", process, deadline, log)
            time.sleep(0.05)
        ready = json.loads(said.splitlines()[-1])
        yield ready["endpoint_url"], ready["parameters"]


def delay(endpoint: str, milliseconds: int) -> None:
    """Let every request to bench.account take so much longer from now on, and count from none."""
    address = f"{endpoint}{CALLS}?delay_ms={milliseconds}"
    with urllib.request.urlopen(address, data=b"", timeout=10):  # noqa: S310 - loopback
        pass


def calls(endpoint: str) -> dict[str, int]:
    """Return how many requests came for each AWS service since the last `delay`."""
    with urllib.request.urlopen(f"{endpoint}{CALLS}", timeout=10) as answer:  # noqa: S310
        counts: dict[str, int] = json.load(answer)
        return counts


def wait_until_answers(
    process: subprocess.Popen[bytes], port: int, path: str, *, log: Path, cookie: str = ""
) -> float:
    """Wait for the first 200; returns the monotonic time of it. Raises DidNotStart."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return time.monotonic()
        except (OSError, http.client.HTTPException):
            pass  # not yet
        finally:
            connection.close()
        _or_not_started("The web server", process, deadline, log)
        time.sleep(0.005)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _or_not_started(
    what: str, process: subprocess.Popen[bytes], deadline: float, log: Path
) -> None:
    if process.poll() is not None or time.monotonic() > deadline:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise DidNotStart(f"{what} did not start. It said:\n{tail}")
