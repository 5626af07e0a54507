"""What the pages of the portfolio show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from readiness.models import Component, Criticality, Team
from readiness.portfolio.charts import SHADE_WORDS, heat_rows, shade_of
from readiness.portfolio.heat import cells_of, topics_of
from readiness.portfolio.lines import table_rows, week_rows
from readiness.portfolio.queries import Reading, page_of, selected
from readiness.portfolio.refusals import most_refused, reasonings
from readiness.portfolio.selection import COLUMNS, Choices, Selection
from readiness.portfolio.weeks import RANGES, as_trend, weeks_of
from readiness.reports.counts import GROUPS
from readiness.trends.chart import standings_chart


def table_context(readable: QuerySet[Component], asked: QueryDict, now: datetime) -> dict[str, Any]:
    """Return the context of the table. Eight queries at most."""
    wanted, reading = Selection.from_query(asked), Reading(readable, now)
    page = page_of(selected(wanted, reading), asked.get("page", "1"))
    rows = reading.rows(list(page.object_list))
    return {
        "rows": rows,
        "lines": table_rows(rows),
        "heads": _heads(wanted),
        **_list_context(wanted, reading, page),
    }


def heat_context(readable: QuerySet[Component], asked: QueryDict, now: datetime) -> dict[str, Any]:
    """Return the context of the heat map. Five queries at most."""
    wanted, reading = Selection.from_query(asked), Reading(readable, now)
    page = page_of(selected(wanted, reading), asked.get("page", "1"))
    cells = cells_of([each.pk for each in page.object_list], timezone.localdate(now))
    topics = topics_of(cells)
    return {
        "topics": topics,
        "map": heat_rows(page.object_list, topics, cells),
        "shades": [(shade_of(low), words) for low, words in SHADE_WORDS],
        **_list_context(wanted, reading, page),
    }


# Two that belong together share a column of the table.
HEADS = (
    ("name", "team"),
    ("settled",),
    ("attention",),
    ("undecided",),
    ("confidence", "spread"),
    ("budget",),
    ("drill",),
    ("looked",),
    ("revisit",),
)


@dataclass(frozen=True, slots=True)
class HeadLink:
    """What sorts by a column when it is followed; `sorts` is the way it does now, if at all."""

    title: str
    query: str
    sorts: str


def _heads(wanted: Selection) -> list[tuple[str, list[HeadLink]]]:
    """Return for each column of the table its aria-sort, and its links."""
    way = "descending" if wanted.is_falling else "ascending"
    return [
        (
            way if wanted.column in keys else "",
            [
                HeadLink(
                    COLUMNS[key].title,
                    wanted.by(key).query,
                    way if wanted.column == key else "",
                )
                for key in keys
            ],
        )
        for keys in HEADS
    ]


def _list_context(wanted: Selection, reading: Reading, page: Any) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "page": page,
        "choices": Choices.among(reading.listed),
        "criticalities": Criticality.choices,
        "sorts": _sorts(wanted),
        "any": bool(reading.listed),
    }


def _sorts(wanted: Selection) -> list[tuple[str, str]]:
    """Each way of sorting with its words; the worst of a column first, unless it is asked for the
    other way round."""
    ways = [(f"{'-' * column.falling}{column.key}", column.title) for column in COLUMNS.values()]
    if wanted.sort not in dict(ways):
        ways.append((wanted.sort, f"{COLUMNS[wanted.column].title}, the other way"))
    return ways


def trends_context(teams: list[Team], asked: QueryDict, now: datetime) -> dict[str, Any]:
    """Return the context of the weeks of a person's teams, or of one of them. Three queries."""
    number = next((each for each in RANGES if str(each) == asked.get("weeks")), RANGES[0])
    team = next((each for each in teams if each.slug == asked.get("team")), None)
    weeks = weeks_of([each.pk for each in ([team] if team else teams)], number=number, now=now)
    return {
        "teams": teams,
        "team": team,
        "number": number,
        "ranges": RANGES,
        "weeks": weeks,
        "lines": week_rows(weeks[::-1]),
        "groups": GROUPS,
        "chart": standings_chart(as_trend(weeks)) if len(weeks) > 1 else None,
    }


def refusals_context(
    readable: QuerySet[Component], teams: list[Team], asked: QueryDict, now: datetime
) -> dict[str, Any]:
    """Return the context of what is refused most. Five queries at most."""
    components = readable.active()  # type: ignore[attr-defined]
    team = asked.get("team", "")
    if team:
        components = components.filter(team__slug=team)
    found = most_refused(components)
    opened = next((each for each in found if each.criterion.slug == asked.get("criterion")), None)
    kept = {"team": team} if team else {}
    context = {
        "found": found,
        "total": sum(each.number for each in found),
        "opened": opened,
        "team": team,
        "teams": teams,
        "kept": urlencode(kept),
    }
    if opened:
        today = timezone.localdate(now)
        page, reasons = reasonings(components, opened, page=asked.get("page", "1"), today=today)
        pages = urlencode(kept | {"criterion": opened.criterion.slug})
        context |= {"page": page, "pages": pages, "reasons": reasons}
    return context
