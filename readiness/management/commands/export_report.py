from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness.management.components import add_component_argument, find_component
from readiness.models import Component, Milestone
from readiness.reports.actions import since_of
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
            "--archival", action="store_true", help="a PDF as PDF/A-3 with the report's JSON in it"
        )
        parser.add_argument(
            "--since", default="", metavar="MILESTONE", help="in a PDF: what changed since then"
        )
        parser.add_argument(
            "--output",
            type=Path,
            required=True,
            metavar="FILE",
            help="- for the terminal (json, csv and md)",
        )

    def handle(self, *args: Any, component: str, output: Path, **options: Any) -> str:
        edition = Edition(options["variant"], options["paper"], archival=options["archival"])
        content = _content(find_component(component), options["format"], edition, options["since"])
        if str(output) == "-" and options["format"] in PRINTED:
            return content.decode()
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        return f"{output}: {len(content):,} bytes."


def _content(component: Component, wanted: str, edition: Edition, since: str) -> bytes:
    now = timezone.now()
    if (edition != FULL or since) and wanted != PDF.slug:
        raise CommandError("Only a PDF has variants, papers and what changed.")
    if wanted == MADR:
        return decision_archive(component, decision_records(component, now))
    try:
        report = build_gap_report(component, now)
        return FORMATS[wanted].render(report, edition, since_of(_milestone(component, since)))
    except ValueError as error:
        raise CommandError(str(error)) from None


def _milestone(component: Component, name: str) -> Milestone | None:
    if not name:
        return None
    try:
        return component.milestones.get(name=name)
    except Milestone.DoesNotExist:
        known = ", ".join(component.milestones.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no milestone {name!r}, but {known}.") from None
