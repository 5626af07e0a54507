from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readiness.decisions.queries import broken_entries
from readiness.models import Decision


class Command(BaseCommand):
    help = (
        "Check every entry of the ledger against its digest and its predecessor. "
        "Exits 1 and names the first broken entry when the past was changed."
    )

    def handle(self, *args: Any, **options: Any) -> str:
        broken = next(broken_entries(), None)
        if broken:
            raise CommandError(f"{broken.where}: {broken.problem}.")
        count = Decision.objects.count()
        return f"{count} {'entry' if count == 1 else 'entries'}, all as they were written."
