"""The whole suite, on each database that is there. `script/test` calls it.

TEST_POSTGRES_URL names the PostgreSQL server, whose user must be allowed to make databases.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NO_TESTS = 5  # pytest's exit code when the arguments select none


def main() -> int:
    arguments = sys.argv[1:]
    if not any(word.startswith(("-n", "--pdb", "-s")) for word in arguments):
        arguments = ["-n", "auto", *arguments]
    print("Tests on SQLite", flush=True)
    codes = [_pytest(arguments, "")]
    if why_not := _no_postgres():
        print(f"Tests on PostgreSQL: SKIPPED, {why_not}", flush=True)
    else:
        print("Tests on PostgreSQL", flush=True)
        codes.append(_pytest(arguments, POSTGRES))
    ran = [code for code in codes if code != NO_TESTS]
    return max(ran) if ran else NO_TESTS


def _pytest(arguments: list[str], database_url: str) -> int:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", *arguments],
        env=os.environ | {"TEST_DATABASE_URL": database_url},
        check=False,
    ).returncode


def _no_postgres() -> str:
    """Return why there is no usable server, or nothing."""
    try:
        with psycopg.connect(POSTGRES, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return str(error).splitlines()[0]
    return "" if row and row[0] else "its user may not make databases"


if __name__ == "__main__":
    sys.exit(main())
