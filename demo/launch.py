"""Runs the demo: simulated AWS account, worker and web server, until Ctrl-C. See script/demo."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / ".env"
ENDPOINT = "READINESS_AWS_ENDPOINT_URL"
AWS_PORT = 4599


class Stop(Exception):
    """Ctrl-C, or somebody's SIGTERM."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument(
        "--prepare-only", action="store_true", help="make everything, start nothing"
    )
    parser.add_argument("--reset", action="store_true", help="throw away what was entered before")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        with ExitStack() as stack:
            return _run(options, stack)
    except Stop:
        print("\nStopped.")
        return 0


def _run(options: argparse.Namespace, stack: ExitStack) -> int:
    if not options.prepare_only and not _is_free(options.port):
        return _fail(f"Port {options.port} is taken. Use: script/demo --port {options.port + 1}")
    os.environ[ENDPOINT] = endpoint = _aws_endpoint()
    os.environ.setdefault("EMAIL_URL", f"filemail:///{ROOT / 'var' / 'mail'}")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{options.port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readiness.settings")
    parameters = _start_aws(endpoint, stack)
    if problem := _prepare(options.reset, parameters):
        return _fail(problem)
    if options.prepare_only:
        print("Everything is prepared. Start it with: script/demo")
        return 0
    children = {
        "worker": _start(stack, "manage.py", "worker"),
        "web server": _start(stack, "-m", "gunicorn", "readiness.wsgi", port=options.port),
    }
    url = f"http://127.0.0.1:{options.port}/"
    _wait_for(f"{url}healthz/", children)
    _welcome(url, endpoint)
    return _watch(children)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def _fail(sentence: str) -> int:
    print(f"Readiness: {sentence}", file=sys.stderr)
    return 1


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _aws_endpoint() -> str:
    """Return where the simulated account is to be, and write it into .env, so that manage.py's
    commands find it, too."""
    lines = ENV.read_text().splitlines() if ENV.exists() else []
    told = next((x.partition("=")[2] for x in lines if x.startswith(f"{ENDPOINT}=")), "")
    port = urlsplit(told).port or AWS_PORT
    while not _is_free(port):
        port += 1
    endpoint = f"http://127.0.0.1:{port}"
    if endpoint != told:
        kept = [line for line in lines if not line.startswith((f"{ENDPOINT}=", "# The demo's"))]
        note = "# The demo's simulated AWS account. Remove it to look at a real one."
        ENV.write_text("\n".join([*kept, note, f"{ENDPOINT}={endpoint}", ""]))
    return endpoint


def _start_aws(endpoint: str, stack: ExitStack) -> dict[str, Any]:
    print(f"Simulated AWS account at {endpoint} ...", flush=True)
    process = _start(
        stack, "-m", "demo.simulated_aws", "--port", str(urlsplit(endpoint).port),
        "--seed", "--quiet", stdout=subprocess.PIPE,
    )  # fmt: skip
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        raise SystemExit("Readiness: the simulated AWS account did not start; see above.")
    parameters: dict[str, Any] = json.loads(line)["parameters"]
    return parameters


def _prepare(reset: bool, parameters: dict[str, Any]) -> str:
    """Make the database and what is in it; returns a problem in one sentence, or nothing."""
    import django  # noqa: PLC0415 - the environment had to be set first

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from demo.data import load_demo  # noqa: PLC0415

    database = settings.DATABASES["default"]
    if reset:
        if "sqlite3" not in database["ENGINE"]:
            return "--reset only knows the embedded database. Empty yours with its own tools."
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database['NAME']}{suffix}").unlink(missing_ok=True)
    print("Database and static files ...", flush=True)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    print("Catalog, blueprints and the demo's people and decisions ...", flush=True)
    if load_demo(parameters, now=timezone.now()):
        print("A first look at the simulated account ...", flush=True)
        with Path(os.devnull).open("w") as nowhere:
            for slug in ("asset-router", "release-archive"):
                call_command("run_checks", slug, stdout=nowhere)
    else:
        print("  kept as they were (--reset starts afresh)")
    return ""


def _start(
    stack: ExitStack, *arguments: str, port: int | None = None, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    env = os.environ | ({"WEB_BIND": f"127.0.0.1:{port}"} if port else {})
    env |= {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    process = subprocess.Popen(
        # In a session of its own: Ctrl-C comes to us, and we end our children in order.
        [sys.executable, *arguments], cwd=ROOT, env=env, stdout=stdout, start_new_session=True,
    )  # fmt: skip
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _wait_for(url: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
    for _ in range(150):
        if any(child.poll() is not None for child in children.values()):
            return
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own, on loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                return _fail(f"the {name} ended with code {child.returncode}; see above.")
        time.sleep(0.5)


def _welcome(url: str, endpoint: str) -> None:
    from demo.data import PASSWORD, PEOPLE  # noqa: PLC0415 - see _prepare

    print(f"\nReadiness is at {url}\n\nLog in with the password {PASSWORD} as")
    for name, (first, last, role) in PEOPLE.items():
        print(f"  {name:<10}{first} {last}, {role.label.lower()}")
    print(
        f"\nThe gap report to begin with: {url}components/asset-router/"
        "\n\nMend a gap in the simulated account, press Run checks and see it turn:"
        "\n  AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo aws --region ap-northeast-1 \\"
        f"\n    --endpoint-url {endpoint} logs create-log-group \\"
        "\n    --log-group-name /aws/lambda/us-east-1.asset-router"
        "\n\nMail that reminds people is written into var/mail."
        "\n\nCtrl-C ends everything.",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
