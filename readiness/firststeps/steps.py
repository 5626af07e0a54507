"""What the first steps are and how far somebody has come. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# So many decisions, and one knows how it goes.
DECISIONS = 3
TEAMS_NAMED = 3


class Name(StrEnum):
    """The steps in their order."""

    TEAM = "team"
    COMPONENT = "component"
    PARAMETERS = "parameters"
    WAY_IN = "way-in"
    CHECKS = "checks"
    DECISIONS = "decisions"


# What is only there for live checks, and can wait.
FOR_AWS = (Name.PARAMETERS, Name.WAY_IN, Name.CHECKS)


class State(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"
    LEFT_OUT = "left out"


TITLES = {
    Name.TEAM: "Make or join a team",
    Name.COMPONENT: "Make a component from a blueprint",
    Name.PARAMETERS: "Give it its parameters",
    Name.WAY_IN: "AWS account or recording",
    Name.CHECKS: "Run the first checks",
    Name.DECISIONS: "Make the first decisions",
}
WHY = {
    Name.TEAM: "A team owns components, and its roles say who reads, decides, approves and"
    " administrates.",
    Name.COMPONENT: "A component is what you are about to put on the critical path, and a blueprint"
    " says what each criterion means for its kind.",
    Name.PARAMETERS: "They say where to look in AWS: a live check applies as soon as it has those"
    " that it needs.",
    Name.WAY_IN: "Checks read through an account that your team may use, or judge a file of answers"
    " that somebody with access has recorded.",
    Name.CHECKS: "What AWS answers stands beside what people say, so that nobody has to believe the"
    " paper.",
    Name.DECISIONS: "A gap that was decided, with its reason, is one that somebody can look at"
    " again in a year.",
}


@dataclass(frozen=True, slots=True)
class First:
    """The component that the steps are about, and how far it is."""

    slug: str
    name: str
    checks: int  # how many apply
    has_account: bool
    has_recording: bool
    is_running: bool
    was_run: bool
    has_answers: bool  # AWS said yes or no to at least one check
    open_criterion: str  # which requirement to decide next; empty when none is left


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says about how far somebody has come."""

    has_catalog: bool
    teams: tuple[str, ...]  # names of the user's
    component: First | None
    decided: int  # decisions on components of these teams; counted up to DECISIONS
    without_aws: bool = False  # asked to go on without it for now


@dataclass(frozen=True, slots=True)
class Step:
    name: Name
    state: State
    said: str = ""  # what is there already, in a few words

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def why(self) -> str:
        return WHY[self.name]

    @property
    def for_aws(self) -> bool:
        return self.name in FOR_AWS


def all_steps(facts: Facts) -> list[Step]:
    """Return the six steps: what is done, the one that is due now, and what comes later.

    Whoever decides without live checks has left those out; they can still be done.
    """
    done = _done(facts)
    left_out = facts.without_aws or done[Name.DECISIONS]
    waiting = [name for name in Name if not done[name] and not (left_out and name in FOR_AWS)]
    steps = []
    for name in Name:
        if done[name]:
            state = State.DONE
        elif name not in waiting:
            state = State.LEFT_OUT
        else:
            state = State.NOW if name == waiting[0] and facts.has_catalog else State.LATER
        steps.append(Step(name, state, _said(name, facts)))
    return steps


def _done(facts: Facts) -> dict[Name, bool]:
    first = facts.component
    looked = first is not None and first.has_answers
    return {
        Name.TEAM: bool(facts.teams),
        Name.COMPONENT: first is not None,
        Name.PARAMETERS: first is not None and first.checks > 0,
        # Who has been answered has found a way: the installation's own credentials are one.
        Name.WAY_IN: first is not None and (first.has_account or first.has_recording or looked),
        Name.CHECKS: looked,
        Name.DECISIONS: facts.decided >= DECISIONS
        or (facts.decided > 0 and first is not None and not first.open_criterion),
    }


def _said(name: Name, facts: Facts) -> str:
    first = facts.component
    if name == Name.TEAM:
        more = len(facts.teams) - TEAMS_NAMED
        named = ", ".join(facts.teams[:TEAMS_NAMED])
        return f"{named} and {more} more" if more > 0 else named
    if first is None:
        return ""
    match name:
        case Name.COMPONENT:
            return first.name
        case Name.PARAMETERS:
            return _checks(first.checks)
        case Name.WAY_IN:
            return _way_in(first)
        case Name.CHECKS if first.is_running:
            return "under way"
        case Name.CHECKS if first.has_answers:
            return "AWS has answered"
        case Name.CHECKS if first.was_run:
            return "AWS was asked, and none of the checks could look"
        case Name.DECISIONS if 0 < facts.decided < DECISIONS:
            return f"{facts.decided} of {DECISIONS} made"
    return ""


def _checks(number: int) -> str:
    if not number:
        return ""
    return "1 check applies" if number == 1 else f"{number} checks apply"


def _way_in(first: First) -> str:
    if first.has_account:
        return "an account is chosen"
    if first.has_recording:
        return "a recording was brought"
    return "the credentials of this installation" if first.has_answers else ""
