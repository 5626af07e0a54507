"""The form of a catalog file, of a blueprint file and of a library of drills. Files are hostile
until parsed.

Every mistake is found at once, and named by file, place and what was expected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from readiness.decisions.rules import MISSING, REQUIRED
from readiness.models.catalog import Outcome
from readiness.operations.sheet import Sheet
from readiness.strict_yaml import NotYaml, load_yaml

MAX_BYTES = 2 * 1024 * 1024


class CatalogFileError(Exception):
    """What is wrong with the files, one line per mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, strict=True)
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160, strict=True)
]
Prose = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, strict=True)
]
MaybeProse = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, strict=True)]
OneToFive = Annotated[int, Field(ge=1, le=5, strict=True)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# What the slugs of components' own criteria begin with: none of a file ever does.
OWN = "own-"


def _of_catalog(slug: str) -> str:
    if slug.startswith(OWN):
        raise ValueError(f"begins with {OWN!r}, as only components' own criteria do")
    return slug


class CriterionEntry(Entry):
    slug: Annotated[Slug, AfterValidator(_of_catalog)]
    title: Line
    question: Line
    why: Prose
    evidence: Prose
    weight: OneToFive
    live_check: Literal["settles", "supports", "none"]
    live_facts: MaybeProse = ""
    references: list[Line] = []


class TopicEntry(Entry):
    slug: Slug
    name: Line
    question: Line
    criteria: list[CriterionEntry] = Field(min_length=1)


class CatalogHead(Entry):
    slug: Slug
    name: Line
    notice: Prose


class CatalogFile(Entry):
    catalog: CatalogHead
    topics: list[TopicEntry] = Field(min_length=1)

    def mistakes(self) -> Iterable[str]:
        yield from _repeated("topic", (topic.slug for topic in self.topics))
        yield from _repeated(
            "criterion", (entry.slug for topic in self.topics for entry in topic.criteria)
        )


class SuggestionEntry(Entry):
    outcome: Literal["build", "done", "wont_build", "not_applicable"]
    reasoning: Prose
    evidence: MaybeProse = ""
    benefit: MaybeProse = ""
    effort: Literal["", "S", "M", "L"] = ""
    risk: MaybeProse = ""
    likelihood: OneToFive | None = None
    impact: OneToFive | None = None
    cost_avoided: MaybeProse = ""
    benefit_forgone: MaybeProse = ""
    alternatives: MaybeProse = ""
    change_our_mind: MaybeProse = ""

    def missing(self) -> Iterable[str]:
        """What its outcome must say; who owns it and when to revisit it is for the adopter."""
        for name in REQUIRED[Outcome(self.outcome)]:
            if name not in ("owner_id", "revisit_date") and not getattr(self, name):
                yield name


class ItemEntry(Entry):
    criterion: Slug
    statement: Prose
    look_at: MaybeProse = ""
    provenance: list[Literal["article", "inferred", "vendor-docs"]] = Field(min_length=1)
    suggestion: SuggestionEntry | None = None


class SourceEntry(Entry):
    title: Line
    publisher: Line
    published: date
    note: MaybeProse = ""


class BlueprintHead(Entry):
    slug: Slug
    catalog: Slug
    name: Line
    summary: Prose
    resources: Prose
    source: SourceEntry


class BlueprintFile(Entry):
    blueprint: BlueprintHead
    items: list[ItemEntry] = Field(min_length=1)
    # What an operations sheet starts from.
    operations: Sheet | None = None

    def mistakes(self) -> Iterable[str]:
        yield from _repeated("item for the criterion", (item.criterion for item in self.items))
        for place, item in enumerate(self.items):
            for name in item.suggestion.missing() if item.suggestion else ():
                yield f"items[{place}] ({item.criterion}).suggestion.{name}: {MISSING[name]}"


class ScenarioEntry(Entry):
    """An operation worth practising, of the library of drills."""

    slug: Slug
    title: Line
    operation: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, strict=True)
    ]
    purpose: Prose
    steps: Prose
    success: MaybeProse = ""
    term_days: Annotated[int, Field(ge=1, le=3660, strict=True)]
    criteria: list[Slug] = Field(min_length=1)
    retired: bool = False


class ScenarioFile(Entry):
    scenarios: list[ScenarioEntry] = Field(min_length=1)

    def mistakes(self) -> Iterable[str]:
        yield from _repeated("scenario", (entry.slug for entry in self.scenarios))


AnyFile = CatalogFile | BlueprintFile | ScenarioFile
_BY_KEY: dict[str, type[AnyFile]] = {
    "catalog": CatalogFile,
    "blueprint": BlueprintFile,
    "scenarios": ScenarioFile,
}


def parse(path: Path) -> AnyFile:
    """Read one file. Raises CatalogFileError with every mistake in it."""
    data = _load(path)
    key = next((name for name in _BY_KEY if isinstance(data, dict) and name in data), None)
    if key is None:
        expected = "'catalog', 'blueprint' or 'scenarios'"
        raise CatalogFileError([f"{path}: expected a mapping with {expected} in it"])
    model = _BY_KEY[key]
    try:
        parsed = model.model_validate(data)
    except ValidationError as error:
        raise CatalogFileError(
            [f"{path}: {_place(data, found['loc'])}: {found['msg']}" for found in error.errors()]
        ) from None
    if mistakes := list(parsed.mistakes()):
        raise CatalogFileError([f"{path}: {mistake}" for mistake in mistakes])
    return parsed


def _load(path: Path) -> object:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CatalogFileError([f"{path}: cannot be read: {error.strerror}"]) from None
    if len(raw) > MAX_BYTES:
        raise CatalogFileError([f"{path}: larger than {MAX_BYTES // 1024**2} MB"])
    try:
        return load_yaml(raw)
    except NotYaml as error:
        where = f", line {error.line}" if error.line else ""
        raise CatalogFileError([f"{path}{where}: not valid YAML: {error}"]) from None


def _place(data: Any, location: tuple[int | str, ...]) -> str:
    """Return "topics[3].criteria[2] (owner-named).weight" for pydantic's ('topics', 3, ...)."""
    words = ""
    for step in location:
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
        data = _inside(data, step)
        name = _inside(data, "slug") or _inside(data, "criterion")
        if isinstance(step, int) and isinstance(name, str):
            words += f" ({name})"
    return words.removeprefix(".")


def _inside(data: Any, step: int | str) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _repeated(what: str, slugs: Iterable[str]) -> Iterable[str]:
    for slug, times in Counter(slugs).items():
        if times > 1:
            yield f"the {what} {slug!r} stands there {times} times; once was expected"
