"""The table of section 5 of the design once more, as people reach it: through decisions, approvals,
triggers and inheritance, kept in the database."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from readiness.decisions.actions import refresh_standings
from readiness.decisions.approvals import approve, send_back, withdraw
from readiness.decisions.sharing import NothingToInherit, inherit
from readiness.decisions.standing import Standing
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Requirement, User
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.factory import NOW, TODAY

ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}
# A check for each word that a requirement may hear; nobody has asked the third.
VERDICTS = {"pass": "logs.retention", "fail": "logs.metric-filter", "unknown": "logs.shipped"}
VERDICTS |= {"no_check": ""}
END = TODAY + timedelta(days=10)

# What stands, what has happened to it, and what it amounts to for each of the verdicts above.
TABLE = {
    ("nothing", "in time"): ("undecided", "undecided", "undecided", "undecided"),
    ("nothing", "date passed"): ("undecided", "undecided", "undecided", "undecided"),
    ("nothing", "trigger fired"): ("undecided", "undecided", "undecided", "undecided"),
    ("nothing", "both"): ("undecided", "undecided", "undecided", "undecided"),
    ("build", "in time"): ("arrived", "gap", "gap", "gap"),
    ("build", "date passed"): ("arrived", "overdue", "overdue", "overdue"),
    ("build", "trigger fired"): ("arrived", "gap", "gap", "gap"),
    ("build", "both"): ("arrived", "overdue", "overdue", "overdue"),
    ("done", "in time"): ("verified", "contradicted", "done", "done"),
    ("done", "date passed"): ("verified", "contradicted", "done", "done"),
    ("done", "trigger fired"): ("verified", "contradicted", "done", "done"),
    ("done", "both"): ("verified", "contradicted", "done", "done"),
    ("wont_build", "in time"): ("overtaken", "accepted", "accepted", "accepted"),
    ("wont_build", "date passed"): ("overtaken", "lapsed", "lapsed", "lapsed"),
    ("wont_build", "trigger fired"): ("overtaken", "lapsed", "lapsed", "lapsed"),
    ("wont_build", "both"): ("overtaken", "lapsed", "lapsed", "lapsed"),
    ("not_applicable", "in time"): ("not_applicable",) * 4,
    ("not_applicable", "date passed"): ("lapsed",) * 4,
    ("not_applicable", "trigger fired"): ("not_applicable",) * 4,
    ("not_applicable", "both"): ("lapsed",) * 4,
}
# What was done: what stands after it, and whether a proposal waits. A high risk is refused upon
# nothing, or upon something that is to be built.
HISTORIES = {
    "": ("nothing", False),
    "build": ("build", False),
    "done": ("done", False),
    "wont_build": ("wont_build", False),
    "not_applicable": ("not_applicable", False),
    "proposed": ("nothing", True),
    "proposed, approved": ("wont_build", False),
    "proposed, sent back": ("nothing", False),
    "proposed, withdrawn": ("nothing", False),
    "proposed, done": ("done", False),
    "build, proposed": ("build", True),
    "build, proposed, approved": ("wont_build", False),
    "build, proposed, sent back": ("build", False),
    "build, proposed, withdrawn": ("build", False),
    "done, proposed, approved, build": ("build", False),
}
SAID = {
    "build": {"due_date": END},
    "done": {},
    "wont_build": {"revisit_date": END, "triggers": (Trigger(TriggerKind.INCIDENT),)},
    "not_applicable": {"revisit_date": END},
}
HIGH = {"likelihood": 4, "impact": 3}
CASES = list(product(HISTORIES, VERDICTS, (False, True)))


@pytest.fixture
def component(db):
    """A criterion for each case: c-0-0, c-0-1 ... in the order of CASES."""
    catalog = factory.make_catalog(topics=1, criteria=len(CASES))
    return factory.make_component(catalog=catalog, parameters=ROUTER)


@pytest.fixture
def platform(component):
    platform = factory.make_component(slug="logging", is_platform=True)
    component.platforms.add(platform)
    return platform


def go_through(component, criterion, history):
    """Do one word of a history after the other."""
    by, other = User.objects.earliest("pk"), User.objects.latest("pk")
    proposal = None
    for word in filter(None, history.split(", ")):
        match word:
            case "proposed":
                proposal = factory.make_decision(
                    component, criterion, "wont_build", approved=False, **SAID["wont_build"], **HIGH
                )
            case "approved":
                approve(decision=proposal, by=other, now=NOW)
            case "sent back":
                send_back(decision=proposal, by=other, now=NOW, reason="Say what it costs.")
            case "withdrawn":
                withdraw(decision=proposal, by=by, now=NOW)
            case outcome:
                factory.make_decision(component, criterion, outcome, **SAID[outcome])


def go_through_all(component):
    factory.make_user("other")
    for n, (history, _, _) in enumerate(CASES):
        go_through(component, f"c-0-{n}", history)


def look(component, now):
    """Let the checks speak, each for the requirements of its verdict."""
    for n, (_, verdict, _) in enumerate(CASES):
        if verdict != "no_check":
            requirement = component.requirements.get(criterion__slug=f"c-0-{n}")
            factory.add_check(requirement, VERDICTS[verdict])
    for status in ("pass", "fail"):
        factory.make_result(component, VERDICTS[status], status, now=now)


def fire(component, now):
    touched = [f"c-0-{n}" for n, (_, _, fired) in enumerate(CASES) if fired]
    factory.make_incident(component, *touched, now=now)


def kept(component):
    """Return (standing, proposed) of each case as the index has it."""
    rows = Requirement.objects.filter(component=component).values_list(
        "criterion__slug", "standing", "proposed_decision"
    )
    found = {slug: (standing, bool(proposed)) for slug, standing, proposed in rows}
    return {case: found[f"c-0-{n}"] for n, case in enumerate(CASES)}


def reported(component, now):
    """Return the same as the gap report computes it."""
    lines = {line.criterion: line for line in build_gap_report(component, now).requirements}
    found = [lines[f"c-0-{n}"] for n in range(len(CASES))]
    return {
        case: (line.standing.value, bool(line.proposal))
        for case, line in zip(CASES, found, strict=True)
    }


def expected(passed, *, inherited=False):
    """Return what TABLE says of each case. Nothing is inherited where nothing stands; a proposal
    waits only where it was made."""
    found = {}
    for case in CASES:
        history, verdict, fired = case
        stands, proposed = HISTORIES[history]
        event = {
            (False, False): "in time",
            (True, False): "date passed",
            (False, True): "trigger fired",
            (True, True): "both",
        }[passed, fired]
        column = list(VERDICTS).index(verdict)
        found[case] = (TABLE[stands, event][column], proposed and not inherited)
    return found


def test_table_and_histories_reach_each_other():
    assert {stands for stands, _ in HISTORIES.values()} == {stands for stands, _ in TABLE}
    assert len(TABLE) == 5 * 4
    assert {standing for row in TABLE.values() for standing in row} == set(Standing)


@pytest.mark.one_database
@pytest.mark.parametrize(("days", "passed"), [(10, False), (11, True)])
class TestTheWholeTable:
    def test_of_ones_own_decisions(self, component, days, passed):
        now = NOW + timedelta(days=days)
        go_through_all(component)

        fire(component, now)
        look(component, now)
        refresh_standings(component=component, now=now)

        assert kept(component) == expected(passed)
        assert reported(component, now) == expected(passed)

    def test_of_what_is_inherited(self, component, platform, days, passed):
        now = NOW + timedelta(days=days)
        go_through_all(platform)
        by = User.objects.earliest("pk")
        said = {"component": component, "platform": platform, "seen": None, "by": by, "now": NOW}
        for n, (history, _, _) in enumerate(CASES):
            if HISTORIES[history][0] == "nothing":
                with pytest.raises(NothingToInherit):
                    inherit(criterion=f"c-0-{n}", **said)
            else:
                inherit(criterion=f"c-0-{n}", **said)

        fire(platform, now)
        look(component, now)
        refresh_standings(component=component, now=now)

        assert kept(component) == expected(passed, inherited=True)
        assert reported(component, now) == expected(passed, inherited=True)


def test_a_proposal_of_ones_own_waits_on_while_another_decision_is_inherited(component, platform):
    go_through(platform, "c-0-0", "done")
    factory.make_user("other")
    go_through(component, "c-0-0", "build, proposed")
    own = component.requirements.get(criterion__slug="c-0-0").head_decision

    inherit(
        component=component, criterion="c-0-0", platform=platform,
        seen=own.pk, by=own.decided_by, now=NOW,
    )  # fmt: skip

    assert kept(component)[CASES[0]] == reported(component, NOW)[CASES[0]] == ("done", True)
