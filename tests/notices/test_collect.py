from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.comments.actions import add_comment, withdraw_comment
from readiness.decisions.sharing import inherit
from readiness.models import (
    Component,
    Kind,
    Membership,
    Notice,
    NoticeSetting,
    Requirement,
    User,
)
from readiness.notices import causes
from readiness.notices.collect import collect
from tests import factory
from tests.factory import NOW, make_decision, make_result

LATE = NOW + timedelta(days=120)
BUCKETS = {"buckets": {"eu-west-1": "assets-eu"}}


def told(key="lapsed"):
    rows = Notice.objects.filter(kind=key).values_list("user__username", flat=True)
    return sorted(rows)


def refuse(component, criterion="c-0-0", **said):
    said = {"revisit_date": date(2027, 1, 31)} | said
    return make_decision(component, criterion, "wont_build", **said)


def test_whom_it_concerns_is_told_owner_and_author(people, component):
    refuse(component, by=people["editor"])
    Requirement.objects.filter(criterion__slug="c-0-0").update(owner=people["viewer"])

    collect(LATE)

    assert told() == ["editor", "viewer"]


@pytest.mark.parametrize("gone", ["left", "inactive"])
def test_what_nobody_left_owns_goes_to_approvers_and_admins(people, component, gone):
    refuse(component, by=people["editor"])
    if gone == "left":
        Membership.objects.filter(user=people["editor"]).delete()
    else:
        User.objects.filter(pk=people["editor"].pk).update(is_active=False)
        User.objects.filter(pk=people["admin"].pk).update(is_active=False)

    collect(LATE)

    assert told() == (["admin", "approver"] if gone == "left" else ["approver"])


def test_who_left_the_team_is_told_where_everybody_may_read(people, component):
    refuse(component, by=people["editor"])
    Membership.objects.filter(user=people["editor"]).delete()
    Component.objects.update(visible_to_organisation=True)

    collect(LATE)

    assert told() == ["editor"]


def test_collecting_again_or_elsewhere_at_once_writes_nothing_twice(people, component):
    refuse(component, by=people["editor"])

    for _ in range(3):
        collect(LATE)

    assert told() == ["editor"]
    assert NoticeSetting.objects.count() == 1


def test_a_cause_that_ends_and_comes_back_before_it_was_told_waits_again(people, component):
    refuse(component, by=people["editor"])
    collect(LATE)
    Component.objects.update(archived_at=NOW)
    collect(LATE)
    assert Notice.objects.get().channel == "settled"

    Component.objects.update(archived_at=None)
    collect(LATE)

    assert Notice.objects.get().channel == ""


def test_a_decision_made_anew_is_another_cause(people, component):
    refuse(component, by=people["editor"])
    collect(LATE)
    refuse(component, by=people["editor"], now=LATE, revisit_date=(LATE + timedelta(9)).date())

    collect(LATE + timedelta(days=10))

    assert told() == ["editor", "editor"]


@pytest.fixture
def checked(component, people):
    component.parameters = BUCKETS
    component.save()
    requirement = component.requirements.get(criterion__slug="c-0-0")
    factory.add_check(requirement, "s3.versioning")
    return requirement


def test_a_contradiction_is_told_once_for_each_time_it_happens(checked, component, people):
    make_decision(component, "c-0-0", "done", by=people["editor"])
    for hours, status in enumerate(["pass", "fail", "fail", "pass", "fail"], start=1):
        make_result(component, "s3.versioning", status, now=NOW + timedelta(hours=hours))
        collect(NOW + timedelta(hours=hours))

    assert told(Kind.CONTRADICTED) == ["editor", "editor"]
    text = Notice.objects.filter(kind=Kind.CONTRADICTED).first().text
    assert text == "Marked done on 20 November 2026, but: It says fail."


@pytest.mark.parametrize(
    ("outcome", "kind"), [("wont_build", Kind.OVERTAKEN), ("build", Kind.ARRIVED)]
)
def test_what_is_there_now_is_told_once_however_often_it_comes_and_goes(
    checked, component, people, outcome, kind
):
    make_decision(component, "c-0-0", outcome, by=people["editor"])
    for hours, status in enumerate(["fail", "pass", "fail", "pass"], start=1):
        make_result(component, "s3.versioning", status, now=NOW + timedelta(hours=hours))
        collect(NOW + timedelta(hours=hours))

    found = Notice.objects.get(kind=kind)
    assert found.at == NOW + timedelta(hours=2)
    assert found.text.endswith("It says pass.")


def test_a_refusal_that_a_trigger_brings_back_says_what_changed(people, component):
    refuse(component, by=people["editor"])
    fired = {"trigger": "incident", "at": NOW.isoformat(), "sentence": "An incident touched it."}
    Requirement.objects.filter(criterion__slug="c-0-0").update(standing="lapsed", fired=[fired])

    collect(NOW + timedelta(days=1))

    found = Notice.objects.get()
    assert found.text == "Refused on 20 November 2026, and since then: An incident touched it."
    assert (found.kind, found.at) == (Kind.LAPSED, NOW)


def test_what_follows_a_platform_is_told_of_its_own_account_and_not_of_the_platforms_dates(
    people, checked, component
):
    make_decision(component, "c-0-0", "done", by=people["viewer"])
    platform = factory.make_component(slug="logging", catalog=component.catalog, is_platform=True)
    component.platforms.add(platform)
    refuse(platform, by=people["editor"])
    inherit(
        component=component,
        criterion="c-0-0",
        platform=platform,
        seen=component.requirements.get(criterion__slug="c-0-0").head_decision_id,
        by=people["editor"],
        now=NOW,
    )

    collect(LATE)

    assert [each.component for each in Notice.objects.filter(kind=Kind.LAPSED)] == [platform]
    make_result(component, "s3.versioning", "pass", now=LATE)
    collect(LATE)
    assert [each.component for each in Notice.objects.filter(kind=Kind.OVERTAKEN)] == [component]


def test_a_source_is_one_line(people, component, monkeypatch):
    def approvals(now):
        yield causes.Cause(
            kind=Kind.PROPOSED,
            key="proposed/1",
            component_id=component.pk,
            requirement_id=None,
            at=now,
            text="A refusal waits for you.",
            path=component.get_absolute_url(),
            people=frozenset({people["approver"].pk}),
        )

    monkeypatch.setattr(causes, "SOURCES", [*causes.SOURCES, approvals])

    collect(NOW)

    assert told(Kind.PROPOSED) == ["approver"]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_what_is_due(
    people, component, number, django_assert_max_num_queries
):
    for each in range(number):
        refuse(component, f"c-0-{each}", by=people["editor"])

    with django_assert_max_num_queries(21):
        collect(LATE)

    assert len(told()) == number


def test_a_proposal_is_told_to_those_who_may_approve_it_but_not_to_its_author(people, component):
    high = {"likelihood": 5, "impact": 5, "revisit_date": date(2026, 12, 1)}
    make_decision(component, "c-0-0", "wont_build", by=people["approver"], approved=False, **high)

    collect(NOW)
    collect(LATE)

    assert told("proposed") == ["admin"]


def test_who_is_named_in_a_comment_is_told_and_nobody_else(people, component):
    requirement = Requirement.objects.get(criterion__slug="c-0-0")
    text = "See @viewer and @editor, please"
    comment = add_comment(requirement=requirement, text=text, by=people["editor"], now=NOW)

    collect(NOW)

    assert told("mentioned") == ["viewer"]
    withdraw_comment(comment=comment, by=people["editor"], now=NOW)
    assert list(causes.mentioned(NOW)) == []
    assert list(causes.mentioned(NOW + timedelta(days=31))) == []


def test_nobody_is_told_of_a_comment_in_place_of_who_was_named(people, component):
    requirement = Requirement.objects.get(criterion__slug="c-0-0")
    add_comment(requirement=requirement, text="See @viewer", by=people["editor"], now=NOW)
    Membership.objects.filter(user=people["viewer"]).delete()

    collect(NOW)

    assert told("mentioned") == []
