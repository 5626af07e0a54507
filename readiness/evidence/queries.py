"""Reads of evidence."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from readiness.models import Evidence, EvidenceFile, Requirement


def evidence_of(requirement: Requirement) -> QuerySet[Evidence]:
    """Return a requirement's evidence, oldest first, with its files newest first and without their
    content. Two queries."""
    files = EvidenceFile.objects.defer("content").select_related("added_by").order_by("-version")
    return requirement.evidence.select_related("added_by", "withdrawn_by").prefetch_related(
        Prefetch("files", files)
    )
