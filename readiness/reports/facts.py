"""Observed facts as HTML tables, on pages and in the PDF. AWS answered them: all is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: From the name of a table and the name of a row to an address, or to nothing.
Links = Callable[[str, str], str | None]


def tables(observed: Mapping[str, Any], links: Links | None = None) -> SafeString:
    """Return one table per fact that has rows of its own, and one for all the others.

    `links` makes links of the rows' names; it is asked about each.
    """
    plain, parts = [], []
    for name, value in observed.items():
        if rows := _rows(value):
            parts.append(_table(name, rows, links))
        else:
            plain.append((_words(name), _shown(value)))
    if plain:
        body = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', plain)
        parts.insert(0, format_html('<table class="facts-table"><tbody>{}</tbody></table>', body))
    return format_html_join("", "{}", ((part,) for part in parts))


def _rows(value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rows of a table-like fact with their names, or nothing."""
    if isinstance(value, Mapping) and value and all(isinstance(v, Mapping) for v in value.values()):
        return [(str(name), row) for name, row in value.items()]
    if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
        return [("", row) for row in value]
    return []


def _table(name: str, rows: list[tuple[str, Mapping[str, Any]]], links: Links | None) -> SafeString:
    columns = list(dict.fromkeys(column for _, row in rows for column in row))
    head = format_html_join("", '<th scope="col">{}</th>', ((_words(c),) for c in columns))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (
                _linked(label, links(name, label) if links else None),
                format_html_join("", "<td>{}</td>", ((_shown(row.get(c)),) for c in columns)),
            )
            for label, row in rows
        ),
    )
    return format_html(
        '<table class="facts-table"><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        _words(name),
        head,
        body,
    )


def _linked(label: str, address: str | None) -> SafeString | str:
    if not address:
        return label
    return format_html('<a href="{}" rel="noreferrer">{}</a>', address, label)


def path_words(path: Sequence[str]) -> str:
    """Return where a fact is, for a person: "regions, eu-west-1, in order"."""
    return ", ".join(_words(step) for step in path)


def value_words(value: Any) -> str:
    """Return a fact as tables show it: "yes", "none", "30"."""
    return _shown(value)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_shown(item) for item in value) or "none"
        case Mapping():
            return ", ".join(f"{_words(str(k))}: {_shown(v)}" for k, v in value.items()) or "none"
        case _:
            return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")


def lines(observed: Mapping[str, Any]) -> list[str]:
    """Return the same facts as lines of text. Rows that say the same share one, the odd ones first:
    of thirteen regions with an alarm in twelve, the thirteenth is what matters."""
    found = [f"{_words(name)}: {_shown(v)}" for name, v in observed.items() if not _rows(v)]
    for name, value in observed.items():
        alike: dict[str, list[str]] = {}
        for label, row in _rows(value):
            said = ", ".join(f"{_words(column)} {_shown(cell)}" for column, cell in row.items())
            alike.setdefault(said, []).append(label)
        for said, labels in sorted(alike.items(), key=lambda group: len(group[1])):
            found.append(f"{_words(name)} {', '.join(filter(None, labels))}".strip() + f": {said}")
    return found
