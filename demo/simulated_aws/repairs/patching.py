"""How a repair is put in, and how it notices that moto is no longer what it was written for."""

import functools
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any


class MotoHasChanged(RuntimeError):
    """This moto is not the one that the repairs were written for."""

    def __init__(self, what: str) -> None:
        super().__init__(f"moto {version('moto')}: {what}; see demo/simulated_aws/repairs")


def wrap(owner: Any, name: str, repair: Callable[..., Any]) -> None:
    """Puts `repair(original, ...)` in the place of `owner.name`.

    The parameters of `repair` after the first must be those of the original, by name and order;
    `*args` says that the repair only hands them on.
    """
    original = vars(owner).get(name)
    if not inspect.isfunction(original):
        raise MotoHasChanged(f"{owner.__name__}.{name} is gone")
    found = list(inspect.signature(original).parameters)
    expected = list(inspect.signature(repair).parameters)[1:]
    if "args" not in expected and found != expected:
        raise MotoHasChanged(f"{owner.__name__}.{name} takes {found}, not {expected}")

    @functools.wraps(original)
    def repaired(*args: Any, **kwargs: Any) -> Any:
        return repair(original, *args, **kwargs)

    setattr(owner, name, repaired)


def add(owner: Any, name: str, value: Any) -> None:
    """Gives moto what it does not have; refuses once it has it."""
    if hasattr(owner, name):
        raise MotoHasChanged(f"{owner.__name__} has a {name} of its own now")
    setattr(owner, name, value)


def expect(function: Callable[..., Any], *names: str) -> None:
    """Checks that `function` still deals with the attributes and keys that a repair counts on."""
    code = inspect.unwrap(function).__code__
    known = {*code.co_names, *code.co_consts}
    for constant in code.co_consts:
        if isinstance(constant, tuple):  # the keys of a dict display
            known.update(constant)
    missing = set(names) - known
    if missing:
        raise MotoHasChanged(f"{function.__qualname__} no longer mentions {sorted(missing)}")
