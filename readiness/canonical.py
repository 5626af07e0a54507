"""JSON text that is the same wherever it is made: what digests are taken over."""

import hashlib
import json
from datetime import UTC, date, datetime


def canonical(value: object) -> str:
    """Return `value` as JSON text that is the same wherever it is made."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain
    )


def digest(value: object) -> str:
    """Return the SHA-256 of `value` as canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain(value: object) -> str:
    """Return a date as ISO 8601, a time in UTC with microseconds; TypeError for others."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
