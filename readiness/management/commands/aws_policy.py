import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from readiness.aws.iam_policy import policy
from readiness.aws.registry import CHECKS, applicable
from readiness.management.components import find_component


class Command(BaseCommand):
    help = (
        "Print the least-privilege IAM policy of the live checks: of all of them, or of those "
        "that apply to the components named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("components", nargs="*", metavar="COMPONENT")

    def handle(self, *args: Any, components: list[str], **options: Any) -> str:
        checks = {
            bound.check.id: bound.check
            for slug in components
            for bound in applicable(find_component(slug).parameters)
        }
        return json.dumps(policy((checks if components else CHECKS).values()), indent=2)
