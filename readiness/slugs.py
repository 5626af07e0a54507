"""Slugs from the names that people give."""

from __future__ import annotations

from django.db.models import Model
from django.utils.text import slugify

# Addresses such as /teams/new/ mean the form.
TAKEN = "new"


def free_slug(model: type[Model], name: str) -> str:
    """Return a slug for `name` that no row of the model has yet, and that no form's address is."""
    base = slugify(name)[:50]
    slug, number = base, 2
    while slug == TAKEN or model._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
