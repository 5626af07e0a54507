"""Browsing the catalog and the blueprints."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from readiness import access
from readiness.aws.registry import CHECKS
from readiness.catalog.queries import blueprints, refused_of, topics_with_criteria
from readiness.htmx import UserRequest, render_part
from readiness.models import Blueprint, Catalog, Role
from readiness.portfolio.refusals import reasonings


@require_GET
def catalog_detail(request: UserRequest) -> HttpResponse:
    text = request.GET.get("text", "").strip()[:100]
    catalogs = list(Catalog.objects.all())
    asked = request.GET.get("catalog", "")
    catalog = next((c for c in catalogs if c.slug == asked), catalogs[0] if catalogs else None)
    topics = topics_with_criteria(catalog, text) if catalog else []
    context = {
        "catalog": catalog,
        "catalogs": catalogs,
        "topics": topics,
        "shown": sum(len(criteria) for _, criteria in topics),
        "text": text,
    }
    return render_part(request, "catalog/catalog_detail.html", context, parts=("criteria",))


@require_GET
def criterion_detail(request: UserRequest, slug: str) -> HttpResponse:
    criterion = access.get_criterion(request, slug)
    context = {
        "criterion": criterion,
        "revisions": criterion.revisions.all(),
        "translations": criterion.translations.filter(blueprint__retired_at=None).select_related(
            "blueprint"
        ),
        "checks": [check for check in CHECKS.values() if slug in check.criteria],
    }
    return render_part(request, "catalog/criterion_detail.html", context)


@require_GET
def criterion_refusals(request: UserRequest, slug: str) -> HttpResponse:
    criterion = access.get_criterion(request, slug)
    readable = access.readable_components(request).filter(archived_at=None)
    refused = refused_of(readable, criterion)
    page, refusals = reasonings(
        readable, refused, page=request.GET.get("page", "1"), today=timezone.localdate()
    )
    context = {"criterion": criterion, "refused": refused, "page": page, "refusals": refusals}
    return render_part(request, "catalog/criterion_refusals.html", context)


@require_GET
def blueprint_list(request: UserRequest) -> HttpResponse:
    context = {"blueprints": blueprints()}
    return render_part(request, "catalog/blueprint_list.html", context)


@require_GET
def blueprint_detail(request: UserRequest, slug: str) -> HttpResponse:
    blueprint = get_object_or_404(Blueprint.objects.select_related("catalog"), slug=slug)
    context = {
        "blueprint": blueprint,
        "items": blueprint.items.select_related("criterion__topic"),
        "may_create": access.teams_with_role(request, Role.EDITOR).exists(),
    }
    return render_part(request, "catalog/blueprint_detail.html", context)
