from __future__ import annotations

import pytest
from django.db import connection

from readiness import append_only


@pytest.fixture
def unprotected(db):
    """Somebody with the database's own tools took the triggers away."""
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            for statement in append_only.drop(table, connection.vendor):
                cursor.execute(statement)
