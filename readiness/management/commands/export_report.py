from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness.canonical import plain
from readiness.management.components import add_component_argument, find_component
from readiness.reports.data import report_data
from readiness.reports.gap_report import build_gap_report


class Command(BaseCommand):
    help = "Write the gap report of a component as PDF or as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_component_argument(parser)
        parser.add_argument("--format", choices=["pdf", "json"], default="pdf")
        parser.add_argument(
            "--output",
            type=Path,
            required=True,
            metavar="FILE",
            help="- for the terminal (JSON only)",
        )

    def handle(self, *args: Any, component: str, output: Path, **options: Any) -> str:
        report = build_gap_report(find_component(component), timezone.now())
        if options["format"] == "json":
            text = json.dumps(report_data(report), indent=2, ensure_ascii=False, default=plain)
            content = f"{text}\n".encode()
        else:
            # Half a second and the system's Pango, which JSON does not need.
            from readiness.reports.pdf import render_pdf  # noqa: PLC0415

            content = render_pdf(report)
        if str(output) == "-" and options["format"] == "json":
            return content.decode()
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        return f"{output}: {len(content):,} bytes."
