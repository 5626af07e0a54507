"""Loads catalog, blueprint and scenario files: by slug, idempotent, all or nothing, touching no
decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from readiness.catalog.meaning import write_criterion
from readiness.catalog.schema import (
    AnyFile,
    BlueprintFile,
    CatalogFile,
    CatalogFileError,
    CriterionEntry,
    ItemEntry,
    ScenarioFile,
    parse,
)
from readiness.components.actions import add_missing_requirements
from readiness.decisions.actions import refresh_standings
from readiness.drills.library import load_scenarios
from readiness.models import (
    Blueprint,
    BlueprintItem,
    Catalog,
    Component,
    Criterion,
    Requirement,
    Topic,
)


@dataclass
class Loaded:
    """What loading changed, by criterion or blueprint slug."""

    added: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    translations: int = 0
    requirements_added: int = 0
    # Scenarios of drills, written or changed.
    scenarios: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.added)} criteria added, {len(self.revised)} revised, "
            f"{len(self.retired)} retired; {self.translations} translations written; "
            f"{self.requirements_added} requirements added to components; "
            f"{self.scenarios} scenarios of drills written."
        )


def load(paths: Sequence[Path], *, now: datetime) -> Loaded:
    """Load the files, catalogs first. Raises CatalogFileError with all mistakes of all files."""
    files: list[tuple[Path, AnyFile]] = []
    mistakes: list[str] = []
    for path in paths:
        try:
            files.append((path, parse(path)))
        except CatalogFileError as error:
            mistakes += error.mistakes
    if mistakes:
        raise CatalogFileError(mistakes)
    loaded = Loaded()
    with transaction.atomic():
        for kind in (CatalogFile, BlueprintFile, ScenarioFile):
            for path, file in files:
                if isinstance(file, kind):
                    mistakes += [f"{path}: {m}" for m in _load(file, loaded, now)]
        if mistakes:
            raise CatalogFileError(mistakes)
        _bring_to_components(loaded, now)
    return loaded


def _load(file: AnyFile, loaded: Loaded, now: datetime) -> list[str]:
    if isinstance(file, CatalogFile):
        return _load_catalog(file, loaded, now)
    if isinstance(file, BlueprintFile):
        return _load_blueprint(file, loaded)
    mistakes: list[str] = []
    loaded.scenarios += load_scenarios(file, mistakes, now=now)
    return mistakes


def _bring_to_components(loaded: Loaded, now: datetime) -> None:
    for component in Component.objects.active():
        loaded.requirements_added += add_missing_requirements(component=component)
    for component in _watching(loaded.revised):
        refresh_standings(component=component, now=now)


def _watching(criteria: Sequence[str]) -> QuerySet[Component]:
    """Return the components with a decision on one of these criteria that a trigger may bring back.

    They are few, and standings follow from nothing else that a catalog says.
    """
    watched = Requirement.objects.filter(
        criterion__slug__in=criteria, current_decision__triggers__gt=""
    )
    return Component.objects.active().filter(pk__in=watched.values("component"))


def _load_catalog(file: CatalogFile, loaded: Loaded, now: datetime) -> list[str]:
    head = file.catalog
    catalog, _ = Catalog.objects.update_or_create(
        slug=head.slug,
        defaults={"name": head.name, "notice": head.notice, "loaded_at": now},
    )
    criteria_elsewhere = Criterion.objects.exclude(topic__catalog=catalog)
    elsewhere = dict(criteria_elsewhere.values_list("slug", "topic__catalog__slug"))
    elsewhere |= dict(Topic.objects.exclude(catalog=catalog).values_list("slug", "catalog__slug"))
    slugs = [entry.slug for topic in file.topics for entry in topic.criteria]
    if taken := [slug for slug in [*slugs, *(t.slug for t in file.topics)] if slug in elsewhere]:
        return [f"{slug!r} belongs to the catalog {elsewhere[slug]!r} already" for slug in taken]

    before = len(loaded.added) + len(loaded.revised) + len(loaded.retired)
    existing = {c.slug: c for c in Criterion.objects.of_catalog().filter(topic__catalog=catalog)}
    for place, topic_entry in enumerate(file.topics):
        topic, _ = Topic.objects.update_or_create(
            slug=topic_entry.slug,
            defaults={
                "catalog": catalog,
                "name": topic_entry.name,
                "question": topic_entry.question,
                "position": place,
                "retired_at": None,
            },
        )
        for position, entry in enumerate(topic_entry.criteria):
            _load_criterion(existing.get(entry.slug), entry, topic, position, loaded, now)
    gone = (
        Criterion.objects.of_catalog()
        .filter(topic__catalog=catalog, retired_at=None)
        .exclude(slug__in=slugs)
    )
    loaded.retired += gone.values_list("slug", flat=True)
    gone.update(retired_at=now)
    catalog.topics.filter(retired_at=None).exclude(
        slug__in=[topic.slug for topic in file.topics]
    ).update(retired_at=now)
    if len(loaded.added) + len(loaded.revised) + len(loaded.retired) > before:
        catalog.revision += 1
        catalog.save(update_fields=["revision"])
    return []


def _load_criterion(
    criterion: Criterion | None,
    entry: CriterionEntry,
    topic: Topic,
    position: int,
    loaded: Loaded,
    now: datetime,
) -> None:
    values = entry.model_dump(exclude={"slug"})
    values |= {"topic": topic, "position": position, "retired_at": None}
    if criterion is None:
        criterion = Criterion(slug=entry.slug)
        loaded.added.append(entry.slug)
    if write_criterion(criterion, values, now=now):
        loaded.revised.append(entry.slug)


def _load_blueprint(file: BlueprintFile, loaded: Loaded) -> list[str]:
    head = file.blueprint
    catalog = Catalog.objects.filter(slug=head.catalog).first()
    if catalog is None:
        return [f"blueprint.catalog: there is no catalog {head.catalog!r}; load it first"]
    criteria = {c.slug: c for c in Criterion.objects.of_catalog().filter(topic__catalog=catalog)}
    if unknown := [item.criterion for item in file.items if item.criterion not in criteria]:
        return [
            f"items: the catalog {head.catalog!r} has no criterion {slug!r}" for slug in unknown
        ]
    blueprint, _ = Blueprint.objects.update_or_create(
        slug=head.slug,
        defaults={
            "catalog": catalog,
            "name": head.name,
            "summary": head.summary,
            "resources": head.resources,
            "source_title": head.source.title,
            "source_publisher": head.source.publisher,
            "source_published": head.source.published,
            "source_note": head.source.note,
            "operations": file.operations.as_json() if file.operations else {},
            "retired_at": None,
        },
    )
    existing = {item.criterion_id: item for item in blueprint.items.all()}
    for item_entry in file.items:
        criterion = criteria[item_entry.criterion]
        loaded.translations += _load_item(
            existing.pop(criterion.pk, None), item_entry, blueprint, criterion
        )
    BlueprintItem.objects.filter(pk__in=[item.pk for item in existing.values()]).delete()
    return []


def _load_item(
    item: BlueprintItem | None, entry: ItemEntry, blueprint: Blueprint, criterion: Criterion
) -> bool:
    """Write one translation, for the criterion as it reads now; True when its text is new."""
    said = entry.suggestion.model_dump(exclude_defaults=True) if entry.suggestion else {}
    values = {
        "statement": entry.statement,
        "look_at": entry.look_at,
        "provenance": list(entry.provenance),
        "suggested_outcome": said.pop("outcome", ""),
        "suggestion": said,
    }
    if item and all(getattr(item, name) == value for name, value in values.items()):
        return False
    new_text = item is None or item.statement != entry.statement
    item = item or BlueprintItem(blueprint=blueprint, criterion=criterion)
    for name, value in values.items():
        setattr(item, name, value)
    if new_text:
        item.criterion_revision = criterion.revision
    item.save()
    return new_text
