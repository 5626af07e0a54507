"""What the gap report page shows, whichever view renders it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from readiness import jobs
from readiness.decisions.standing import Standing
from readiness.htmx import UserRequest
from readiness.models import CheckRun, Component, Role
from readiness.reports.filters import SORTS, ReportFilter, arranged
from readiness.reports.formats import FORMATS
from readiness.reports.gap_report import GapReport, build_gap_report
from readiness.reports.words import OUTCOME_WORDS


def gap_report_context(
    request: UserRequest, component: Component, now: datetime, *, criterion: str = ""
) -> dict[str, Any]:
    """Return the context of reports/gap_report.html; `detail` is what an open row adds to it.
    Where `criterion` names one, it is enough for its row and for nothing else of the page."""
    report = build_gap_report(component, now, criterion=criterion)
    wanted = ReportFilter.from_query(request.GET)
    topics = arranged(report, wanted)
    newest = CheckRun.objects.filter(component=component).order_by("-requested_at").first()
    return {
        "report": report,
        "wanted": wanted,
        "query": f"?{wanted.query}" if wanted else "",
        "closed_query": f"?closed&{wanted.query}" if wanted else "?closed",
        "topics": topics,
        "shown": sum(len(topic.requirements) for topic in topics),
        "standings": list(Standing),
        "owners": _owners(report),
        **run_context(component, newest, now),
        "may_admin": component.role >= Role.ADMIN,
        "formats": list(FORMATS.values()),
        "sorts": list(SORTS.items()),
        "outcomes": list(OUTCOME_WORDS.items()),
        "open": "",
        "detail": None,
    }


def _owners(report: GapReport) -> list[tuple[int, str]]:
    owners = {line.owner.id: line.owner.name for line in report.requirements if line.owner}
    return sorted(owners.items(), key=lambda owner: owner[1])


def run_context(component: Component, run: CheckRun | None, now: datetime) -> dict[str, Any]:
    """Return what the strip about the newest check run shows."""
    progress = run.progress if run else {}
    return {
        "component": component,
        "base": component.get_absolute_url(),
        "run": run,
        "unattended": run is not None and jobs.is_unattended(run, now=now),
        "may_edit": component.role >= Role.EDITOR and component.archived_at is None,
        "by_place": [
            (name, done, total)
            for kind in ("regions", "services")
            for name, (done, total) in sorted(progress.get(kind, {}).items())
        ],
    }
