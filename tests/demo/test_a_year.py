"""A year over the demo: what has a date comes back on its day, and each person hears of it once."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from demo.data import load_demo
from readiness.decisions.actions import refresh_due_standings
from readiness.models import Channel, How, Notice, Requirement, User
from readiness.notices.actions import set_how
from readiness.notices.addresses import absolute
from readiness.notices.jobs import remind
from tests.factory import NOW

pytestmark = pytest.mark.one_database

START = NOW.replace(hour=9, minute=0)  # after the digests of the day
FIRST, LAST = START.date(), START.date() + timedelta(days=364)
LEADS = (14, 3)
ENDED = {"gap": "overdue", "accepted": "lapsed", "not_applicable": "lapsed"}
HOW = {"viewer": How.DAILY, "editor": How.DAILY, "approver": How.WEEKLY, "admin": How.IMMEDIATE}


@dataclass(frozen=True)
class Word:
    """What one person is to be told, and the days on which it holds."""

    user: User
    kind: str
    requirement: Requirement
    begins: date
    ends: date

    @property
    def told_on(self):
        """The first day with a mail for this person, None where it holds on no such day."""
        days = (self.begins + timedelta(days=n) for n in range((self.ends - self.begins).days + 1))
        weekly = HOW[self.user.username] == How.WEEKLY
        return next((day for day in days if not weekly or day.weekday() == 0), None)


def rows():
    return Requirement.objects.select_related(
        "criterion", "component", "current_decision", "inherits__current_decision",
        "proposed_decision",
    ).order_by("pk")  # fmt: skip


def end_of(requirement):
    """The last day of what stands on a requirement and is quiet; None where it has none."""
    decision = requirement.source.current_decision
    if decision is None or requirement.standing not in ENDED:
        return None
    return decision.due_date or decision.revisit_date


def words_of(requirement, users):
    """What the ledger of the first day says that people will hear of one requirement."""
    if waits := requirement.proposed_decision:
        for name in ("approver", "admin"):
            if users[name].pk != waits.decided_by_id:
                yield Word(users[name], "proposed", requirement, FIRST, LAST)
    decision = requirement.current_decision
    if requirement.inherits_id or decision is None:  # the platform's people hear of it
        return
    about = {requirement.owner_id, decision.owner_id, decision.decided_by_id}
    for kind, begins, ends in spans_of(requirement, decision):
        if max(begins, FIRST) <= min(ends, LAST):
            for user in (user for user in users.values() if user.pk in about):
                yield Word(user, kind, requirement, max(begins, FIRST), min(ends, LAST))


def spans_of(requirement, decision):
    """What there is to tell of a decision, with the first and the last day of each."""
    if requirement.standing in ENDED.values():
        yield requirement.standing, FIRST, LAST
    elif end := end_of(requirement):
        yield ENDED[requirement.standing], end + timedelta(days=1), LAST
        for lead, until in zip(LEADS, (LEADS[1] + 1, 0), strict=True):
            begins = end - timedelta(days=lead)
            if timezone.localdate(decision.decided_at) < begins:
                yield "due_soon", begins, end - timedelta(days=until)


def days_to_visit(ends):
    """Each day on which something may happen, the Mondays, and one in each seven besides."""
    year = [FIRST + timedelta(days=n) for n in range(365)]
    around = {end + timedelta(days=n) for end in ends for n in (-LEADS[0], -LEADS[1], 0, 1)}
    return [day for n, day in enumerate(year) if day in around or not day.weekday() or not n % 7]


def links_in(mail, links):
    return Counter(link for line in mail.body.splitlines() if (link := line.strip()) in links)


@pytest.fixture
def users(db, settings, time_machine):
    settings.EMAIL_IS_CONFIGURED = True
    time_machine.move_to(START, tick=False)
    load_demo({"buckets": ["assets"]}, now=START)
    users = {user.username: user for user in User.objects.filter(username__in=HOW)}
    for name, how in HOW.items():
        set_how(user=users[name], how=how, now=START - timedelta(days=1))
    return users


def live(days, time_machine, mailoutbox):
    """Run the jobs of each day, twice; yield the day and its mails."""
    for day in days:
        now = datetime.combine(day, START.timetz())
        time_machine.move_to(now, tick=False)
        mailoutbox.clear()
        for _ in range(2):
            refresh_due_standings()
            remind()
        yield day, list(mailoutbox)


def test_a_year_lapses_on_the_right_days_and_tells_each_person_once(
    users, time_machine, mailoutbox
):
    requirements = list(rows())
    words = [word for each in requirements for word in words_of(each, users)]
    ends = {each: end for each in requirements if (end := end_of(each))}
    within = {end for end in ends.values() if FIRST <= end < LAST}
    links = {absolute(each.get_absolute_url()) for each in requirements}
    before = {each.pk: each.standing for each in requirements}
    mailed: dict[tuple[date, str], Counter[str]] = {}

    for day, mails in live(days_to_visit(within), time_machine, mailoutbox):
        for mail in mails:
            [to] = mail.to
            assert (day, to) not in mailed
            if about := links_in(mail, links):  # else of a round, or of a drill that is planned
                mailed[day, to] = about
        expected = {
            each.pk: ENDED[each.standing] if each in ends and ends[each] < day else each.standing
            for each in requirements
        }
        assert dict(Requirement.objects.values_list("pk", "standing")) == expected

    assert before != expected
    said: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for word in words:
        if word.told_on:
            link = absolute(word.requirement.get_absolute_url())
            said[word.told_on, word.user.email][link] += 1
    assert mailed == said
    assert {word.kind for word in words} == {"proposed", "lapsed", "overdue", "due_soon"}
    assert_log_shows(words)


def assert_log_shows(words):
    """One row for each person and cause, with the day of its mail or that it came to nothing."""
    log = Notice.objects.filter(requirement__isnull=False).select_related("mail")
    assert Counter(
        (row.user_id, row.kind, row.requirement_id, row.sent_at and timezone.localdate(row.sent_at))
        for row in log
    ) == Counter((word.user.pk, word.kind, word.requirement.pk, word.told_on) for word in words)
    assert len({(row.key, row.user_id) for row in log}) == len(log)
    for row in log:
        assert row.channel == (Channel.MAIL if row.sent_at else Channel.SETTLED)
        if row.sent_at:
            assert (row.mail.user_id, row.mail.sent_at) == (row.user_id, row.sent_at)
            assert row.mail.attempts == 1
