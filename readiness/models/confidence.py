"""How sure people are that they could operate a component: blind votes, in rounds."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from readiness.models.catalog import Topic
from readiness.models.components import Component
from readiness.models.teams import User


class ConfidenceRound(models.Model):
    """One question to the team. Blind until it closes: by hand, or at `closes_at`."""

    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="confidence_rounds"
    )
    question = models.CharField(max_length=200)
    topics: models.ManyToManyField[Topic, Topic] = models.ManyToManyField(
        Topic, related_name="+", blank=True
    )
    # Said before the first vote and never changed: whether names stand beside the votes.
    is_named = models.BooleanField(default=False)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # None when its time was up.
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What a voter's mark is made with; thrown away at the close, so that nobody, with the
    # database and the secret key, finds out whose vote is whose.
    salt = models.CharField(max_length=64, blank=True)
    # What may be shown of it, written once at the close; lists need not count votes.
    result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"],
                condition=Q(closed_at__isnull=True),
                name="confidence_one_open_round",
            ),
        ]
        indexes = [
            # The newest closed one of each of many components.
            models.Index(
                fields=["component", "-closed_at", "-id"],
                condition=Q(result__isnull=False),
                name="confidence_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("confidence_round", args=[self.component.slug, self.pk])

    def is_open_at(self, now: datetime) -> bool:
        """True as long as people may vote; its time may be up before it is closed for good."""
        return self.closed_at is None and now < self.closes_at

    @property
    def ended_at(self) -> datetime:
        """When it closed, or will."""
        return self.closed_at or self.closes_at


class ConfidenceVote(models.Model):
    """One answer. Its key is random and it has no time, so that neither tells whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ConfidenceRound, on_delete=models.PROTECT, related_name="votes")
    # A keyed digest of the voter and the round's salt: one vote each, without a name.
    mark = models.CharField(max_length=64)
    # Only where the round said beforehand that names are shown.
    voter = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    overall = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    # By topic slug, 1 to 5; topics that were left out are not in it.
    by_topic = models.JSONField(default=dict, blank=True)
    sentence = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "mark"], name="confidence_vote_once"),
        ]

    def __str__(self) -> str:
        return f"A vote in {self.round_id}"
