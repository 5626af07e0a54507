"""Reads of proposals, and what one looks like in a catalog's file."""

from __future__ import annotations

import yaml
from django.db.models import F, QuerySet
from django.utils.text import slugify

from readiness.catalog.own.queries import weight_of
from readiness.catalog.schema import OWN
from readiness.models import Criterion, CriterionProposal, Incident

LONGEST_SLUG = 50


def in_order(proposals: QuerySet[CriterionProposal]) -> QuerySet[CriterionProposal]:
    """Return proposals with what a list says of them: those that wait first, the newest first."""
    belongs = ("topic", "catalog", "component__team", "by", "answered_by")
    return proposals.select_related(*belongs).order_by(
        F("taken_up").asc(nulls_first=True), "-at", "-pk"
    )


def begins_with_own(criterion: Criterion) -> dict[str, object]:
    """Return what the form of a proposal begins with, out of a component's own criterion. One
    query."""
    names = ("topic", "title", "question", "why", "evidence")
    return {name: getattr(criterion, name) for name in names} | {"weight": weight_of(criterion)}


def begins_with_incident(incident: Incident) -> dict[str, object]:
    """Return what the form of a proposal begins with, out of an incident."""
    return {"why": f"An incident of {incident.component} showed it: {incident.title}"}


def as_yaml(proposal: CriterionProposal) -> str:
    """Return the entry for the catalog's file, as the list of its topic's criteria has them.

    Its slug is none that any criterion has now. One query.
    """
    base = slugify(proposal.title)[:LONGEST_SLUG].strip("-_").replace("_", "-")
    while base.startswith(OWN):
        base = base.removeprefix(OWN)
    base = "-".join(part for part in base.split("-") if part) or f"proposal-{proposal.pk}"
    taken = set(Criterion.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    entry = {
        "slug": slug,
        "title": proposal.title,
        "question": proposal.question,
        "why": proposal.why,
        "evidence": proposal.evidence,
        "weight": proposal.weight,
        "live_check": "none",
    }
    text: str = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=100)
    return "".join(f"      {line}\n" for line in text.splitlines())
