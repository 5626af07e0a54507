"""What may bring a decision back before its date."""

from django.db import models
from simple_history.models import HistoricalRecords

from readiness.models.catalog import Criterion
from readiness.models.components import Component
from readiness.models.decisions import Decision
from readiness.models.teams import User


class TriggerFiring(models.Model):
    """A condition of a decision came true. Written once; the decision has lapsed since."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="firings")
    # Which of the decision's triggers, as readiness.decisions.triggers.Trigger.key says it.
    trigger = models.CharField(max_length=300)
    at = models.DateTimeField()
    # In words what changed since the decision, and both sides of it.
    sentence = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "trigger"], name="trigger_fires_once"),
        ]

    def __str__(self) -> str:
        return self.sentence


class Incident(models.Model):
    """Something went wrong on a component, and which criteria it touched."""

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # What happened when: {"at": ISO 8601, "text": one line}, in the order of time.
    timeline = models.JSONField(default=list, blank=True)
    # Of the error budget.
    minutes_lost = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    criteria = models.ManyToManyField(Criterion, related_name="incidents", blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # Raised by every correction: a form that carries an older one lost the race.
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["version"], m2m_fields=["criteria"])

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.title
