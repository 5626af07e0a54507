"""What an availability target leaves: always with its window, never a phrase learnt by heart."""

from datetime import timedelta
from decimal import Decimal


def error_budget(target_percent: Decimal, window: timedelta) -> timedelta:
    """Return how long the component may be unavailable in `window` and still meet the target.

    `target_percent` is between 0 and 100. The budget is window x (1 - target / 100).
    """
    micros = window // timedelta(microseconds=1)
    return timedelta(microseconds=int(micros * (100 - target_percent) / 100))


def duration_words(duration: timedelta) -> str:
    """Return a duration in its two largest units, rounded down: "4 min 19 s", "3 d 15 h"."""
    seconds = duration // timedelta(seconds=1)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    while len(units) > 1 and units[0][0] == 0:
        units.pop(0)
    return " ".join(f"{n} {unit}" for n, unit in units[:2] if n) or "0 s"
