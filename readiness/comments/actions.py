"""Writes to comments: said, or taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from readiness.comments.mentions import mentioned
from readiness.models import Comment, Requirement, User


class NotTheAuthor(Exception):
    """Only who wrote a comment may withdraw it."""


@transaction.atomic
def add_comment(*, requirement: Requirement, text: str, by: User, now: datetime) -> Comment:
    """Append a comment, and remember whom it names of those who may read it."""
    comment = Comment.objects.create(requirement=requirement, author=by, text=text, created_at=now)
    comment.mentions.set(mentioned(text, requirement.component))
    return comment


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User, now: datetime) -> None:
    """Hide a comment's text from the page; it is kept. Raises NotTheAuthor.

    A second time changes nothing: the first moment stands.
    """
    if comment.author_id != by.pk:
        raise NotTheAuthor
    Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=now)
