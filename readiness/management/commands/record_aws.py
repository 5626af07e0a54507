from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readiness.accounts.connections import connect, connections_of
from readiness.aws.engine import Source
from readiness.aws.errors import UNKNOWN, AwsError
from readiness.aws.offline import read_parameters, record
from readiness.aws.progress import Progress
from readiness.aws.registry import applicable
from readiness.aws.session import Connection, Role
from readiness.aws.sources import Sources
from readiness.management.components import find_component


class Command(BaseCommand):
    help = (
        "Ask AWS all that the checks of a component want to know and write the answers, without "
        "secrets, to a file that any Readiness can judge. With --parameters it needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("component", nargs="?", metavar="COMPONENT", help="its slug")
        what.add_argument(
            "--parameters", type=Path, metavar="FILE", help="instead: its parameters as YAML"
        )
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--profile", help="a named profile, with --parameters")
        parser.add_argument("--role-arn", help="a role to assume, with --parameters")
        parser.add_argument("--external-id", help="that the role's trust asks for")

    def handle(self, *args: Any, component: str | None, output: Path, **options: Any) -> None:
        try:
            if component:
                found = find_component(component)
                parameters: dict[str, Any] = found.parameters
                routes = connections_of(found)
                source: Source = Sources(routes.sources)
                accounts = routes.accounts
            else:
                parameters = read_parameters(_content(options["parameters"]))
                source, accounts = _connection(options), {}
            outcome, file = record(parameters, source, accounts, on_progress=self._progress)
        except AwsError as error:
            raise CommandError(str(error)) from error
        _write(output, file)
        blind = sum(result.status in UNKNOWN for result in outcome.results)
        self.stdout.write(
            f"{output}: {len(outcome.answers)} answers for {len(applicable(parameters))} checks, "
            f"{blind or 'none'} of which could not look; {len(file):,} bytes."
        )

    def _progress(self, progress: Progress) -> None:
        if self.stderr.isatty():
            words = f"{progress.done} of {progress.total} reads, {progress.label}"
            self.stderr.write(f"\r{words}\033[K", ending="")


def _connection(options: dict[str, Any]) -> Connection:
    role = None
    if options["role_arn"]:
        role = Role(arn=options["role_arn"], external_id=options["external_id"])
    return connect(profile=options["profile"], role=role)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _write(path: Path, content: bytes) -> None:
    """For its owner only: without secrets, but a map of an account all the same."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
