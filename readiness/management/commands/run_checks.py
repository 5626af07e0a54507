from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness import jobs
from readiness.aws.errors import UNKNOWN
from readiness.aws.recording import RecordingRefused
from readiness.aws.runner import run_now
from readiness.management.components import add_component_argument, find_component
from readiness.models import CheckRun, Component, JobState, Recording
from readiness.runs.actions import keep_recording


class Command(BaseCommand):
    help = (
        "Run the live checks of a component here and now, and print what they say. Joins a run "
        "that is under way. Exits 0 when the run finished, whatever the checks say; 1 when not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_component_argument(parser)
        parser.add_argument("--json", action="store_true", help="print the results as JSON")
        parser.add_argument(
            "--recording",
            type=Path,
            metavar="FILE",
            help="judge what record_aws wrote instead of asking AWS; the file is kept",
        )

    def handle(self, *args: Any, component: str, json: bool, **options: Any) -> None:
        found = find_component(component)
        path = options["recording"]
        run, ours = run_now(
            component=found,
            now=timezone.now(),
            recording=_kept(found, path) if path else None,
            on_progress=None if json else self._progress,
        )
        if not ours:
            self.stderr.write(f"Joining run {run.pk}, which is under way.")
            run = self._wait(run)
        self.stdout.write(_as_json(run) if json else _as_text(run))
        if run.state != JobState.FINISHED:
            raise CommandError(f"The run {run.get_state_display().lower()}. {run.message}")

    def _progress(self, run: CheckRun) -> None:
        if self.stderr.isatty():
            progress = run.progress
            words = f"{progress.get('done', 0)} of {progress.get('total', 0)} reads"
            self.stderr.write(f"\r{words}, {progress.get('label', '')}\033[K", ending="")

    def _wait(self, run: CheckRun) -> CheckRun:
        while run.is_active:
            time.sleep(0.3)
            run.refresh_from_db()
            jobs.recover(run, now=timezone.now())
        return run


def _kept(component: Component, path: Path) -> Recording:
    try:
        return keep_recording(
            component=component,
            filename=path.name,
            content=path.read_bytes(),
            by=None,
            now=timezone.now(),
        )
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except RecordingRefused as error:
        raise CommandError(f"{path}: {error}") from error


def _as_json(run: CheckRun) -> str:
    return json.dumps(
        {
            "component": run.component.slug,
            "run": run.pk,
            "state": run.state,
            "message": run.message,
            "reads": run.reads_made,
            "checks": [
                {
                    "id": result.check_id,
                    "status": result.status,
                    "reason": result.reason,
                    "observed": result.observed,
                    "checked_at": result.checked_at.isoformat(),
                }
                for result in run.results.all()
            ],
        },
        indent=2,
    )


def _as_text(run: CheckRun) -> str:
    lines = [
        f"{_word(result.status):<16} {result.check_id}: {result.reason}"
        for result in run.results.all()
    ]
    return "\n".join([*lines, f"{len(lines)} checks, {run.reads_made} reads."])


def _word(status: str) -> str:
    return "could not look" if status in UNKNOWN else status.replace("_", " ")
