from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from readiness.components.error_budget import duration_words, error_budget


@pytest.mark.parametrize(
    ("target", "days", "words"),
    [
        ("99.9", 30, "43 min 12 s"),
        ("99.9", 90, "2 h 9 min"),
        ("99.9", 365, "8 h 45 min"),
        ("99.95", 30, "21 min 36 s"),
        ("99.95", 365, "4 h 22 min"),
        ("99.99", 30, "4 min 19 s"),
        ("99.99", 90, "12 min 57 s"),
        ("99.99", 365, "52 min 33 s"),
        ("99.999", 30, "25 s"),
        ("99", 30, "7 h 12 min"),
        ("90", 30, "3 d"),
        ("0", 1, "1 d"),
        ("100", 30, "0 s"),
    ],
)
def test_error_budget_is_window_times_what_the_target_leaves(target, days, words):
    assert duration_words(error_budget(Decimal(target), timedelta(days=days))) == words


def test_error_budget_is_exact():
    assert error_budget(Decimal("99.99"), timedelta(days=30)) == timedelta(seconds=259.2)
