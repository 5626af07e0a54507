from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from contextlib import suppress
from importlib import import_module
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from django.utils import timezone
from django_q.cluster import Cluster

from readiness import jobs

logger = logging.getLogger(__name__)
LOOK_SECONDS = 2
STOP_SECONDS = 15
# Where web server and worker share a machine, people who wait for a page come first.
NICE = 5


class Stop(Exception):
    """Somebody asked us to end."""


class Command(BaseCommand):
    help = (
        "Take up jobs: live checks, reports, schedules. Starts the queue's cluster, and starts it "
        "anew when it died or when it no longer takes anything up. Ctrl-C or SIGTERM ends it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        _preload()
        cluster = _start()
        try:
            while True:
                time.sleep(LOOK_SECONDS)
                if why := _problem(cluster):
                    logger.error("The cluster %s: it is started anew.", why)
                    _kill(cluster)
                    cluster = _start()
                    jobs.tell_again(now=timezone.now())
        except Stop:
            _end(cluster)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def _preload() -> None:
    """Import what jobs need before the processes part, so that they share it, and the first job of
    each has not to wait half a second for it."""
    with suppress(OSError):  # without Pango only the PDF fails, and says so
        import_module("readiness.reports.pdf")
    import_module("botocore.session")


def _start() -> BaseProcess:
    # A forked process must not share our connections.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    cluster = context.Process(target=_cluster, name="cluster")
    cluster.start()
    return cluster


def _cluster() -> None:
    # A group of its own, so that all of it can be killed when it hangs.
    os.setsid()
    os.nice(NICE)
    cluster = Cluster()
    cluster.start()
    cluster.sentinel.join()


def _problem(cluster: BaseProcess) -> str:
    """Return what is wrong with the cluster, or nothing.

    A process that is killed while it waits for work takes the queue's lock along: the others look
    alive and never get anything again. What shows it is a job that nobody takes up.
    """
    if not cluster.is_alive():
        return "died"
    try:
        hangs = jobs.nobody_takes_up(workers=settings.Q_CLUSTER["workers"], now=timezone.now())
    except DatabaseError:
        logger.exception("The database does not answer; looking again.")
        connections.close_all()
        return ""
    return "takes nothing up" if hangs else ""


def _end(cluster: BaseProcess) -> None:
    """Let jobs that run finish, but not for ever."""
    with suppress(ProcessLookupError):
        os.kill(cluster.pid or 0, signal.SIGTERM)
    cluster.join(STOP_SECONDS)
    _kill(cluster)


def _kill(cluster: BaseProcess) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(cluster.pid or 0, signal.SIGKILL)
    cluster.join()
