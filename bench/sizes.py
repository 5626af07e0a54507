"""What one request takes besides time: SQL queries and bytes. Asked in this process."""

from __future__ import annotations

import gzip
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import filling, traffic
from bench.figures import Size
from bench.servers import HOST
from readiness.models import Requirement, User

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def sizes(components: int) -> dict[str, Size]:
    """Return the size of each kind of request in traffic.kinds, by its name."""
    page = f"/components/{filling.looked_at(components)[0]}/"
    requirement = (
        Requirement.objects.filter(component__slug=filling.slug(0), current_decision__isnull=False)
        .select_related("criterion")
        .order_by("-weight", "pk")[0]
    )
    row = f"{page}requirements/{requirement.criterion.slug}/"
    part = f"row--{requirement.criterion.slug}"
    form = traffic.decision(0) | {"supersedes": str(requirement.current_decision_id)}
    everywhere, in_twenty = client_of(filling.EVERYWHERE), client_of(filling.IN_TWENTY)
    return {
        "gap report": _size(everywhere, page),
        "requirement opened": _size(everywhere, row, part),
        "catalog": _size(everywhere, "/catalog/"),
        # The one with the most on its page.
        "search": _size(everywhere, "/search/?q=the"),
        f"list of {min(components, filling.TWENTY)}": _size(in_twenty, "/components/"),
        f"list of {min(components, 50)}": _size(everywhere, "/components/"),
        "decision save": _size(everywhere, f"{row}decide/", part, form),
    }


def client_of(username: str) -> Client:
    client = Client(SERVER_NAME=HOST)
    client.force_login(User.objects.get(username=username))
    return client


def _size(client: Client, path: str, part: str = "", form: dict[str, str] | None = None) -> Size:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    with CaptureQueriesContext(connection) as captured:
        answer: Any = (
            client.get(path, headers=headers)
            if form is None
            else client.post(path, form, headers=headers)
        )
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    statements = [query["sql"].upper().startswith(TRANSACTION) for query in captured]
    return Size(
        queries=statements.count(False),
        transaction=statements.count(True),
        kb=len(answer.content) / 1024,
        gzip_kb=len(gzip.compress(answer.content, 6)) / 1024,
    )
