"""The checks of one component as its pages show them, and the history of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from readiness.aws.history import (
    FLAPPING_WITHIN,
    NOTHING,
    Difference,
    differences,
    is_flapping,
)
from readiness.aws.judging import listing
from readiness.aws.registry import CHECKS, Check
from readiness.checks.catalog import by_service
from readiness.checks.matrix import Matrix, region_matrix
from readiness.decisions.live import CheckLine
from readiness.decisions.standing import LiveVerdict
from readiness.models import CheckResult, Component, VerdictChange
from readiness.reports.facts import path_words, value_words
from readiness.reports.gap_report import GapReport, RequirementLine, build_gap_report

PER_PAGE = 20
# Of one change, before "and 7 more".
MOST_DIFFERENCES = 30
SEVERITIES = ("high", "medium", "low")
VERDICTS = (LiveVerdict.FAIL, LiveVerdict.UNKNOWN, LiveVerdict.PASS, LiveVerdict.NO_CHECK)


#: What one check says by its mark, and several; in the order in which they are counted.
MARK_WORDS = {
    "fail": ("fails", "fail"),
    "could_not_look": ("unknown", "unknown"),
    "": ("not looked yet", "not looked yet"),
    "pass": ("passes", "pass"),
    "not_applicable": ("does not apply", "do not apply"),
}


class Concern(NamedTuple):
    """A requirement that a check stands on."""

    requirement: RequirementLine
    muted: bool


@dataclass(frozen=True, slots=True)
class ComponentCheck:
    """One check of a component."""

    line: CheckLine
    # Since when it says what it says; None when nobody has looked yet.
    since: datetime | None
    flapping: bool
    concerns: tuple[Concern, ...]

    @property
    def check(self) -> Check:
        return self.line.check

    @property
    def mark(self) -> str:
        """The word that the glyph repeats; empty when nobody has looked yet."""
        match self.line.verdict:
            case LiveVerdict.UNKNOWN:
                return "could_not_look" if self.line.status else ""
            case LiveVerdict.NO_CHECK:
                return "not_applicable"
            case known:
                return known

    @property
    def words(self) -> str:
        return MARK_WORDS[self.mark][0]


class ServiceChecks(NamedTuple):
    name: str
    checks: list[ComponentCheck]


class MissingCheck(NamedTuple):
    """A check that does not apply, and the parameters that it lacks."""

    check: Check
    wants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComponentChecks:
    report: GapReport
    services: list[ServiceChecks]
    missing: list[MissingCheck]
    matrix: Matrix

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        """How many checks say what: the mark, the number, and the words for several or one."""
        found = Counter(each.mark for service in self.services for each in service.checks)
        return [
            (mark, found[mark], words[found[mark] != 1])
            for mark, words in MARK_WORDS.items()
            if found[mark]
        ]


def component_checks(component: Component, now: datetime) -> ComponentChecks:
    """Return every check there is: those that apply by service, the others with what they lack."""
    report = build_gap_report(component, now)
    found = {each.check.id: each for each in _with_history(component, report, now)}
    services = [
        ServiceChecks(name, sorted((found[check.id] for check in checks), key=_worst_first))
        for name, checks in by_service(each.check for each in found.values())
    ]
    missing = [
        MissingCheck(check, check.wants(component.parameters))
        for _, checks in by_service(check for check in CHECKS.values() if check.id not in found)
        for check in checks
    ]
    in_order = [each.line for service in services for each in service.checks]
    return ComponentChecks(report, services, missing, region_matrix(in_order))


def component_check(component: Component, check_id: str, now: datetime) -> ComponentCheck | None:
    """Return one check of a component; None where it does not apply."""
    report = build_gap_report(component, now)
    found = _with_history(component, report, now)
    return next((each for each in found if each.check.id == check_id), None)


def _worst_first(each: ComponentCheck) -> tuple[int, int, str]:
    verdict, severity = each.line.verdict, each.check.severity
    return VERDICTS.index(verdict), SEVERITIES.index(severity), each.check.title


def _with_history(component: Component, report: GapReport, now: datetime) -> list[ComponentCheck]:
    newest, recent = _changes(component, now)
    concerns: dict[str, list[Concern]] = defaultdict(list)
    for requirement in report.requirements:
        for line in requirement.checks:
            concerns[line.check.id].append(Concern(requirement, line.muted))
    return [
        ComponentCheck(
            line,
            since(line, newest.get(line.check.id)),
            is_flapping(recent[line.check.id], now),
            tuple(concerns[line.check.id]),
        )
        for line in report.checks
    ]


def _changes(
    component: Component, now: datetime
) -> tuple[dict[str, datetime], dict[str, list[datetime]]]:
    """When each check changed its word last, and when in the time that counts for flapping."""
    here = VerdictChange.objects.filter(component=component).order_by()
    newer = here.filter(check_id=OuterRef("check_id"), at__gt=OuterRef("at"))
    newest: dict[str, datetime] = {}
    recent: dict[str, list[datetime]] = defaultdict(list)
    rows = here.filter(Q(at__gt=now - FLAPPING_WITHIN) | ~Exists(newer))
    for check_id, before_id, at in rows.values_list("check_id", "before_id", "at"):
        newest[check_id] = max(at, newest.get(check_id, at))
        if before_id is not None:
            recent[check_id].append(at)
    return newest, recent


def since(line: CheckLine, changed_at: datetime | None) -> datetime | None:
    """Return since when a check says what it says; `changed_at` is its newest change of word.

    A pass or a fail goes back over the times when nobody could look: what was known stood.
    """
    match line.verdict:
        case LiveVerdict.PASS | LiveVerdict.FAIL:
            return line.known_since
        case LiveVerdict.UNKNOWN:
            return line.unknown_since
        case LiveVerdict.NO_CHECK:
            return changed_at


class DifferenceWords(NamedTuple):
    """One fact that is not as it was, for a person; in several rows at once if it is the same."""

    kind: str  # added, removed or changed
    where: str
    before: str
    after: str
    rows: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A check said something else than before."""

    change: VerdictChange
    differences: list[DifferenceWords]
    left_out: int

    @property
    def other_parameters(self) -> bool:
        """True when the two answers are about different things: the parameters had changed."""
        before = self.change.before
        return bool(before and before.params_digest != self.change.after.params_digest)


def history(
    component: Component, check_id: str, page: str
) -> tuple[Page[VerdictChange], list[HistoryEntry]]:
    """Return one page of a check's history, the newest first."""
    changes = VerdictChange.objects.filter(component=component, check_id=check_id)
    shown = Paginator(changes.select_related("before", "after"), PER_PAGE).get_page(page)
    return shown, [_entry(change) for change in shown.object_list]


def _entry(change: VerdictChange) -> HistoryEntry:
    found = _in_words(_differences(change.before, change.after))
    return HistoryEntry(change, found[:MOST_DIFFERENCES], len(found[MOST_DIFFERENCES:]))


def _differences(before: CheckResult | None, after: CheckResult) -> list[Difference]:
    """Where one side saw nothing at all, nothing can be compared."""
    if before is None or not before.observed or not after.observed:
        return []
    return differences(before.observed, after.observed)


def _in_words(found: Iterable[Difference]) -> list[DifferenceWords]:
    """Rows of a table in which the same cell changed in the same way share one line."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for each in found:
        table, *row = each.path
        place = [table, *row[1:]]
        key = (
            each.kind,
            path_words(place),
            "" if each.before is NOTHING else value_words(each.before),
            "" if each.after is NOTHING else value_words(each.after),
        )
        alike.setdefault(key, []).extend(row[:1])
    return [DifferenceWords(*key, listing(rows, 12)) for key, rows in alike.items()]
