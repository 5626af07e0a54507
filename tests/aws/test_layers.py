"""What checks may import. That nothing here knows Django is held with the other layers."""

import ast
from pathlib import Path

import pytest

import readiness.aws

FOLDER = Path(readiness.aws.__file__).parent


def imported_by(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("path", sorted(FOLDER.glob("checks/*.py")), ids=lambda path: path.name)
def test_a_check_does_not_know_how_answers_are_fetched(path):
    outer = {"engine", "reader", "session", "recording", "runner"}
    assert not {f"readiness.aws.{name}" for name in outer} & set(imported_by(path))
    assert not [name for name in imported_by(path) if name.startswith(("boto", "readiness.models"))]
