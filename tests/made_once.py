"""What many tests of a module read, written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.db import transaction
from pytest_django import DjangoDbBlocker

T = TypeVar("T")


@contextmanager
def made_once(blocker: DjangoDbBlocker, make: Callable[[], T]) -> Iterator[T]:
    """Yield what `make` wrote; what a test does to it is taken back by the test's own transaction,
    which stands within this one, and all of it at the end."""
    with blocker.unblock(), ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        made = make()
        stack.callback(transaction.set_rollback, True)
        outer = stack.pop_all()
    yield made
    with blocker.unblock():
        outer.close()
