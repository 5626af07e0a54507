"""The worker as a process of its own, killed as an operating system kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from readiness import jobs
from readiness.aws.registry import applicable
from readiness.aws.runner import request_run, request_together
from readiness.models import CheckResult, CheckRun, JobState, RunTrigger
from tests import factory

pytestmark = pytest.mark.django_db(transaction=True)


class Endpoint(BaseHTTPRequestHandler):
    """In place of AWS: keeps everybody waiting until it is let go, then refuses."""

    asked = threading.Event()
    let_go = threading.Event()

    def answer(self):
        Endpoint.asked.set()
        Endpoint.let_go.wait(60)
        with suppress(OSError):  # who asked may be dead
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_POST = do_HEAD = answer  # noqa: N815 - names of the standard library

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    Endpoint.asked.clear()
    Endpoint.let_go.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Endpoint.let_go.set()
        server.shutdown()


@pytest.fixture
def worker(endpoint):
    """`manage.py worker` on the test's database."""
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:"
        f"{database['PORT']}/{database['NAME']}"
    )
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "readiness.settings",
            "WORKERS": "1",
            "READINESS_AWS_ENDPOINT_URL": endpoint,
        },
    )
    yield process
    process.terminate()
    process.wait(timeout=20)


def children(pid):
    """The processes below one, nearest first."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)  # noqa: S607
    parents = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()[1:]]
    found = [child for child, parent in parents if parent == pid]
    return found + [below for child in found for below in children(child)]


def finished(run, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = CheckRun.objects.get(pk=run.pk)
        jobs.recover(found, now=timezone.now())
        if not found.is_active:
            return found.state
        time.sleep(0.2)
    return found.state


def test_worker_takes_up_jobs_and_survives_the_death_of_everything_below_it(worker):
    component = factory.make_component()

    first = request_run(component=component, by=None, now=timezone.now())
    assert finished(first, 20) == JobState.FINISHED

    for pid in children(worker.pid):
        os.kill(pid, signal.SIGKILL)
    second = request_run(component=component, by=None, now=timezone.now())

    assert finished(second, 40) == JobState.FINISHED
    assert worker.poll() is None


def test_a_group_of_runs_whose_worker_was_killed_is_taken_up_again_as_one(worker):
    parameters = {"function_name": "router", "edge_regions": ["eu-west-1"], "log_group": "/router"}
    components = [
        factory.make_component(slug=f"router-{n}", parameters=parameters) for n in range(3)
    ]
    runs = request_together(components=components, now=timezone.now(), trigger=RunTrigger.SCHEDULE)
    assert Endpoint.asked.wait(20)

    for pid in children(worker.pid):
        os.kill(pid, signal.SIGKILL)
    Endpoint.let_go.set()

    assert [finished(run, 60) for run in runs] == [JobState.FINISHED] * 3
    ended = CheckRun.objects.all()
    assert {run.attempt for run in ended} == {2}
    assert len({run.claim for run in ended}) == 1
    assert {run.results.count() for run in ended} == {len(applicable(parameters))}
    assert CheckResult.objects.filter(status="not_authorised").exists()
    assert not CheckResult.objects.filter(status__in=["pass", "fail"]).exists()
