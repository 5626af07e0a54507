"""Who may import whom: section 4 of the design, read from the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from readiness import models

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "readiness"
# Lower ones never import higher ones.
LAYERS = ("models", "reads", "forms", "views", "urls")
DJANGO_SIDE_OF_AWS = {"readiness.aws.runner", "readiness.aws.views", "readiness.aws.urls"}
# What may be imported where Django is not known.
PURE = ("readiness.aws", "readiness.strict_yaml")
FEATURES = (
    "accounts",
    "aws",
    "catalog",
    "checks",
    "comments",
    "components",
    "confidence",
    "decisions",
    "drills",
    "evidence",
    "firststeps",
    "incidents",
    "milestones",
    "notices",
    "portfolio",
    "operations",
    "reports",
    "revisit",
    "risks",
    "runs",
    "search",
    "teams",
    "trends",
)


def modules() -> dict[str, set[str]]:
    """Every module of the package with what it imports, inside functions included."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        imports = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imports |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name} imports relatively"
                imports.add(node.module or "")
                imports |= {f"{node.module}.{alias.name}" for alias in node.names}
        found[name] = imports
    return found


MODULES = modules()


def layer(module: str) -> int:
    if module.startswith("readiness.models"):
        return LAYERS.index("models")
    last = module.rsplit(".", 1)[-1]
    return LAYERS.index(last) if last in LAYERS else LAYERS.index("reads")


def ours(imports: set[str]) -> set[str]:
    return {name for name in imports if name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    upwards = {name for name in ours(MODULES[module]) if layer(name) > layer(module)}

    # The root of all addresses may name views of its own level.
    assert upwards == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_feature_uses_no_views_or_forms_of_another(module):
    parts = module.split(".")
    feature = parts[1] if len(parts) > 2 and parts[1] in FEATURES else None
    foreign = {
        name
        for name in ours(MODULES[module])
        for other in FEATURES
        if feature and other != feature and name.startswith(f"readiness.{other}.")
        if name.rsplit(".", 1)[-1] in ("views", "forms", "urls")
    }

    assert foreign == set()


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES if m.startswith("readiness.aws") and m not in DJANGO_SIDE_OF_AWS],
)
def test_aws_knows_nothing_of_django(module):
    strange = {
        name
        for name in MODULES[module]
        if name.split(".")[0] in ("django", "django_q")
        or (name.startswith("readiness.") and not name.startswith(PURE))
        or name in DJANGO_SIDE_OF_AWS
    }

    assert strange == set()


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("readiness.models")])
def test_models_import_models_only(module):
    assert {n for n in ours(MODULES[module]) if not n.startswith("readiness.models")} == set()


def test_the_product_never_imports_the_demo():
    guilty = [m for m, names in MODULES.items() if any(n.split(".")[0] == "demo" for n in names)]

    assert guilty == []


def test_audited_rows_are_not_changed_behind_their_history():
    """QuerySet.update and bulk_update write no history: only for the fields that have none."""
    unaudited = {
        "current_decision",
        "inherits",
        "standing",
        "standing_changes_on",
        "standing_then",
        "version",
    }
    for name, fields in (("Component", {"version"}), ("Requirement", unaudited)):
        historical = {f.name for f in getattr(models, name).history.model._meta.get_fields()}
        assert historical & fields == set()
