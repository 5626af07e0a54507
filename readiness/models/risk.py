"""The organisation's risk matrix: each edit is a new version, so that old decisions keep theirs."""

from django.db import models

from readiness.models.teams import User


class RiskMatrix(models.Model):
    number = models.PositiveIntegerField(unique=True)
    # As readiness.decisions.risk.Matrix writes it: canonical JSON.
    content = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Risk matrix {self.number}"
