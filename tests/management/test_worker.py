"""The worker as a process of its own, killed as an operating system kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from readiness import jobs
from readiness.aws.runner import request_run
from readiness.models import CheckRun, JobState
from tests import factory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker():
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
        | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "readiness.settings", "WORKERS": "1"},
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
