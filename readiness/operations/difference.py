"""What is not the same in two sheets, line by line. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from readiness.operations.sheet import Sheet, lines_of

# Lines that stand unchanged around a change.
AROUND = 2


class DiffLine(NamedTuple):
    # "same", "removed", "added", or "gap" for lines that were left out.
    kind: str
    text: str


def difference(before: Sheet, after: Sheet) -> list[DiffLine]:
    """Return what was removed and added, with the lines around it; empty for equal sheets."""
    old, new = list(lines_of(before)), list(lines_of(after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        if found:
            found.append(DiffLine("gap", ""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found += [DiffLine("same", text) for text in old[old_from:old_to]]
            else:
                found += [DiffLine("removed", text) for text in old[old_from:old_to]]
                found += [DiffLine("added", text) for text in new[new_from:new_to]]
    return found
