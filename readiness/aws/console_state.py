"""Pages of the AWS console that carry a state in their address: a query, a graph. Pure.

What stands behind the # is a notation that the console shares with the JavaScript library JSURL.
AWS does not document it; the tests hold it against addresses that people copied out of the console.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from readiness.aws.console import HOSTS, REGION


def jsurl(value: Any) -> str:
    """Return a text, a whole number, a boolean, or a sequence or mapping of them in the console's
    notation: {"end": 0, "by": "a b"} as ~(end~0~by~'a*20b)."""
    match value:
        case str():
            return f"~'{_escaped(value)}"
        case bool():
            return f"~{str(value).lower()}"
        case int():
            return f"~{value}"
        case Mapping():
            return f"~({'~'.join(_escaped(name) + jsurl(each) for name, each in value.items())})"
        case _:
            return f"~({''.join(jsurl(each) for each in value) or '~'})"


def _escaped(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    if character == "$":
        return "!"
    # Two units for what lies beyond the sixteen bits of a JavaScript character.
    units = character.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    return "".join(f"*{code:02x}" if code < 0x100 else f"**{code:04x}" for code in codes)


def _page(region: str, partition: str, state: str) -> str | None:
    if partition not in HOSTS or not REGION.fullmatch(region):
        return None
    return f"https://{region}.{HOSTS[partition]}/cloudwatch/home?region={region}#{state}"


def insights_url(
    query: str, groups: Sequence[str], *, region: str, seconds: int, partition: str = "aws"
) -> str | None:
    """The page of CloudWatch Logs Insights with a query over the newest `seconds` of log groups,
    typed but not yet run; None where there is no such page."""
    state = {
        "end": 0,
        "start": -seconds,
        "timeType": "RELATIVE",
        "tz": "UTC",
        "unit": "seconds",
        "editorString": query,
        "source": list(groups),
    }
    return _page(region, partition, f"logsV2:logs-insights$3FqueryDetail$3D{jsurl(state)}")


class Metric(NamedTuple):
    namespace: str
    name: str
    statistic: str
    # Names and values in turn, as the console has them.
    dimensions: tuple[str, ...]


def metrics_url(
    metrics: Sequence[Metric], *, region: str, partition: str = "aws", hours: int = 3
) -> str | None:
    """The page of CloudWatch with a graph of metrics by the minute; None where there is none."""
    state = {
        "metrics": [
            [each.namespace, each.name, *each.dimensions, {"stat": each.statistic}]
            for each in metrics
        ],
        "view": "timeSeries",
        "stacked": False,
        "region": region,
        "start": f"-PT{hours}H",
        "end": "P0D",
        "period": 60,
    }
    return _page(region, partition, f"metricsV2?graph={jsurl(state)}")
