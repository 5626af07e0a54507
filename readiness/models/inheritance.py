"""Which decisions of platforms were inherited, and no longer, by whom and when."""

from __future__ import annotations

from django.db import models

from readiness.models.components import Requirement
from readiness.models.teams import User


class InheritanceStep(models.Model):
    """A requirement began to inherit a decision, or ended it. Written once, as the ledger is."""

    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, related_name="inheritance_steps"
    )
    # The platform's requirement from then on; None when it ended.
    source = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"Inherits from {self.source.component}" if self.source else "Inherits no more"
