"""The operations sheet of a component: what people wrote for the next incident. Pure.

What comes from a form, a blueprint's file or the database is hostile until `parse_sheet` took it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as Invalid
from pydantic_core import PydanticCustomError

from readiness.reports.plain_text import without_control_characters

LINE, PROSE, ADDRESS = 160, 2000, 500
MOST_ROWS = 100
# A week: what takes longer is no option in an incident.
MOST_MINUTES = 10_080


def _one_line(text: str) -> str:
    return _refuse_control(" ".join(text.split()))


def _refuse_control(text: str) -> str:
    plain = text.replace("\r\n", "\n")
    if plain != without_control_characters(plain):
        raise PydanticCustomError("control", "Leave out the control characters.")
    return plain


_LINE, _PROSE = AfterValidator(_one_line), AfterValidator(_refuse_control)
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE), _LINE
]
MaybeLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LINE), _LINE]
# Markdown.
MaybeProse = Annotated[str, StringConstraints(strip_whitespace=True, max_length=PROSE), _PROSE]


def web_address(text: str) -> str:
    """Return an address that a browser may open. Raises PydanticCustomError, a ValueError, for one
    that is not of http or https, or that carries a password."""
    try:
        parts = urlsplit(text)
        host, secret = parts.hostname, parts.password
    except ValueError:
        host, secret = None, None
    plain = text.isprintable() and " " not in text
    if not plain or not host or parts.scheme not in ("http", "https") or secret is not None:
        raise PydanticCustomError("address", "Give an address that begins with https://.")
    return text


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=ADDRESS),
    AfterValidator(web_address),
]
Slug = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=60)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OptionKind(StrEnum):
    """What can be done in an incident."""

    word: str

    def __new__(cls, value: str, word: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    ROLL_BACK = "roll_back", "Roll back"
    BYPASS = "bypass", "Bypass"
    DRAIN = "drain", "Drain"
    PURGE = "purge", "Purge"
    SERVE_STATIC = "serve_static", "Serve static"
    CALL_PROVIDER = "call_provider", "Call the provider"
    OTHER = "other", "Other"


class Option(Row):
    """Something that may be done; when it was last rehearsed follows from the drills of its
    scenario."""

    kind: Annotated[OptionKind, Field(strict=False)]
    title: Line
    how: MaybeProse = ""
    effect: MaybeProse = ""
    # Until it helps; None: nobody has measured it.
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = None
    who: MaybeLine = ""
    # The slug of a drill scenario.
    scenario: Slug = ""


class ErrorState(Row):
    """A way to fail that somebody has seen, or thought of."""

    symptom: Line
    where: MaybeProse = ""
    cause: MaybeProse = ""
    action: MaybeProse = ""


class Link(Row):
    """Somewhere to look that does not follow from the component's parameters."""

    title: Line
    url: Address
    note: MaybeLine = ""

    @property
    def host(self) -> str:
        """Where it leads, for paper."""
        return urlsplit(self.url).hostname or ""


class Contact(Row):
    """Somebody to call, in the order in which they are called."""

    who: Line
    how: Line
    when: MaybeLine = ""


class Sheet(Row):
    """All of it. An empty one is a sheet that nobody has begun."""

    format: Literal[1] = 1
    options: Annotated[tuple[Option, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    links: Annotated[tuple[Link, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    error_states: Annotated[tuple[ErrorState, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_ROWS, strict=False)] = ()

    def __bool__(self) -> bool:
        return any((self.options, self.links, self.error_states, self.contacts))

    def as_json(self) -> dict[str, Any]:
        """Return what `parse_sheet` reads, as the database keeps it."""
        return self.model_dump(mode="json")

    @property
    def scenarios(self) -> set[str]:
        """The slugs of drill scenarios that its options name."""
        return {option.scenario for option in self.options} - {""}


class SheetError(ValueError):
    """What is wrong with the content of a sheet, one line per mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


def parse_sheet(content: object) -> Sheet:
    """Return the sheet that plain values mean; the empty one for an empty mapping. Raises
    SheetError."""
    try:
        return Sheet.model_validate(content)
    except Invalid as error:
        raise SheetError(
            [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        ) from None


SECTIONS = (
    ("options", "Option for action"),
    ("links", "Own link"),
    ("error_states", "Error state"),
    ("contacts", "On call"),
)
WORDS = {
    "kind": "Kind",
    "title": "Title",
    "how": "How",
    "effect": "Effect",
    "minutes": "Minutes to effect",
    "who": "Who",
    "scenario": "Drill scenario",
    "symptom": "Symptom",
    "where": "Where visible",
    "cause": "Likely cause",
    "action": "Action",
    "url": "Address",
    "note": "Note",
    "when": "When",
}


# What a row is called by.
_NAMES = ("title", "symptom", "who")


def lines_of(sheet: Sheet) -> Iterator[str]:
    """Yield a sheet as lines of text, for comparing two of them."""
    for section, title in SECTIONS:
        for row in getattr(sheet, section):
            named = next(name for name in _NAMES if name in type(row).model_fields)
            yield f"{title}: {getattr(row, named)}"
            for field, value in row:
                if field != named and value not in ("", None):
                    words = value.word if isinstance(value, OptionKind) else str(value)
                    yield from (f"  {WORDS[field]}: {line}" for line in words.splitlines())
