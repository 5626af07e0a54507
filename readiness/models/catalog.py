"""The abstract list, and its ready translations for kinds of components."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Outcome(models.TextChoices):
    """What a decision decides, and what a blueprint may suggest."""

    BUILD = "build", "Build"
    DONE = "done", "Done"
    WONT_BUILD = "wont_build", "Won't build"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class LiveCheck(models.TextChoices):
    """How much live AWS facts can say about a criterion."""

    SETTLES = "settles", "Live facts settle most of it"
    SUPPORTS = "supports", "Live facts support or contradict it"
    NONE = "none", "Not visible in AWS"


class Catalog(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    notice = models.TextField()
    # Raised whenever a criterion's meaning changed, appeared or was retired.
    revision = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    catalog = models.ForeignKey(Catalog, on_delete=models.CASCADE, related_name="topics")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def of_catalog(self) -> CriterionQuerySet:
        """Those of the catalog, without what components have for themselves."""
        return self.filter(component__isnull=True)


class Criterion(models.Model):
    # None: of the catalog. Else a component's own, which no other component gets.
    component = models.ForeignKey(
        "Component", on_delete=models.PROTECT, null=True, blank=True, related_name="own_criteria"
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="criteria")
    slug = models.SlugField(max_length=60, unique=True)
    revision = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=160)
    question = models.CharField(max_length=160)
    why = models.TextField()
    evidence = models.TextField()
    weight = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    live_check = models.CharField(max_length=10, choices=LiveCheck)
    live_facts = models.TextField(blank=True)
    references = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["topic__position", "position"]

    # What a change of raises the revision: the meaning, not the weight or the place in the list.
    MEANING = ("title", "question", "why", "evidence")

    def __str__(self) -> str:
        return self.title


class CriterionRevision(models.Model):
    """What a criterion said at one revision; never changed, so that old decisions stay readable."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="revisions")
    revision = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    question = models.CharField(max_length=160)
    why = models.TextField()
    evidence = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["criterion", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "revision"], name="criterion_revision_once"
            ),
        ]


class Blueprint(models.Model):
    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="blueprints")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    summary = models.TextField()
    resources = models.TextField()
    source_title = models.CharField(max_length=200)
    source_publisher = models.CharField(max_length=100)
    source_published = models.DateField()
    source_note = models.TextField(blank=True)
    # Where an operations sheet starts from, as readiness.operations.sheet.Sheet writes it.
    operations = models.JSONField(default=dict, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BlueprintItem(models.Model):
    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="items")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="translations")
    # The criterion's revision when this text was last written.
    criterion_revision = models.PositiveIntegerField()
    statement = models.TextField()
    look_at = models.TextField(blank=True)
    provenance = models.JSONField(default=list)
    suggested_outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    # The rest of the suggestion: reasoning, evidence, risk ... as the decision form names them.
    suggestion = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["criterion__topic__position", "criterion__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["blueprint", "criterion"], name="blueprint_item_once_per_criterion"
            ),
        ]
