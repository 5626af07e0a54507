"""manage.py rebuild_search"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from readiness.search.index import rebuild


class Command(BaseCommand):
    help = (
        "Index anew everything that search finds. Never needed while the triggers are there: "
        "the database indexes what is written, and a migration does this by itself."
    )

    def handle(self, *args: Any, **options: Any) -> str:
        return f"{rebuild(connection):,} entries can be found."
