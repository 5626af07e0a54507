"""Links that open one milestone to people without an account, and who used them."""

from __future__ import annotations

from django.db import models

from readiness.models.milestones import Milestone
from readiness.models.teams import User


class MilestoneShare(models.Model):
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="shares")
    # SHA-256 of the secret, which is shown once.
    digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.note or f"Link of {self.created_by.name}"


class ShareView(models.Model):
    """One time that a link showed its milestone."""

    share = models.ForeignKey(MilestoneShare, on_delete=models.PROTECT, related_name="views")
    at = models.DateTimeField()
    # Of the network, not of the machine: a /24, or a /48 of IPv6; empty where there is none.
    network = models.CharField(max_length=50, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} from {self.network or 'nowhere known'}"
