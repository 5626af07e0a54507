"""What people say to each other on a requirement. Kept, whatever becomes of it."""

from django.db import models

from readiness.models.components import Requirement
from readiness.models.teams import User


class Comment(models.Model):
    """Written once. Withdrawn, its text stays here, and the page shows it no more."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    created_at = models.DateTimeField()
    # Who was named as @username and could read it when it was written.
    mentions = models.ManyToManyField(User, related_name="mentioned_in", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
