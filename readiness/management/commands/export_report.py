from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness.management.components import add_component_argument, find_component
from readiness.models import Component
from readiness.reports.formats import FORMATS, FULL, PAPERS, PDF, TOPIC, VARIANTS, Edition
from readiness.reports.gap_report import build_gap_report
from readiness.reports.records import decision_archive, decision_records

MADR = "madr"
PRINTED = ("json", "csv", "md")


class Command(BaseCommand):
    help = (
        "Write the gap report of a component as a file, or its decisions as Markdown (madr, a zip)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_component_argument(parser)
        parser.add_argument("--format", choices=[*FORMATS, MADR], default=PDF.slug)
        parser.add_argument(
            "--variant",
            default=FULL.variant,
            help=f"of a PDF: {', '.join(VARIANTS)} or {TOPIC}SLUG",
        )
        parser.add_argument("--paper", choices=PAPERS, default=FULL.paper, help="of a PDF")
        parser.add_argument(
            "--output",
            type=Path,
            required=True,
            metavar="FILE",
            help="- for the terminal (json, csv and md)",
        )

    def handle(self, *args: Any, component: str, output: Path, **options: Any) -> str:
        edition = Edition(options["variant"], options["paper"])
        content = _content(find_component(component), options["format"], edition)
        if str(output) == "-" and options["format"] in PRINTED:
            return content.decode()
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        return f"{output}: {len(content):,} bytes."


def _content(component: Component, wanted: str, edition: Edition) -> bytes:
    now = timezone.now()
    if edition != FULL and wanted != PDF.slug:
        raise CommandError("Only a PDF has variants and papers.")
    if wanted == MADR:
        return decision_archive(component, decision_records(component, now))
    try:
        return FORMATS[wanted].render(build_gap_report(component, now), edition)
    except ValueError as error:
        raise CommandError(str(error)) from None
