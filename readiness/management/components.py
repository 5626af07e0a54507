"""What commands about one component have in common."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from readiness.models import Component


def add_component_argument(parser: ArgumentParser) -> None:
    parser.add_argument("component", metavar="COMPONENT", help="its slug, as in its address")


def find_component(slug: str) -> Component:
    """Return the component. Raises CommandError, naming some that exist."""
    found = Component.objects.select_related("team", "catalog", "blueprint")
    try:
        return found.get(slug=slug)
    except Component.DoesNotExist:
        known = ", ".join(found.values_list("slug", flat=True)[:5]) or "none yet"
        raise CommandError(f"There is no component {slug!r}. Known: {known}.") from None
