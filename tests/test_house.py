"""The house rules that a tool can hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from readiness.aws.checks import CHECKS
from readiness.checks.catalog import parameter_title

ROOT = Path(__file__).resolve().parents[1]


def run(tool, *arguments):
    done = subprocess.run(  # noqa: S603 - our own tools
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.one_database
@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--output-format", "concise"),
        ("ruff", "format", "--check"),
        ("mypy", "--no-error-summary"),
        ("djade", "--target-version", "5.2", "--check"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_tool_finds_nothing(command):
    templates = [str(p) for p in ROOT.glob("templates/**/*.html")] if "djade" in command else []

    assert run(*command, *templates) == ""


def test_models_and_migrations_agree(db):
    out = StringIO()

    call_command("makemigrations", "--check", "--dry-run", stdout=out)

    assert "No changes detected" in out.getvalue()


def test_migrations_are_named():
    names = [p.stem for p in (ROOT / "readiness/migrations").glob("0*.py")]

    assert names
    assert [name for name in names if "_auto_" in name] == []


def test_every_setting_from_the_environment_is_documented():
    settings = (ROOT / "readiness/settings.py").read_text() + (
        ROOT / "gunicorn.conf.py"
    ).read_text()
    names = set(re.findall(r'env(?:iron\.get)?\.?\w*\(\s*"([A-Z_]+)"', settings))
    documented = (ROOT / "docs/deploying.md").read_text()

    assert {name for name in names if f"`{name}`" not in documented} == set()
    assert {"SECRET_KEY", "DATABASE_URL", "WEB_BIND"} <= names


def test_every_command_is_documented():
    ours = {name for name, app in get_commands().items() if app == "readiness"}
    documented = "".join(p.read_text() for p in [ROOT / "README.md", *ROOT.glob("docs/*.md")])

    assert {name for name in ours if name not in documented} == set()


def test_every_check_is_documented_with_its_title():
    documented = (ROOT / "docs/checks.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z0-9.-]+)` \| ([^|]+) \|", documented, re.M))

    assert rows == {check.id: check.title for check in CHECKS.values()}


def test_every_parameter_that_a_check_wants_is_documented_beside_it():
    documented = (ROOT / "docs/checks.md").read_text()
    wanted = dict(re.findall(r"^\| `([a-z0-9.-]+)` \| [^|]+ \| ([^|]+) \|", documented, re.M))

    assert {id: set(re.sub(r" \(.*?\)", "", said).split(", ")) for id, said in wanted.items()} == {
        check.id: {parameter_title(name) for name in check.wants({})} for check in CHECKS.values()
    }


def test_links_between_the_documents_lead_somewhere():
    broken = [
        (path.name, link)
        for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for link in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text())
        if not (path.parent / link).exists()
    ]

    assert broken == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_locks_name_every_requirement_with_hashes_and_no_index(name):
    lock = (ROOT / name).read_text()
    asked = (ROOT / name.replace(".txt", ".in")).read_text()
    wanted = re.findall(r"^([a-z0-9][a-z0-9-]+)", asked, re.M)

    assert [each for each in wanted if not re.search(rf"^{each}(\[.*\])?==", lock, re.M)] == []
    assert "--hash=sha256:" in lock
    assert "index-url" not in lock


def test_tree_names_no_path_of_the_machine_it_was_made_on():
    listed = subprocess.run(  # noqa: S603
        ["git", "grep", "-lIF", f"{ROOT.parent}/"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert listed.stdout == ""


def test_locks_leave_the_key_alone():
    # A row that was written twice has its foreign keys checked at the commit, which waits for a
    # lock of the whole row it names; and whoever has that may be waiting for this one.
    asked = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "readiness").rglob("*.py")
        for line in path.read_text().splitlines()
        if "select_for_update(" in line and "no_key=True" not in line
    ]
    assert asked == []


def test_web_workers_load_neither_aws_nor_what_renders():
    code = (
        "import readiness.wsgi, readiness.urls, sys;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "print([m for m in ('boto3', 'botocore', 'weasyprint', 'xlsxwriter') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
