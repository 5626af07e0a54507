from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from readiness.canonical import plain
from readiness.management.components import add_component_argument, find_component
from readiness.models import Component
from readiness.reports.data import report_data
from readiness.reports.gap_report import build_gap_report
from readiness.reports.records import decision_archive, decision_records


class Command(BaseCommand):
    help = "Write the gap report of a component as PDF or JSON, or its decisions as Markdown (zip)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_component_argument(parser)
        parser.add_argument("--format", choices=["pdf", "json", "madr"], default="pdf")
        parser.add_argument(
            "--output",
            type=Path,
            required=True,
            metavar="FILE",
            help="- for the terminal (JSON only)",
        )

    def handle(self, *args: Any, component: str, output: Path, **options: Any) -> str:
        content = _content(find_component(component), options["format"])
        if str(output) == "-" and options["format"] == "json":
            return content.decode()
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
        return f"{output}: {len(content):,} bytes."


def _content(component: Component, wanted: str) -> bytes:
    now = timezone.now()
    if wanted == "madr":
        return decision_archive(component, decision_records(component, now))
    report = build_gap_report(component, now)
    if wanted == "json":
        text = json.dumps(report_data(report), indent=2, ensure_ascii=False, default=plain)
        return f"{text}\n".encode()
    # Half a second and the system's Pango, which the others do not need.
    from readiness.reports.pdf import render_pdf  # noqa: PLC0415

    return render_pdf(report)
