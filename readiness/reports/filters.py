"""Which rows of a gap report a person wants to see; it lives in the address, to be shared."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from readiness.decisions.standing import NEEDS_ATTENTION, Standing
from readiness.reports.gap_report import GapReport, RequirementLine, TopicLines

SORTS = {"topic": "By topic", "weight": "The heaviest first", "standing": "The worst first"}
_WORST_FIRST = (
    *NEEDS_ATTENTION,
    Standing.GAP,
    Standing.ACCEPTED,
    Standing.DONE,
    Standing.VERIFIED,
    Standing.NOT_APPLICABLE,
)
_ORDER = {standing: place for place, standing in enumerate(_WORST_FIRST)}


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Empty fields ask for nothing. Values nobody knows are dropped, not complained about: an
    address may be older than the catalog."""

    standings: tuple[Standing, ...] = ()
    attention: bool = False
    proposed: bool = False
    topic: str = ""
    owner: int | None = None
    weight: int | None = None
    live: bool = False
    text: str = ""
    sort: str = "topic"

    @classmethod
    def from_query(cls, query: QueryDict) -> ReportFilter:
        known = {standing.value for standing in Standing}
        asked = query.getlist("standing")
        return cls(
            standings=tuple(Standing(value) for value in asked if value in known),
            attention="attention" in asked,
            proposed="proposed" in asked,
            topic=query.get("topic", ""),
            owner=_number(query.get("owner", "")),
            weight=_number(query.get("weight", "")),
            live=query.get("live") == "1",
            text=query.get("text", "").strip()[:200],
            sort=sort if (sort := query.get("sort", "")) in SORTS else "topic",
        )

    def __bool__(self) -> bool:
        return self != ReportFilter()

    @property
    def query(self) -> str:
        """The address' query that asks for the same again; empty for everything."""
        standings = [standing.value for standing in self.standings]
        marks = {"attention": self.attention, "proposed": self.proposed}
        pairs = {
            "standing": [*standings, *(name for name, asked in marks.items() if asked)],
            "topic": self.topic,
            "owner": self.owner,
            "weight": self.weight,
            "live": "1" if self.live else "",
            "text": self.text,
            "sort": "" if self.sort == "topic" else self.sort,
        }
        return urlencode({k: v for k, v in pairs.items() if v not in ("", None, [])}, doseq=True)

    def wants(self, line: RequirementLine) -> bool:
        standing_fits = (
            not (self.standings or self.attention or self.proposed)
            or line.standing in self.standings
            or (self.attention and line.standing.needs_attention)
            or (self.proposed and line.proposal is not None)
        )
        return (
            standing_fits
            and (not self.topic or line.topic == self.topic)
            and (self.owner is None or bool(line.owner and line.owner.id == self.owner))
            and (self.weight is None or line.weight >= self.weight)
            and (not self.live or bool(line.checks))
            and _mentions(line, self.text)
        )


def arranged(report: GapReport, wanted: ReportFilter) -> list[TopicLines]:
    """Return the topics with the rows that are wanted, those without any left out; sorted by
    another thing than the topic, all rows in one."""
    topics = (
        TopicLines(
            topic.slug,
            topic.name,
            topic.question,
            tuple(line for line in topic.requirements if wanted.wants(line)),
        )
        for topic in report.topics
    )
    found = [topic for topic in topics if topic.requirements]
    if wanted.sort == "topic" or not found:
        return found
    lines = [line for topic in found for line in topic.requirements]
    lines.sort(
        key=lambda line: (-line.weight if wanted.sort == "weight" else 0, _ORDER[line.standing])
    )
    return [TopicLines("", SORTS[wanted.sort], "", tuple(lines))]


def _mentions(line: RequirementLine, text: str) -> bool:
    if not text:
        return True
    where = [line.criterion, line.title, line.statement]
    if line.decision:
        where += [line.decision.reasoning, line.decision.evidence, line.decision.risk]
    haystack = " ".join(where).casefold()
    return all(word in haystack for word in text.casefold().split())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
