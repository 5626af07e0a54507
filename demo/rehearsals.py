"""How the asset router's team came to trust it: three rounds of confidence, what was practised
between them, and what went wrong since. Days count back from today, as those of decisions do.

Told in the order of time together with the decisions, because one followed from the other: what
nobody could find in the first drill was built the week after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from readiness.confidence.actions import close_round, open_round, vote
from readiness.confidence.rules import QUESTION
from readiness.drills.actions import Plan, Told, add_finding, plan_drill, record_drill
from readiness.incidents.actions import record_incident
from readiness.models import (
    Component,
    ConfidenceRound,
    Criterion,
    DrillOutcome,
    DrillScenario,
    Membership,
    Role,
    Team,
    Topic,
    User,
)
from readiness.operations.actions import save_sheet
from readiness.operations.queries import current_sheet
from readiness.operations.sheet import Contact, Link

#: Who else is on the rota. They have no password: nobody logs in as them.
COLLEAGUES = {
    "noor": ("Noor", "Jansen"),
    "tomas": ("Tomás", "Vidal"),
    "yuki": ("Yuki", "Mori"),
}


@dataclass(frozen=True)
class Round:
    """Votes by who gave them: overall, some topics, and perhaps a sentence."""

    ago: int
    votes: Mapping[str, tuple[int, dict[str, int], str]]


@dataclass(frozen=True)
class Rehearsal:
    """`after` has minutes from the start to each stamp."""

    ago: int
    scenario: str
    by: str
    people: Mapping[str, str]
    outcome: DrillOutcome
    after: Mapping[str, float]
    summary: str
    findings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outage:
    ago: int
    title: str
    minutes_lost: str
    lasted: int
    text: str
    criteria: tuple[str, ...]
    timeline: tuple[tuple[int, str], ...] = field(default=())


ROUNDS = (
    Round(158, {
        "viewer": (1, {"logging": 1, "operations": 1, "deployment": 2}, ""),
        "editor": (3, {"logging": 2, "operations": 1, "deployment": 4},
                   "One page that says what to do first."),
        "approver": (2, {"logging": 1, "operations": 2, "deployment": 3},
                     "Seeing the logs of one request, whichever region it was in."),
        "noor": (1, {"logging": 1, "operations": 1, "deployment": 2},
                 "Having rolled it back once, by hand, before I must."),
        "tomas": (2, {"logging": 2, "operations": 1, "deployment": 4}, ""),
        "yuki": (2, {"logging": 1, "operations": 2, "deployment": 2}, ""),
    }),
    Round(116, {
        "viewer": (2, {"logging": 4, "operations": 2, "alerting": 3}, ""),
        "editor": (4, {"logging": 5, "operations": 3, "alerting": 4}, ""),
        "approver": (3, {"logging": 4, "operations": 3, "alerting": 1},
                     "An alarm that has woken somebody in earnest."),
        "noor": (3, {"logging": 4, "operations": 2, "alerting": 5}, ""),
        "tomas": (3, {"logging": 4, "operations": 2, "alerting": 1},
                  "Knowing how many minutes the way back takes."),
        "yuki": (2, {"logging": 3, "operations": 2, "alerting": 4},
                 "Doing it myself and not watching Emil do it."),
    }),
    Round(91, {
        "viewer": (4, {"logging": 4, "operations": 4, "deployment": 4, "alerting": 4}, ""),
        "editor": (5, {"logging": 5, "operations": 5, "deployment": 5, "alerting": 4}, ""),
        "approver": (4, {"logging": 5, "operations": 4, "deployment": 4, "alerting": 3},
                     "Alarms from all six regions."),
        "noor": (4, {"logging": 4, "operations": 5, "deployment": 4, "alerting": 4}, ""),
        "tomas": (4, {"logging": 5, "operations": 4, "deployment": 3, "alerting": 4}, ""),
        "yuki": (4, {"logging": 4, "operations": 4, "deployment": 4, "alerting": 5},
                 "A rollback that needs no second person."),
        "admin": (4, {"operations": 4}, ""),
    }),
)  # fmt: skip

REHEARSALS = (
    Rehearsal(
        144, "find-one-request", "editor",
        {"noor": "at the keyboard", "yuki": "at the keyboard", "editor": "sends the request"},
        DrillOutcome.FAILED, {"noticed": 2, "understood": 19},
        "Given the id of a request made a minute before, two of us looked for its log line for "
        "forty minutes. It had been answered in Frankfurt and written in a log group that nobody "
        "had bookmarked. We gave up.",
        (("There is no place that says which regions write logs, and no query over all of them.",
          "logs-findable"),
         ("The page of steps names the main region only.", "runbook")),
    ),
    Rehearsal(
        133, "find-one-request", "editor",
        {"noor": "at the keyboard", "tomas": "watches", "editor": "sends the request"},
        DrillOutcome.PASSED,
        {"noticed": 1, "understood": 3, "recovered": 6},
        "With the saved query over all six log groups the line was there after six minutes, four "
        "of which were the delay of the logs themselves.",
    ),
    Rehearsal(
        127, "alarm-end-to-end", "approver",
        {"approver": "breaks it", "tomas": "on call", "yuki": "watches"},
        DrillOutcome.PASSED,
        {"noticed": 4, "understood": 7, "mitigated": 9, "recovered": 12},
        "The staging function threw on each request. The page came after four minutes, from one "
        "region; the other five have no alarm yet.",
        (("Five of six regions can fail without waking anybody.", "alert-routing"),),
    ),
    Rehearsal(
        106, "drain-a-region", "editor",
        {"editor": "at the keyboard", "viewer": "reads the graphs", "noor": "watches"},
        DrillOutcome.PASSED,
        {"noticed": 1, "mitigated": 5, "recovered": 11},
        "One weight set to zero: misses moved to the other side within the time the record may be "
        "cached, and nobody outside saw it.",
        (("Setting the weight needs the control plane of the region that is in trouble.",
          "traffic-steering"),),
    ),
    Rehearsal(
        94, "roll-back-a-version", "approver",
        {"noor": "at the keyboard", "approver": "breaks it", "yuki": "keeps the time"},
        DrillOutcome.PASSED,
        {"noticed": 2, "understood": 4, "mitigated": 14, "recovered": 17},
        "A version that sends half of the requests astray was released on staging and taken back. "
        "Ten of the fourteen minutes were the distribution's own.",
        (("Fourteen minutes are three months of the budget.", "fast-rollback"),),
    ),
    Rehearsal(
        63, "roll-back-a-version", "editor",
        {"yuki": "at the keyboard", "editor": "breaks it", "tomas": "keeps the time"},
        DrillOutcome.PASSED,
        {"noticed": 1, "understood": 2, "mitigated": 11, "recovered": 13},
        "Once more, with a tenth of the traffic, by somebody who had only watched so far: eleven "
        "minutes from the call to the last edge location.",
    ),
    Rehearsal(
        36, "dependency-down", "approver",
        {"approver": "breaks it", "tomas": "on call", "viewer": "reads the graphs"},
        DrillOutcome.FAILED,
        {"noticed": 6, "understood": 24, "mitigated": 31},
        "The resolver was made to answer nothing on staging. The function waited for it on each "
        "request until its time was up, which looked like a slow origin for a quarter of an hour.",
        (("Nothing tells a resolver that hangs from a slow bucket.", "dependency-failure"),
         ("The test for an empty answer does not cover one that never comes.",
          "failure-path-tests")),
    ),
)  # fmt: skip

OUTAGES = (
    Outage(
        49, "Half of the images missing after a release", "3.40", 52,
        "The new version read the region of the bucket from the wrong place. Users in two "
        "continents got errors until it was rolled back, as practised.",
        ("fast-rollback", "gradual-rollout", "smoke-checks"),
        ((0, "Release of version 3 of the function."),
         (6, "Alarm in Frankfurt. Noor answers."),
         (9, "Errors only where the second bucket answers: the release is suspected."),
         (11, "Rollback begins, by the page of steps."),
         (22, "Last edge location on version 2."),
         (52, "Cached errors have run out.")),
    ),
    Outage(
        11, "Slow answers while one bucket throttled", "1.15", 34,
        "A batch job read the whole of the second bucket. Its weight was set to zero for half an "
        "hour.",
        ("traffic-steering", "alerts-actionable"),
        ((0, "Latency of misses doubles in one half."),
         (13, "A customer writes before an alarm does."),
         (19, "Weight of the second bucket set to zero."),
         (34, "Latency as before; the job is stopped.")),
    ),
)  # fmt: skip


# How long each way out took in the drills, and what the team put in the place of the blueprint's.
MINUTES = {"Send everything to the other region": 5, "Associate the version before": 14}
CONTACTS = (
    Contact(who="Rota edge-primary", how="The pager, service asset-router.", when="At any hour"),
    Contact(
        who="Ada Ferreira, lead of the edge team",
        how="Phone, number in the rota.",
        when="When nothing has helped after 15 minutes",
    ),
    Contact(
        who="Rota api-primary",
        how="The pager, service asset-api.",
        when="Before everything is purged",
    ),
    Contact(
        who="AWS support",
        how="A case of the highest severity, from the account of the edge team.",
        when="When the fault is not ours",
    ),
)
LINKS = (
    Link(
        title="Dashboard asset-router",
        url="https://grafana.example.net/d/asset-router",
        note="Requests, errors, split by side, releases",
    ),
    Link(title="Runbook", url="https://wiki.example.net/edge/asset-router"),
)


def colleagues(team: Team) -> dict[str, User]:
    """Return the rest of the rota, members of the team, by username."""
    found = {}
    for username, (first, last) in COLLEAGUES.items():
        user, _ = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{username}@example.net",
                "password": "!",
            },
        )
        Membership.objects.get_or_create(team=team, user=user, defaults={"role": Role.EDITOR})
        found[username] = user
    return found


def events(
    component: Component, people: Mapping[str, User], now: datetime
) -> Iterator[tuple[int, Callable[[], object]]]:
    """Yield each thing that happened: how many days ago, and what writes it down."""
    for asked in ROUNDS:
        yield asked.ago, partial(_ask, component, asked, people, now)
    for drill in REHEARSALS:
        yield drill.ago, partial(_rehearse, component, drill, people, now)
    for outage in OUTAGES:
        yield outage.ago, partial(_break, component, outage, people, now)
    yield 137, partial(_take_over_sheet, component, people["editor"], now - timedelta(days=137))
    yield 93, partial(_measured, component, people["noor"], now - timedelta(days=93))


def plan_next(component: Component, people: Mapping[str, User], now: datetime) -> None:
    """Plan one drill for next week."""
    plan_drill(
        component=component,
        plan=Plan(
            scenario=DrillScenario.objects.get(slug="break-a-deploy-on-purpose"),
            planned_for=(now + timedelta(days=6)).replace(hour=9, minute=0, second=0),
            goal="Yuki ships a version that fails its own checks, and nobody is told beforehand.",
            people={
                people["yuki"]: "breaks it",
                people["viewer"]: "on call",
                people["editor"]: "watches",
            },
        ),
        by=people["approver"],
        now=now - timedelta(days=2),
    )


def ask_now(component: Component, people: Mapping[str, User], now: datetime) -> None:
    """Open a round that waits for votes; two are in."""
    asked_about = {"deployment", "logging", "alerting", "failure", "operations"}
    opened = _open(component, people["approver"], now - timedelta(hours=20), asked_about)
    for name, overall in (("noor", 3), ("tomas", 4)):
        if component.team.memberships.filter(user=people[name]).exists():
            vote(
                opened=opened,
                by=people[name],
                overall=overall,
                by_topic={"operations": overall},
                sentence="",
                now=now - timedelta(hours=3),
            )


def _take_over_sheet(component: Component, by: User, moment: datetime) -> None:
    """Save what the blueprint proposes, with whom to call here."""
    sheet = current_sheet(component).sheet.model_copy(update={"contacts": CONTACTS, "links": LINKS})
    note = "From the blueprint, with our rota."
    save_sheet(component=component, sheet=sheet, base=0, by=by, now=moment, note=note)


def _measured(component: Component, by: User, moment: datetime) -> None:
    current = current_sheet(component)
    options = tuple(
        option.model_copy(update={"minutes": MINUTES.get(option.title)})
        for option in current.sheet.options
    )
    save_sheet(
        component=component,
        sheet=current.sheet.model_copy(update={"options": options}),
        base=current.number,
        by=by,
        now=moment,
        note="Minutes as the drills measured them.",
    )


def _open(component: Component, by: User, moment: datetime, about: set[str]) -> ConfidenceRound:
    return open_round(
        component=component,
        question=QUESTION,
        topics=list(Topic.objects.filter(catalog=component.catalog, slug__in=about)),
        is_named=False,
        closes_at=moment + timedelta(days=3),
        by=by,
        now=moment,
    )


def _ask(component: Component, asked: Round, people: Mapping[str, User], now: datetime) -> None:
    moment = now - timedelta(days=asked.ago + 2)
    asked_about = {slug for _, by_topic, _ in asked.votes.values() for slug in by_topic}
    opened = _open(component, people["approver"], moment, asked_about)
    for name, (overall, by_topic, sentence) in asked.votes.items():
        vote(
            opened=opened,
            by=people[name],
            overall=overall,
            by_topic=by_topic,
            sentence=sentence,
            now=moment + timedelta(hours=5),
        )
    close_round(opened=opened, by=people["approver"], now=now - timedelta(days=asked.ago))


def _rehearse(
    component: Component, told: Rehearsal, people: Mapping[str, User], now: datetime
) -> None:
    start = now - timedelta(days=told.ago, minutes=47 * (told.ago % 7))
    after = {kind: timedelta(minutes=minutes) for kind, minutes in told.after.items()}
    end = start + max(after.values()) + timedelta(minutes=20)
    drill, _ = record_drill(
        component=component,
        plan=Plan(
            scenario=DrillScenario.objects.get(slug=told.scenario),
            planned_for=start,
            people={people[name]: part for name, part in told.people.items()},
        ),
        told=Told(
            started_at=start,
            ended_at=end,
            outcome=told.outcome,
            summary=told.summary,
            after=after,
        ),
        by=people[told.by],
        now=end + timedelta(minutes=30),
    )
    for text, criterion in told.findings:
        add_finding(
            drill=drill,
            text=text,
            requirement=component.requirements.get(criterion__slug=criterion),
            by=people[told.by],
            now=end + timedelta(minutes=35),
        )


def _break(component: Component, outage: Outage, people: Mapping[str, User], now: datetime) -> None:
    start = now - timedelta(days=outage.ago, hours=3)
    record_incident(
        component=component,
        values={
            "title": outage.title,
            "text": outage.text,
            "started_at": start,
            "ended_at": start + timedelta(minutes=outage.lasted),
            "minutes_lost": Decimal(outage.minutes_lost),
            "timeline": [
                {"at": (start + timedelta(minutes=minute)).isoformat(), "text": text}
                for minute, text in outage.timeline
            ],
        },
        criteria=list(Criterion.objects.filter(slug__in=outage.criteria)),
        by=people["editor"],
        now=start + timedelta(days=1),
    )
