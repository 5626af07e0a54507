"""What people and AWS wrote, as text that files can hold. Pure."""

from __future__ import annotations

import re

# Neither XML nor Pango nor a spreadsheet can do anything with these but stumble.
_CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)


def without_control_characters(text: str) -> str:
    """Return a text with a space for each; tabs and line feeds stay."""
    return _CONTROL_CHARACTERS.sub(" ", text.replace("\r\n", "\n"))
