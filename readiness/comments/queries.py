"""Reads of comments."""

from __future__ import annotations

from django.db.models import QuerySet

from readiness.models import Comment, Requirement


def comments_of(requirement: Requirement) -> QuerySet[Comment]:
    """Return what was said on a requirement, oldest first, withdrawn ones included. Two queries."""
    return requirement.comments.select_related("author").prefetch_related("mentions")
