"""What can be found, and which words of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# A row's words are cut there: PostgreSQL takes no more than a megabyte of them.
LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are found by their words; `s` is the row in all SQL here."""

    name: str
    table: str
    component: str
    title: str
    # SQL, where need be by database.
    texts: tuple[str | Mapping[str, str], ...]
    # The column that an entry is known by. Of rows with the same one only the newest has an entry.
    key: str = "id"
    # The columns of the table that say it: a change of any other one changes nothing here.
    watched: tuple[str, ...] = ()
    joins: str = ""
    requirement: str = "NULL"
    drill: str = "NULL"
    by: str = "NULL"
    at: str = "NULL"
    where: str = "1 = 1"

    def select(self, vendor: str, only: str = "") -> str:
        """Return the SQL that reads the entries, in the order of COLUMNS; all but for `only`."""
        texts = (each if isinstance(each, str) else each[vendor] for each in self.texts)
        text = " || '\n' || ".join(texts)
        values = (
            f"'{self.name}'",
            f"s.{self.key}",
            self.component,
            self.requirement,
            self.drill,
            self.by,
            self.at,
            self.title,
            f"substr({text}, 1, {LONGEST})",
        )
        where = f"{self.where} AND {only}" if only else self.where
        return (
            f"SELECT {', '.join(values)} FROM {self.table} s {self.joins} "  # noqa: S608 - our own
            f"WHERE {where}"
        )


@dataclass(frozen=True, slots=True)
class Lent:
    """A title that rows of a source have from another table, by a foreign key."""

    table: str
    source: str
    key: str


COLUMNS = (
    "source",
    "object_id",
    "component_id",
    "requirement_id",
    "drill_id",
    "by_id",
    "at",
    "title",
    "text",
)


def _plain(column: str) -> str:
    """JSON without what makes it JSON."""
    sql = f"CAST({column} AS text)"
    for mark in '"{}[]':
        sql = f"replace({sql}, '{mark}', '')"
    return sql


# What happened, without when.
TIMELINE = {
    "sqlite": (
        "coalesce((SELECT group_concat(json_extract(value, '$.text'), '\n') "
        "FROM json_each(s.timeline)), '')"
    ),
    "postgresql": (
        "coalesce((SELECT string_agg(value ->> 'text', '\n') "
        "FROM jsonb_array_elements(s.timeline)), '')"
    ),
}
# What people typed on a sheet, not what they chose.
SHEET = {
    "sqlite": (
        "coalesce((SELECT group_concat(atom, '\n') FROM json_tree(s.content) "
        "WHERE type = 'text' AND key NOT IN ('kind', 'scenario')), '')"
    ),
    "postgresql": (
        "coalesce((SELECT string_agg(field.value, '\n') FROM jsonb_each(s.content) part, "
        "jsonb_path_query(part.value, '$[*] ? (@.type() == \"object\")') line, "
        "jsonb_each_text(line) field WHERE field.key NOT IN ('kind', 'scenario', 'minutes')), '')"
    ),
}
OF_REQUIREMENT = "JOIN readiness_requirement r ON r.id = s.requirement_id"
OF_DRILL = "JOIN readiness_drill d ON d.id = s.drill_id"
SOURCES = (
    Source(
        name="component",
        table="readiness_component",
        component="s.id",
        title="s.name",
        texts=("s.description", "s.kind", "s.risk_context", "s.slug", _plain("s.parameters")),
        watched=("name", "description", "kind", "risk_context", "slug", "parameters"),
        at="s.created_at",
    ),
    Source(
        name="requirement",
        table="readiness_requirement",
        joins="JOIN readiness_criterion k ON k.id = s.criterion_id",
        component="s.component_id",
        requirement="s.id",
        title="k.title",
        texts=("s.statement",),
        watched=("statement",),
    ),
    Source(
        name="decision",
        table="readiness_decision",
        joins=OF_REQUIREMENT,
        component="r.component_id",
        requirement="r.id",
        by="s.decided_by_id",
        at="s.decided_at",
        title="''",
        texts=(
            "s.reasoning",
            "s.evidence",
            "s.risk",
            "s.benefit",
            "s.mitigations",
            "s.cost_avoided",
            "s.benefit_forgone",
            "s.alternatives",
            "s.change_our_mind",
            "s.ticket_url",
        ),
    ),
    Source(
        name="comment",
        table="readiness_comment",
        joins=OF_REQUIREMENT,
        component="r.component_id",
        requirement="r.id",
        by="s.author_id",
        at="s.created_at",
        title="''",
        texts=("s.text",),
        watched=("text", "withdrawn_at"),
        where="s.withdrawn_at IS NULL",
    ),
    Source(
        name="evidence",
        table="readiness_evidence",
        joins=OF_REQUIREMENT,
        component="r.component_id",
        requirement="r.id",
        by="s.added_by_id",
        at="s.added_at",
        title="s.title",
        texts=("s.url",),
        watched=("title", "url", "withdrawn_at"),
        where="s.withdrawn_at IS NULL",
    ),
    Source(
        name="incident",
        table="readiness_incident",
        component="s.component_id",
        by="s.recorded_by_id",
        at="s.started_at",
        title="s.title",
        texts=("s.text", TIMELINE),
        watched=("title", "text", "timeline", "started_at"),
    ),
    Source(
        name="drill",
        table="readiness_drill",
        joins="JOIN readiness_drillscenario n ON n.id = s.scenario_id",
        component="s.component_id",
        drill="s.id",
        by="s.made_by_id",
        at="s.planned_for",
        title="n.title",
        texts=("s.goal", "s.summary"),
        watched=("goal", "summary", "planned_for", "scenario_id"),
    ),
    Source(
        name="drillentry",
        table="readiness_drillentry",
        joins=OF_DRILL,
        component="d.component_id",
        drill="d.id",
        by="s.by_id",
        at="s.at",
        title="''",
        texts=("s.text",),
        watched=("text",),
        where="s.text <> ''",
    ),
    Source(
        name="drillfinding",
        table="readiness_drillfinding",
        joins=OF_DRILL,
        component="d.component_id",
        drill="d.id",
        by="s.by_id",
        at="s.at",
        title="''",
        texts=("s.text", "s.ticket_url"),
        watched=("text", "ticket_url"),
    ),
    Source(
        name="sheet",
        table="readiness_sheetversion",
        key="component_id",
        component="s.component_id",
        by="s.made_by_id",
        at="s.made_at",
        title="''",
        texts=(SHEET,),
        where=(
            "s.number = (SELECT max(number) FROM readiness_sheetversion "
            "WHERE component_id = s.component_id)"
        ),
    ),
    Source(
        name="criterion",
        table="readiness_criterion",
        # 0: of the catalog, which everybody may read.
        component="coalesce(s.component_id, 0)",
        title="s.title",
        texts=("s.question", "s.why", "s.evidence"),
        watched=("title", "question", "why", "evidence", "retired_at"),
        where="s.retired_at IS NULL",
    ),
)
LENT = (
    Lent("readiness_criterion", "requirement", "criterion_id"),
    Lent("readiness_drillscenario", "drill", "scenario_id"),
)
# What is asked for together: there is less of the last ones.
SETS = (
    ("component",),
    ("requirement",),
    ("decision",),
    (
        *("incident", "drill", "drillentry", "drillfinding", "sheet"),
        *("comment", "evidence", "criterion"),
    ),
)
