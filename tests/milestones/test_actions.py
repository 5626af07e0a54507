from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, models, transaction

from readiness.milestones.actions import (
    AlreadyClosed,
    ConditionsUnclear,
    NameTaken,
    NothingToSign,
    ReportChanged,
    VerdictGiven,
    close_condition,
    freeze_report,
    give_verdict,
    sign,
)
from readiness.milestones.digest import Terms, milestone_digest, verdict_digest
from readiness.milestones.frozen import thaw
from readiness.milestones.queries import broken_milestones, last_go
from readiness.models import (
    ConditionClosing,
    Milestone,
    MilestoneCondition,
    MilestoneVerdict,
    VerdictKind,
)
from readiness.reports.data import report_data
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.factory import NOW


def verify():
    return call_command("verify_milestones")


def test_freezes_the_report_as_it_is(component, people):
    factory.make_decision(component, "c-0-0")
    then = report_data(build_gap_report(component, NOW))

    milestone = factory.make_milestone(component, by=people["editor"])
    factory.make_decision(component, "c-0-1")

    assert report_data(thaw(milestone.frozen)) == then
    assert milestone.report_digest == then["digest"]
    assert milestone.counts["done"] == [1, then["weights"]["done"]]
    assert verify() == "1 milestone, all as they were written."


def test_a_report_that_changed_since_it_was_seen_is_not_frozen(component, people):
    with pytest.raises(ReportChanged) as refused:
        freeze_report(component=component, name="A", seen="0" * 64, by=people["editor"], now=NOW)

    assert report_data(refused.value.report) == report_data(build_gap_report(component, NOW))
    assert not Milestone.objects.exists()


def test_a_name_is_taken_once_per_component(milestone, component, people):
    other = factory.make_component(slug="other")

    with pytest.raises(NameTaken):
        factory.make_milestone(component, by=people["editor"])

    assert factory.make_milestone(other, by=people["editor"]).name == milestone.name


def test_a_verdict_is_given_once(milestone, people):
    def go(by):
        return give_verdict(
            milestone=milestone, kind=VerdictKind.GO, reason=" Fine. ", by=people[by], now=NOW
        )

    assert go("approver").reason == "Fine."
    with pytest.raises(VerdictGiven):
        go("admin")
    assert MilestoneVerdict.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        (VerdictKind.CONDITIONS, []),
        (VerdictKind.GO, [Terms("This.", 1, date(2026, 12, 1))]),
        (VerdictKind.NO_GO, [Terms("This.", 1, date(2026, 12, 1))]),
    ],
)
def test_only_a_go_with_conditions_has_them(milestone, people, kind, conditions):
    with pytest.raises(ConditionsUnclear):
        give_verdict(
            milestone=milestone, kind=kind, reason="So.", conditions=conditions,
            by=people["approver"], now=NOW,
        )  # fmt: skip


def test_the_second_signature_is_another_approvers(milestone, conditional, people):
    with pytest.raises(NothingToSign):
        sign(milestone=milestone, reason="", by=people["approver"], now=NOW)

    second = sign(milestone=milestone, reason="I saw it.", by=people["admin"], now=NOW)

    assert (second.number, second.kind) == (2, "conditions")
    with pytest.raises(VerdictGiven):
        sign(milestone=milestone, reason="", by=factory.make_user("third"), now=NOW)
    assert list(broken_milestones()) == []


def test_without_a_verdict_there_is_nothing_to_sign(milestone, people):
    with pytest.raises(NothingToSign):
        sign(milestone=milestone, reason="", by=people["admin"], now=NOW)


def test_a_condition_is_closed_once(conditional, people):
    condition = conditional.conditions.first()
    close_condition(condition=condition, evidence=" Seen. ", by=people["editor"], now=NOW)

    with pytest.raises(AlreadyClosed):
        close_condition(condition=condition, evidence="Again.", by=people["admin"], now=NOW)

    assert [each.evidence for each in ConditionClosing.objects.all()] == ["Seen."]
    assert list(broken_milestones()) == []


@pytest.fixture
def complete(milestone, conditional, people):
    """Every kind of row of a milestone."""
    sign(milestone=milestone, reason="", by=people["admin"], now=NOW)
    for condition in conditional.conditions.all():
        close_condition(condition=condition, evidence="Seen.", by=people["editor"], now=NOW)
    return milestone


@pytest.mark.parametrize(
    "model", [Milestone, MilestoneVerdict, MilestoneCondition, ConditionClosing]
)
def test_the_database_refuses_to_change_or_delete(complete, model):
    field = {"MilestoneCondition": "text"}.get(model.__name__, "digest")
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        model.objects.update(**{field: "x"})
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("model", "values", "says"),
    [
        (Milestone, {"name": "After"}, "asset-router, After: the milestone was changed"),
        (Milestone, {"frozen": "{}"}, "the milestone was changed"),
        (Milestone, {"counts": {"done": [6, 18]}}, "the milestone was changed"),
        (Milestone, {"version": "9"}, "the milestone was changed"),
        (MilestoneVerdict, {"kind": "go"}, "verdict 1 was changed"),
        (MilestoneVerdict, {"reason": "x"}, "verdict 2 was changed"),
        (MilestoneCondition, {"due_date": "2027-01-01"}, "verdict 1 was changed"),
        (ConditionClosing, {"evidence": "x"}, "the closing of “Rehearse the failover.” was"),
    ],
)
@pytest.mark.usefixtures("complete", "unprotected")
def test_verify_names_what_was_changed(model, values, says):
    model.objects.update(**values)

    with pytest.raises(CommandError, match=says):
        verify()


def other_value(field, kept, people):
    match field:
        case models.ForeignKey(name="component"):
            return factory.make_component(slug="other").pk
        case models.ForeignKey():
            return next(each.pk for each in people.values() if each.pk != kept)
        case models.DateTimeField() | models.DateField():
            return kept + timedelta(days=1)
        case models.IntegerField():
            return kept + 7
        case models.JSONField():
            return {}
    return f"x{kept[1:]}"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (model, field.name)
        for model in (Milestone, MilestoneVerdict, MilestoneCondition, ConditionClosing)
        for field in model._meta.concrete_fields
        # Whose these are is what follows from the digests of others.
        if field.name not in ("id", "milestone", "verdict", "condition")
    ],
)
@pytest.mark.usefixtures("complete", "unprotected")
def test_verify_finds_a_change_of_any_column(model, name, people):
    row = model.objects.order_by("-pk").first()
    field = model._meta.get_field(name)
    value = other_value(field, getattr(row, field.attname), people)

    model.objects.filter(pk=row.pk).update(**{name: value})

    assert list(broken_milestones()) != []


@pytest.mark.usefixtures("unprotected")
def test_verify_finds_what_was_put_below_something_else(complete, people, component):
    other = factory.make_milestone(component, by=people["editor"], name="Other")
    first, last = ConditionClosing.objects.order_by("pk")

    with transaction.atomic():
        kept = transaction.savepoint()
        MilestoneVerdict.objects.update(milestone=other)
        moved = [each.problem for each in broken_milestones()]
        transaction.savepoint_rollback(kept)
        ConditionClosing.objects.filter(pk=first.pk).delete()
        ConditionClosing.objects.filter(pk=last.pk).update(condition=first.condition_id)

    assert moved == [f"verdict {n} was changed after it was written" for n in (1, 2)]
    assert [each.problem for each in broken_milestones()] == [
        f"the closing of “{first.condition}” was changed"
    ]


@pytest.mark.usefixtures("unprotected")
def test_a_digest_that_was_made_anew_breaks_what_follows(complete):
    first = complete.verdicts.get(number=1)
    terms = [Terms(each.text, each.owner_id, each.due_date) for each in first.conditions.all()]
    first.reason = "Other."
    digest = verdict_digest(first, terms, "")

    MilestoneVerdict.objects.filter(pk=first.pk).update(reason="Other.", digest=digest)
    after_a_verdict = {each.problem for each in broken_milestones()}
    complete.name = "Other"
    complete.digest = milestone_digest(complete)
    Milestone.objects.update(name="Other", digest=complete.digest)
    after_a_milestone = {each.problem for each in broken_milestones()}

    closings = {f"the closing of “{each.text}” was changed" for each in terms}
    assert after_a_verdict == {"verdict 2 was changed after it was written"} | closings
    assert after_a_milestone == after_a_verdict | {"verdict 1 was changed after it was written"}


def test_conditions_that_say_the_same_of_two_owners_hold(milestone, people):
    """Their order is as they were given, whoever they are."""
    for turn in (1, -1):
        owners = [people[each].pk for each in ("editor", "approver", "admin")][::turn]
        milestone = factory.make_milestone(
            milestone.component, by=people["editor"], name=f"Turn {turn}"
        )
        give_verdict(
            milestone=milestone, kind=VerdictKind.CONDITIONS, reason="So.",
            conditions=[Terms("The same.", pk, date(2026, 12, 1)) for pk in owners],
            by=people["approver"], now=NOW,
        )  # fmt: skip

    assert list(broken_milestones()) == []


@pytest.mark.usefixtures("complete", "unprotected")
def test_verify_names_each_that_is_broken(component, people):
    factory.make_milestone(component, by=people["editor"], name="Annual review")
    Milestone.objects.update(version="9")

    with pytest.raises(CommandError, match="cut-over: the milestone.*\n.*review: the milestone"):
        verify()


@pytest.mark.usefixtures("complete", "unprotected")
def test_verify_misses_a_verdict_and_a_condition_that_are_gone():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM readiness_conditionclosing")
    MilestoneCondition.objects.filter(text__startswith="Alarm").delete()

    assert [each.problem for each in broken_milestones()] == [
        "verdict 1 was changed after it was written",
    ]


def test_last_go_is_of_the_newest_milestone_that_was_judged(people, component):
    approver, admin = people["approver"], people["admin"]
    assert last_go(component) is None
    first = factory.make_milestone(component, by=approver)
    assert last_go(component) is None

    give_verdict(
        milestone=first, kind=VerdictKind.GO, reason="", conditions=(), by=approver, now=NOW
    )
    factory.make_milestone(component, by=approver, name="Later", now=NOW + timedelta(days=2))
    assert last_go(component) == NOW

    bad = factory.make_milestone(component, by=approver, name="Bad", now=NOW + timedelta(days=3))
    give_verdict(
        milestone=bad, kind=VerdictKind.NO_GO, reason="No.", conditions=(), by=admin, now=NOW
    )
    assert last_go(component) is None
