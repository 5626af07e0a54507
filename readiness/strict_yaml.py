"""YAML from outside: no aliases, no repeated keys, not too deep, no objects."""

from __future__ import annotations

from typing import Any

import yaml

MAX_DEPTH = 20


class NotYaml(Exception):
    """A text that is no YAML, or YAML that we do not take; `line` is where, from 1, if known."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.line = line


def load_yaml(raw: bytes) -> object:
    """Return the plain values in a YAML (or JSON) text. The caller has seen to its length.

    Raises NotYaml.
    """
    try:
        return yaml.load(raw, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise NotYaml(str(error.problem), line) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise NotYaml(str(error).splitlines()[0]) from None


class _Loader(yaml.SafeLoader):
    """Without aliases (a bomb needs them), without repeated keys, and not too deep."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (*name) are not allowed here", event.start_mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refusal("nested too deeply", event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise _refusal(f"the key {key.value!r} stands here twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _refusal(problem: str, mark: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)
