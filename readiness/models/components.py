"""The thing under review, and what the catalog means for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from simple_history.models import HistoricalRecords

from readiness.models.catalog import Blueprint, BlueprintItem, Catalog, Criterion
from readiness.models.teams import Membership, Role, Team, User

if TYPE_CHECKING:
    from readiness.models.decisions import Decision


class Criticality(models.TextChoices):
    CRITICAL_PATH = "critical_path", "Critical path"
    IMPORTANT = "important", "Important"
    SUPPORTING = "supporting", "Supporting"


class BindingKind(models.TextChoices):
    """How a team departs from the checks that follow from the component's parameters."""

    ADDED = "added", "Added"
    MUTED = "muted", "Muted"


class ComponentQuerySet(models.QuerySet["Component"]):
    def for_user(self, user: User) -> ComponentQuerySet:
        """Those the user may read, each with `role`: the user's role in its team, 0 for none."""
        if user.is_superuser:
            return self.annotate(granted_role=Value(int(Role.ADMIN)))
        # The teams are asked for once, the role only of the components that are then shown.
        own = Membership.objects.filter(user=user)
        role = own.filter(team=OuterRef("team")).values("role")[:1]
        return self.annotate(granted_role=Coalesce(Subquery(role), 0)).filter(
            Q(team__in=own.values("team")) | Q(visible_to_organisation=True)
        )

    def active(self) -> ComponentQuerySet:
        return self.filter(archived_at__isnull=True)


class Component(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="components")
    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="components")
    blueprint = models.ForeignKey(
        Blueprint, on_delete=models.PROTECT, null=True, blank=True, related_name="components"
    )
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    risk_context = models.TextField(blank=True)
    criticality = models.CharField(
        max_length=20, choices=Criticality, default=Criticality.IMPORTANT
    )
    # In percent of the window. What it leaves in minutes: components/error_budget.py.
    availability_target = models.DecimalField(
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0")), MaxValueValidator(Decimal("100"))],
    )
    availability_window_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    # As readiness.aws.parameters.ComponentParameters, which validates it.
    parameters = models.JSONField(default=dict, blank=True)
    visible_to_organisation = models.BooleanField(default=False)
    # Others may stand on it and inherit its decisions; it stands on none itself.
    is_platform = models.BooleanField(default=False)
    platforms: models.ManyToManyField[Component, Any] = models.ManyToManyField(
        "self", symmetrical=False, related_name="standing_on_it", blank=True
    )
    # Raised by every edit: a form that carries an older one lost the race.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    # When AWS was last asked anything of it: an index of its check states, kept as they are.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["looked_at", "version"])
    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("gap_report", args=[self.slug])

    @property
    def role(self) -> int:
        """What the user it was loaded for may do; 0, nothing but read, unless by for_user."""
        return getattr(self, "granted_role", 0)

    @property
    def availability_window(self) -> timedelta:
        return timedelta(days=self.availability_window_days)


class Requirement(models.Model):
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="requirements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="requirements")
    # Empty: not translated yet, the criterion's own title stands in.
    statement = models.TextField(blank=True)
    # The criterion's revision that the statement was written for; None while not translated.
    criterion_revision = models.PositiveIntegerField(null=True, blank=True)
    blueprint_item = models.ForeignKey(
        BlueprintItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="requirements"
    )
    weight = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    # By check id: {"kind": a BindingKind, "reason": text}. Who and when is in the history.
    check_bindings = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    current_decision: models.OneToOneField[Decision | None, Decision | None] = models.OneToOneField(
        "Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="current_for"
    )
    # The newest entry of the ledger: the current decision, or a proposal, or one sent back.
    head_decision: models.OneToOneField[Decision | None, Decision | None] = models.OneToOneField(
        "Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="head_for"
    )
    # Waits for an approval; the current decision stands until then.
    proposed_decision: models.OneToOneField[Decision | None, Decision | None] = (
        models.OneToOneField(
            "Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="proposed_for"
        )
    )
    # The same criterion of a platform, whose decision stands here instead of an own one.
    inherits: models.ForeignKey[Requirement | None, Requirement | None] = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="inherited_by"
    )
    # The triggers that have fired of the decision that stands here: an index of TriggerFiring, as
    # readiness.decisions.triggers.Fired writes it.
    fired = models.JSONField(default=list, blank=True)
    # An index of what decisions/standing.py says, kept in the transaction of whatever changes it,
    # so that lists of many components need not compute it. Never read by the gap report.
    standing = models.CharField(max_length=20, default="undecided")
    # From this day on it is `standing_then`, because a due or a revisit date has passed by then.
    standing_changes_on = models.DateField(null=True, blank=True)
    standing_then = models.CharField(max_length=20, blank=True)

    history = HistoricalRecords(
        excluded_fields=[
            "current_decision",
            "fired",
            "head_decision",
            "inherits",
            "proposed_decision",
            "standing",
            "standing_changes_on",
            "standing_then",
            "version",
        ]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component", "criterion"], name="requirement_once_per_criterion"
            ),
        ]
        indexes = [
            models.Index(fields=["component", "standing", "weight"], name="requirement_standing"),
            # What waits for somebody, of all components: few of many rows.
            models.Index(
                fields=["standing"],
                condition=Q(
                    standing__in=["arrived", "contradicted", "lapsed", "overdue", "overtaken"]
                ),
                name="requirement_asks_again",
            ),
            models.Index(fields=["standing_changes_on"], name="requirement_changes_on"),
        ]

    def __str__(self) -> str:
        return self.statement or self.criterion.title

    def get_absolute_url(self) -> str:
        return reverse("requirement_detail", args=[self.component.slug, self.criterion.slug])

    @property
    def source(self) -> Requirement:
        """The requirement whose current decision stands here: a platform's, or this one."""
        return self.inherits or self
