"""Loads the library of scenarios: by slug, idempotent, touching no drill."""

from __future__ import annotations

from datetime import datetime

from readiness.catalog.schema import ScenarioEntry, ScenarioFile
from readiness.models import Criterion, DrillScenario


def load_scenarios(file: ScenarioFile, mistakes: list[str], *, now: datetime) -> int:
    """Write the scenarios of a file; returns how many were new or changed.

    What is wrong with it is added to `mistakes`; nothing of it may stay then.
    A scenario that no file names any more stays: one that is to go says so.
    """
    existing = {each.slug: each for each in DrillScenario.objects.prefetch_related("criteria")}
    criteria = {each.slug: each for each in Criterion.objects.of_catalog()}
    changed = 0
    for entry in file.scenarios:
        scenario = existing.get(entry.slug)
        if scenario and scenario.component_id:
            mistakes.append(f"{entry.slug!r} is a scenario of a component's own")
        elif unknown := [slug for slug in entry.criteria if slug not in criteria]:
            mistakes += [
                f"scenarios ({entry.slug}): there is no criterion {slug!r}" for slug in unknown
            ]
        else:
            proves = [criteria[slug] for slug in entry.criteria]
            changed += _load(scenario, entry, proves, now)
    return changed


def _load(
    scenario: DrillScenario | None, entry: ScenarioEntry, proves: list[Criterion], now: datetime
) -> bool:
    """Write one scenario; True when something of it is new."""
    values = entry.model_dump(exclude={"slug", "criteria", "retired"})
    same = (
        scenario is not None
        and all(getattr(scenario, name) == value for name, value in values.items())
        and {each.pk for each in scenario.criteria.all()} == {each.pk for each in proves}
        and (scenario.retired_at is not None) == entry.retired
    )
    if same:
        return False
    scenario = scenario or DrillScenario(slug=entry.slug)
    for name, value in values.items():
        setattr(scenario, name, value)
    scenario.retired_at = (scenario.retired_at or now) if entry.retired else None
    scenario.save()
    scenario.criteria.set(proves)
    return True
