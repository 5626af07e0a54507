"""Which components may stand on which: a platform is stood on, and stands on none."""

from __future__ import annotations

from collections.abc import Collection

from readiness.models import Component, Requirement


def platform_problems(
    component: Component | None, *, is_platform: bool, platforms: Collection[Component]
) -> dict[str, str]:
    """Return what is wrong with that, field by field, in words for the person; empty for nothing.

    `component` is None while it is being made.
    """
    if is_platform and platforms:
        return {"platforms": "A platform stands on no other: its decisions would have two sources."}
    if strangers := [each.name for each in platforms if not each.is_platform]:
        return {"platforms": f"No platform any more: {', '.join(strangers)}."}
    if component is None:
        return {}
    if not is_platform and (standing := component.standing_on_it.count()):
        stand = "component stands" if standing == 1 else "components stand"
        return {"is_platform": f"{standing} {stand} on it; they must let go of it first."}
    followed = Requirement.objects.filter(component=component, inherits__isnull=False)
    left = followed.exclude(inherits__component__in=[each.pk for each in platforms])
    if inherited := left.select_related("criterion", "inherits__component").first():
        whose = inherited.source.component.name
        said = f"The decision on {inherited.criterion.title} is inherited from {whose}: end that."
        return {"platforms": said}
    return {}
