"""Two people at the same moment, on the criteria that a component has for itself."""

from __future__ import annotations

import pytest

from readiness.catalog.own import actions
from readiness.catalog.proposals.actions import AlreadyProposed
from readiness.components.actions import EditConflict as RowConflict
from readiness.components.actions import edit_requirement
from readiness.models import Criterion, CriterionProposal
from tests import factory
from tests.decisions.test_races import MANY, at_once
from tests.factory import NOW

pytestmark = pytest.mark.django_db(transaction=True)
SAID = ("topic", "title", "question", "why", "evidence")


@pytest.fixture
def component():
    factory.make_user("somebody")
    return factory.make_component()


def raced(number, act, *refusals):
    """Return what each of `act(0)`, `act(1)` ... brought, None for who was told of another."""

    def run(n):
        try:
            return act(n)
        except refusals:
            return None

    return at_once(number, run)


def edited(own, seen, **values):
    said = {name: getattr(own, name) for name in SAID} | {"weight": 3} | values
    by = factory.make_user()
    return actions.edit_own_criterion(criterion=own, values=said, seen=seen, by=by, now=NOW)


def test_of_many_who_add_the_same_title_one_is_kept_and_the_others_are_told(component):
    def act(n):
        return factory.make_own_criterion(component, "Fed" if n % 2 else "FED")

    brought = raced(MANY, act, actions.TitleTaken)

    kept = component.own_criteria.get()
    assert [each for each in brought if each] == [kept]
    assert (kept.revisions.count(), kept.requirements.count()) == (1, 1)


def test_of_many_who_add_others_each_is_kept_in_a_place_of_its_own(component):
    # All of them come to the same address, but for a number behind it.
    raced(MANY, lambda n: factory.make_own_criterion(component, f"Fed {'!' * n}"))

    kept = component.own_criteria
    assert kept.values("slug").distinct().count() == MANY
    assert kept.values("position").distinct().count() == MANY


def test_of_many_who_edit_at_once_one_is_kept_and_the_others_see_it(component):
    own = factory.make_own_criterion(component)
    seen = actions.fingerprint(own)

    def act(n):
        return edited(own, seen, why=f"Says {n}.")

    brought = raced(MANY, act, actions.EditConflict)

    kept = Criterion.objects.get(pk=own.pk)
    assert [each.why for each in brought if each] == [kept.why]
    assert (kept.revision, kept.revisions.count()) == (2, 2)


def test_an_edit_and_its_rows_edit_lose_neither_weight(component):
    own = factory.make_own_criterion(component)
    seen, row, by = actions.fingerprint(own), own.requirements.get(), factory.make_user()

    def act(n):
        if not n:
            return edited(own, seen, weight=1).weight
        try:
            return edit_requirement(requirement=row, values={"weight": 5}, version=1, by=by).weight
        except RowConflict:
            return None

    # Never with the row's refusal, which the form knows nothing of.
    brought = raced(2, act, actions.EditConflict)

    (kept,) = {each for each in brought if each}
    assert own.requirements.get().weight == kept


def test_of_a_retired_one_and_a_new_one_of_its_title_one_counts(component):
    own = factory.make_own_criterion(component, "Fed")
    actions.retire_own_criterion(criterion=own, now=NOW)

    def act(n):
        if n:
            return factory.make_own_criterion(component, "Fed")
        return actions.bring_back_own_criterion(criterion=own)

    raced(2, act, actions.TitleTaken)

    assert component.own_criteria.filter(retired_at=None).count() == 1


def test_of_many_who_propose_the_same_one_waits(component):
    raced(MANY, lambda n: factory.make_proposal(component, "Fed"), AlreadyProposed)

    assert CriterionProposal.objects.count() == 1
