"""Does the screen that on-call opens first show every place where the function runs?"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import CamelShape, Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, look_at, to_mend
from readiness.aws.parameter_types import DashboardName, EdgeRegions
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_DASHBOARD = ("cloudwatch", "get_dashboard")


class EdgeDashboard(CheckParameters):
    dashboard_name: DashboardName
    edge_regions: EdgeRegions


class DashboardAnswer(Shape):
    dashboard_body: str  # JSON, written by people


class Widget(CamelShape):
    type: str
    properties: dict[str, Any] = {}

    def regions(self) -> Iterator[str]:
        """Of what it shows, with repetitions. A text has none, nor has an explorer."""
        own, rows = self.properties.get("region"), self.properties.get("metrics")
        if self.type == "metric" and isinstance(rows, list):
            yield from _texts(_region_of_row(row, own) for row in rows)
        elif self.type in ("metric", "log"):
            yield from _texts([own])
        yield from _regions_of_alarms(self.properties)
        yield from _regions_of_alarms(self.properties.get("annotations"))


class Body(CamelShape):
    widgets: list[Widget]


def _texts(values: Iterable[object]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _region_of_row(row: object, default: object) -> object:
    """A row is a metric, its dimensions and, last, its options: a region of its own among them."""
    options = row[-1] if isinstance(row, list) and row else None
    return options.get("region", default) if isinstance(options, dict) else default


def _regions_of_alarms(holder: object) -> Iterator[str]:
    """The regions in the ARNs of the alarms that a widget, or its annotations, name."""
    arns = holder.get("alarms") if isinstance(holder, dict) else None
    for arn in _texts(arns if isinstance(arns, list) else []):
        _, _, region = arn.partition(":cloudwatch:")
        yield region.partition(":")[0]


def dashboard_fetch(params: EdgeDashboard) -> Fetch:
    """Dashboards belong to no region: asked anywhere, the answer is the same."""
    name = params.dashboard_name
    return Fetch.of("cloudwatch", params.home_region, "get_dashboard", DashboardName=name)


def _widgets(facts: Facts, params: EdgeDashboard) -> list[Widget]:
    missing = f"There is no dashboard {params.dashboard_name}."
    answer = facts.subject(dashboard_fetch(params), DashboardAnswer, missing=missing)
    try:
        return Body.model_validate_json(answer.dashboard_body).widgets
    except ValidationError as error:
        reason = f"The body of the dashboard {params.dashboard_name} cannot be read."
        raise CouldNotLook(Status.UNSUPPORTED, reason) from error


def _mend_dashboard(params: EdgeDashboard, observed: Observed) -> str:
    name = shlex.quote(params.dashboard_name)
    regions = ", ".join(to_mend(observed, "regions", params.edge_regions))
    return (
        f"aws cloudwatch get-dashboard --dashboard-name {name}"
        " --query DashboardBody --output text > dashboard.json  # if there is one\n"
        f"# Add graphs with the region of each of these: {regions}.\n"
        f"aws cloudwatch put-dashboard --dashboard-name {name}"
        " --dashboard-body file://dashboard.json"
    )


@check(
    "dashboards.cover-regions",
    version=1,
    criteria=["global-view", "dashboard"],
    params=EdgeDashboard,
    reads=[READS_DASHBOARD],
    title="The dashboard shows every edge region",
    severity="low",
    passes=(
        "The dashboard exists, and for each edge region it has a graph, a log query or an alarm of"
        " that region. What these are about is not looked at."
    ),
    why=(
        "A dashboard that was built where the function was deployed shows that one region. Users"
        " elsewhere may get errors while every graph on it is calm."
    ),
    mend_console=(
        "CloudWatch, Dashboards, the dashboard, Add widget: choose the region at the top of the"
        " list of metrics, and the function's metrics there. Save the dashboard."
    ),
    mend_cli=_mend_dashboard,
    documentation="Amazon CloudWatch API Reference: Dashboard Body Structure and Syntax",
)
class CoverRegions:
    """At least one widget on the dashboard is of each edge region."""

    @staticmethod
    def needs(params: EdgeDashboard) -> Iterable[Fetch]:
        yield dashboard_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeDashboard) -> Verdict:
        widgets = _widgets(facts, params)
        shown = Counter(region for each in widgets for region in set(each.regions()))

        def look(region: str) -> Part:
            return Part(shown[region] > 0, {"widgets": shown[region]}, wrong="nothing shown")

        tally = look_at(params.edge_regions, look)
        subject = f"The dashboard {params.dashboard_name}"
        return tally.verdict(
            {"regions": tally.table, "dashboard": params.dashboard_name, "widgets": len(widgets)},
            passed=f"{subject} shows each of {tally.total} edge regions",
            failed=f"{subject} does not show every edge region: {tally.wrongs()}",
        )
