"""What the page of an operations sheet shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from readiness.models import Component, Role
from readiness.operations.queries import Current, Rehearsal, rehearsals
from readiness.operations.sheet import Option, Sheet


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option, and what its drills say."""

    option: Option
    # None: it names no scenario, or one that there is not.
    rehearsal: Rehearsal | None


def option_lines(component: Component, sheet: Sheet, now: datetime) -> tuple[OptionLine, ...]:
    """Return the options of a sheet with when each was last rehearsed. One query, none where no
    option names a scenario."""
    known: Mapping[str, Rehearsal] = rehearsals(component, sheet.scenarios, now)
    return tuple(OptionLine(option, known.get(option.scenario)) for option in sheet.options)


def sheet_context(component: Component, current: Current, now: datetime) -> dict[str, Any]:
    """Return what shows a sheet, whichever page it stands on."""
    return {
        "component": component,
        "current": current,
        "sheet": current.sheet,
        "options": option_lines(component, current.sheet, now),
        "may_edit": may_edit(component),
    }


def may_edit(component: Component) -> bool:
    return component.role >= Role.EDITOR and component.archived_at is None
