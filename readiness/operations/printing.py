"""The operations sheet of a component as a value for paper, and asking for its PDF."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from readiness.drills.rules import Age
from readiness.models import Component
from readiness.notices.addresses import absolute
from readiness.operations.page import OptionLine, option_lines
from readiness.operations.paper import Named, PrintedOption, PrintedSheet
from readiness.operations.places import Places
from readiness.operations.queries import Current, current_sheet, places_for
from readiness.reports.words import day, moment


def printed_sheet(component: Component, now: datetime) -> PrintedSheet:
    """Return what goes on paper at `now`. Three queries; the component comes with its team."""
    current, places = current_sheet(component), places_for(component)
    return printed_from(
        component, current, places, option_lines(component, current.sheet, now), now
    )


def printed_from(
    component: Component,
    current: Current,
    places: Places,
    options: tuple[OptionLine, ...],
    now: datetime,
) -> PrintedSheet:
    """Return the same of what has been read already."""
    sheet = current.sheet
    return PrintedSheet(
        component=Named(component.slug, component.name, component.team.name),
        today=timezone.localdate(now),
        standing=_standing(current),
        address=absolute(reverse("sheet_detail", args=[component.slug])),
        ran=_ran(places),
        log_group=places.group,
        options=tuple(PrintedOption(line.option, _rehearsed(line)) for line in options),
        contacts=sheet.contacts,
        places=places.everywhere,
        regions=places.ran,
        links=sheet.links,
        error_states=sheet.error_states,
    )


def _standing(current: Current) -> str:
    if current.version:
        version = current.version
        return f"{version} by {version.made_by.name}, {day(version.made_at)}"
    if current.blueprint:
        return f"From the blueprint “{current.blueprint.name}”; nobody has confirmed it"
    return "Nobody has written it; the links follow from the parameters"


def _ran(places: Places) -> str:
    if not places.regions:
        return ""
    if places.looked_at is None:
        return "Nobody has looked yet in which regions the function ran: these are all."
    said = f"Log groups as of {moment(places.looked_at)}."
    if places.elsewhere:
        names = ", ".join(each.region for each in places.elsewhere)
        said += f" None in {names}."
    return said


def _rehearsed(line: OptionLine) -> str:
    rehearsal = line.rehearsal
    if rehearsal is None:
        return "Not rehearsed: no drill scenario"
    if rehearsal.at is None:
        return "Never rehearsed"
    if rehearsal.age is Age.FAILED:
        return f"Rehearsal failed, {day(rehearsal.at)}"
    return f"Rehearsed {day(rehearsal.at)}, {rehearsal.age}"
