from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_q.models import Success

from readiness.append_only import unprotected_tables
from readiness.models import Criterion, User
from readiness.search.index import NO_FTS5, has_fts5, missing_triggers

PANGO_FIX = (
    "Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; "
    "macOS: brew install pango."
)


@dataclass(frozen=True)
class Finding:
    problem: str
    fix: str
    # True when the application could not serve because of it.
    fatal: bool = True


class Command(BaseCommand):
    help = (
        "Look at this installation and name every missing piece with its fix. "
        "Exits 1 when the application could not serve."
    )
    # It has to run where everything is missing.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> str:
        findings = [finding for look in LOOKS for finding in look()]
        for finding in findings:
            word = "MISSING" if finding.fatal else "note   "
            self.stdout.write(f"{word}  {finding.problem}\n         Fix: {finding.fix}")
        fatal = sum(finding.fatal for finding in findings)
        if fatal:
            raise CommandError(f"Readiness could not serve: {fatal} missing.")
        return "Readiness can serve." if not findings else "Readiness can serve, see the notes."


def _settings() -> Iterator[Finding]:
    for message in checks.run_checks():
        if message.level >= checks.WARNING and not message.is_silenced():
            fatal = message.level >= checks.ERROR
            yield Finding(f"{message.msg} ({message.id})", message.hint or "See docs.", fatal)


def _database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(
            f"The database does not answer: {str(error).strip().splitlines()[0]}",
            "Start it, or correct DATABASE_URL.",
        )
        return
    if connection.vendor == "sqlite" and not has_fts5():
        yield Finding(*NO_FTS5)
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding(f"{len(plan)} migrations are not applied.", "manage.py migrate")
        return
    for table in unprotected_tables(connection):
        yield Finding(
            f"The database would let somebody change {table}: its triggers are gone.",
            "Repeat the operation AppendOnly in a migration; then manage.py verify_ledger.",
        )
    if missing_triggers(connection):
        yield Finding(
            "Search does not find what is written from now on: triggers of its index are gone.",
            "manage.py rebuild_search",
            fatal=False,
        )
    if not Criterion.objects.filter(retired_at=None).exists():
        yield Finding(
            "No catalog is loaded.",
            "manage.py load_catalog fixtures/*/*.yaml",
            fatal=False,
        )
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        yield Finding(
            "There is no superuser: nobody can make teams.",
            "manage.py createsuperuser",
            fatal=False,
        )
    # The schedule that recovers lost jobs runs each minute: a worker that lives leaves a trace.
    recently = timezone.now() - timedelta(minutes=5)
    if not Success.objects.filter(stopped__gt=recently).exists():
        yield Finding(
            "No worker has done anything for five minutes: no checks, no PDF.",
            "manage.py worker",
            fatal=False,
        )


def _static() -> Iterator[Finding]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if settings.MANIFEST_STATIC and not manifest.exists():
        yield Finding("The static files are not collected.", "manage.py collectstatic --no-input")


def _pdf() -> Iterator[Finding]:
    try:
        import weasyprint  # noqa: F401, PLC0415 - this is the question
    except OSError:
        yield Finding("Pango, which draws the PDF, is not found.", PANGO_FIX, fatal=False)


def _aws() -> Iterator[Finding]:
    from boto3.session import Session  # noqa: PLC0415 - slow, and only the doctor asks this

    if not settings.AWS_ENDPOINT_URL and Session().get_credentials() is None:
        yield Finding(
            "No AWS credentials are found: live checks cannot look.",
            "Give the worker a role or a profile; manage.py aws_policy prints what it must allow.",
            fatal=False,
        )


def _mail() -> Iterator[Finding]:
    if not settings.EMAIL_IS_CONFIGURED:
        yield Finding(
            "E-mail is not configured: nobody is sent reminders.",
            "Set EMAIL_URL, DEFAULT_FROM_EMAIL and SITE_URL: docs/deploying.md.",
            fatal=False,
        )


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _settings,
    _database,
    _static,
    _pdf,
    _aws,
    _mail,
)
