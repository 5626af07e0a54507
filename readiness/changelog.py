"""The version is the newest heading of CHANGELOG.md, so that it cannot be forgotten there."""

from pathlib import Path


def version(changelog: Path) -> str:
    """Return the version of the first `## v...` heading without its `v`; "0" for none."""
    for line in changelog.read_text(encoding="utf-8").splitlines():
        if line.startswith("## v"):
            return line.split()[1].removeprefix("v")
    return "0"
