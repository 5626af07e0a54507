from typing import Any

from django.core.management.base import BaseCommand, CommandError

from readiness.milestones.queries import broken_milestones
from readiness.models import Milestone


class Command(BaseCommand):
    help = (
        "Check every milestone, its verdicts, conditions and how they were closed against their "
        "digests. Exits 1 and names each that was changed."
    )

    def handle(self, *args: Any, **options: Any) -> str:
        broken = [f"{each.where}: {each.problem}." for each in broken_milestones()]
        if broken:
            raise CommandError("\n".join(broken))
        count = Milestone.objects.count()
        return f"{count} milestone{'' if count == 1 else 's'}, all as they were written."
