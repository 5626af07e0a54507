"""The core knows nothing of Django: it could run, and be tested, without it."""

import ast
from pathlib import Path

import pytest

import readiness.aws

FOLDER = Path(readiness.aws.__file__).parent
DJANGO_SIDE = {"runner.py", "views.py", "urls.py"}
CORE = [path for path in sorted(FOLDER.rglob("*.py")) if path.name not in DJANGO_SIDE]


def imported_by(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_core_imports_itself_only_and_never_django(path):
    for name in imported_by(path):
        assert not name.startswith("django")
        assert not name.startswith("readiness") or name.startswith("readiness.aws")
        assert name not in {f"readiness.aws.{each[:-3]}" for each in DJANGO_SIDE}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("checks/*.py")), ids=lambda path: path.name)
def test_a_check_does_not_know_how_answers_are_fetched(path):
    outer = {"engine", "reader", "session", "recording", "runner"}
    assert not {f"readiness.aws.{name}" for name in outer} & set(imported_by(path))
    assert not [name for name in imported_by(path) if name.startswith(("boto", "readiness.models"))]
