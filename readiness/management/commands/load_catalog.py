from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness.catalog.loader import load
from readiness.catalog.schema import CatalogFileError


class Command(BaseCommand):
    help = (
        "Load catalog and blueprint files (YAML). All or nothing; a second run of the same files "
        "changes nothing; no decision is touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> str:
        try:
            return str(load(files, now=timezone.now()))
        except CatalogFileError as error:
            count = len(error.mistakes)
            raise CommandError(
                f"{error}\n{count} mistake{'s' if count > 1 else ''}; nothing was changed."
            ) from None
