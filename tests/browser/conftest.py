"""A real Chromium against the live server, a worker in a thread, a simulated AWS account."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page

from demo.data import PASSWORD, load_demo
from readiness import jobs

# Playwright runs an event loop in this thread; our queries beside it are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = (
    os.environ.get("CHROMIUM", ""),
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = next((path for name in CHROMIUM if name and (path := shutil.which(name))), None)
    assert found, "Chromium is not installed: script/bootstrap --tests installs it."
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, Any]]:
    """The simulated account with its gaps: {"endpoint_url", "parameters"}."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "demo.simulated_aws", "--port", "0", "--seed", "--quiet"],
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    yield json.loads(process.stdout.readline())
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Does what the queue is asked to do, in a thread of its own as a worker would."""
    pool = ThreadPoolExecutor(1)

    def work(job: Any) -> None:
        module, _, name = jobs.TASKS[type(job)].rpartition(".")
        try:
            getattr(import_module(module), name)(job.pk)
        finally:
            connections.close_all()

    monkeypatch.setattr(jobs, "enqueue", lambda job, now: pool.submit(work, job))
    yield
    pool.shutdown()


@pytest.fixture
def demo(transactional_db: None, aws: dict[str, Any], worker: None, settings: Any) -> None:
    """The demo's data, and live checks that look at the simulated account."""
    settings.AWS_ENDPOINT_URL = aws["endpoint_url"]
    load_demo(aws["parameters"], now=timezone.now())


@pytest.fixture
def open_as(browser: Browser, live_server: Any, demo: None) -> Iterator[Callable[..., Page]]:
    """Open a page as "viewer", "editor" ...; whatever the console says fails the test, but for
    the `refusal` (a status such as "409") that the test is about."""
    said: list[str] = []
    contexts = []

    def opened(who: str, path: str = "/", *, refusal: str = "", **options: Any) -> Page:
        def hear(text: str) -> None:
            # Chromium itself notes each answer of 400 and above; a test may expect one.
            if not (refusal and f"status of {refusal}" in text):
                said.append(f"{page.url}: {text}")

        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: hear(message.text))
        page.on("pageerror", lambda error: hear(str(error)))
        page.goto(f"/login/?next={path}")
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"**{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
