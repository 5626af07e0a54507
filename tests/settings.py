"""The product's settings as the tests run them: nothing from a developer's .env, nothing slow."""

import os
import tempfile

os.environ.update(
    {
        "SECRET_KEY": "only-for-tests",
        "DEBUG": "False",
        "MANIFEST_STATIC": "False",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "TIME_ZONE": "UTC",
        "EMAIL_URL": "",
        "SITE_URL": "",
        "READINESS_AWS_ENDPOINT_URL": "",
        "JOB_BROKER": "database",
        "LOG_LEVEL": "WARNING",
        # script/test runs everything once more with TEST_DATABASE_URL set to a PostgreSQL server.
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL")
        or f"sqlite:///{tempfile.gettempdir()}/readiness-never-used.sqlite3",
    }
)

from readiness.settings import *  # noqa: E402, F403
from readiness.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: tests of races use several connections.
    DATABASES["default"]["TEST"] = {
        "NAME": f"{tempfile.gettempdir()}/readiness-test-{os.getpid()}.sqlite3"
    }
