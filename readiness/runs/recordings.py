"""Recordings are judged again when a check has changed since."""

from __future__ import annotations

from django.utils import timezone

from readiness.aws.registry import applicable
from readiness.aws.runner import request_run
from readiness.models import CheckState, Component, Recording, RunTrigger


def judge_again() -> None:
    """Ask for runs of the recordings on which a verdict rests that a newer version of its check
    might not give; a schedule calls it each hour."""
    now = timezone.now()
    states = CheckState.objects.filter(latest__run__recording__isnull=False).values_list(
        "component", "check_id", "latest__check_version", "latest__run__recording"
    )
    outdated: dict[int, int] = {}
    versions: dict[int, dict[str, int]] = {}
    components = Component.objects.active().select_related("team").in_bulk([s[0] for s in states])
    for component_id, check_id, version, recording_id in states:
        if component_id not in components:
            continue
        if component_id not in versions:
            bound = applicable(components[component_id].parameters)
            versions[component_id] = {each.check.id: each.check.version for each in bound}
        if versions[component_id].get(check_id, version) != version:
            outdated[component_id] = recording_id
    recordings = Recording.objects.in_bulk(outdated.values())
    for component_id, recording_id in outdated.items():
        request_run(
            component=components[component_id],
            by=None,
            now=now,
            trigger=RunTrigger.RECORDING,
            recording=recordings[recording_id],
        )
