"""The ledger: written once, never changed or deleted. The database itself refuses (0002)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from readiness.models.catalog import Outcome
from readiness.models.components import Requirement
from readiness.models.teams import User


class Effort(models.TextChoices):
    S = "S", "Small: days"
    M = "M", "Medium: weeks"
    L = "L", "Large: months"


def _one_to_five() -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class Decision(models.Model):
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="decisions")
    # 1 for the first of its requirement; `digest` covers it, so a missing entry shows.
    number = models.PositiveIntegerField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    outcome = models.CharField(max_length=20, choices=Outcome)
    reasoning = models.TextField(blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    effort = models.CharField(max_length=1, choices=Effort, blank=True)
    due_date = models.DateField(null=True, blank=True)
    ticket_url = models.URLField(max_length=500, blank=True)
    risk = models.TextField(blank=True)
    likelihood = _one_to_five()
    impact = _one_to_five()
    # What is done against the risk, and what remains of it then.
    mitigations = models.TextField(blank=True)
    residual_likelihood = _one_to_five()
    residual_impact = _one_to_five()
    revisit_date = models.DateField(null=True, blank=True)
    cost_avoided = models.TextField(blank=True)
    benefit_forgone = models.TextField(blank=True)
    alternatives = models.TextField(blank=True)
    change_our_mind = models.TextField(blank=True)

    # What it was decided on. `facts` is canonical JSON as text, so that the digest is over the
    # very bytes that are stored (a jsonb column would reorder them).
    statement = models.TextField()
    criterion_revision = models.PositiveIntegerField()
    facts = models.TextField()
    # The risk matrix it was rated by, and its triggers: canonical JSON, empty for none.
    matrix = models.TextField(blank=True)
    triggers = models.TextField(blank=True)
    # Without an approval it is a proposal, and what stood before it stands.
    needs_approval = models.BooleanField(default=False)

    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    # Of the decision before it; empty for the first.
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    # By which of the rules in decisions/digest.py the digest was made.
    digest_rule = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["requirement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="decision_number_once"),
            # `supersedes` is unique, so that two decisions never follow the same one; and only one
            # follows nothing.
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(supersedes__isnull=True),
                name="decision_first_once",
            ),
        ]
        indexes = [
            # All that the risk pages count and sort by, so that they need not read the texts.
            models.Index(
                fields=[
                    "likelihood",
                    "impact",
                    "revisit_date",
                    "residual_likelihood",
                    "residual_impact",
                    "id",
                ],
                condition=Q(outcome=Outcome.WONT_BUILD),
                name="decision_refusals",
            ),
            # Whose a decision is, of all components, without its long texts.
            models.Index(fields=["id", "owner", "decided_by"], name="decision_whose"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} (number {self.number})"


class ApprovalKind(models.TextChoices):
    APPROVED = "approved", "Approved"
    SENT_BACK = "sent_back", "Sent back"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Approval(models.Model):
    """What became of a proposal. Written once, as the ledger is; a withdrawal is its own row."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=10, choices=ApprovalKind)
    reason = models.TextField(blank=True)
    # What was approved: statement, criterion revision, verdict; canonical JSON.
    frozen = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Over the fields above and the decision's digest.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "kind"], name="approval_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by.name}"
