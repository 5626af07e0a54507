from __future__ import annotations

import pytest

from readiness.accounts import actions
from readiness.components.actions import EditConflict
from readiness.models import AccountGrant, AccountTest, AwsAccount, Component, Role
from tests import factory
from tests.factory import NOW


@pytest.fixture
def account(component):
    return factory.make_account(team=component.team)


@pytest.fixture
def user(account):
    return factory.make_user("admin", team=account.team, role=Role.ADMIN)


def choose(component, by, version=1, **by_service):
    actions.set_component_accounts(
        component=component,
        by_service={name.removeprefix("everything"): each for name, each in by_service.items()},
        version=version,
        by=by,
        now=NOW,
    )


def chosen(component):
    return dict(component.accounts.values_list("service", "account__name"))


def test_a_new_account_is_granted_to_the_team_that_looks_after_it(account):
    grant = account.grants.get()

    assert (grant.team, grant.shown_at) == (account.team, None)
    assert account.slug == "edge-delivery"


def test_names_that_read_alike_have_slugs_of_their_own(account):
    assert factory.make_account(name="Edge, delivery!").slug == "edge-delivery-2"


def test_each_team_has_an_external_id_of_its_own_that_sts_takes(account, user):
    other = actions.grant_account(
        account=account, team=factory.make_team("other"), by=user, now=NOW
    )

    assert len(set(AccountGrant.objects.values_list("external_id", flat=True))) == 2
    assert 32 <= len(other.external_id) <= 64
    assert other.external_id.replace("-", "").replace("_", "").isalnum()


def test_granting_again_changes_nothing(account, user):
    before = account.grants.get().external_id

    again = actions.grant_account(account=account, team=account.team, by=user, now=NOW)

    assert again.external_id == before


def test_an_external_id_is_shown_once(account):
    grant = account.grants.get()

    assert actions.show_external_id(grant=grant, now=NOW) == grant.external_id
    with pytest.raises(actions.AlreadyShown):
        actions.show_external_id(grant=grant, now=NOW)


def test_a_new_external_id_is_another_and_is_shown_once_again(account):
    grant = account.grants.get()
    actions.show_external_id(grant=grant, now=NOW)

    actions.rotate_external_id(grant=grant)

    assert actions.show_external_id(grant=grant, now=NOW) != grant.external_id


def test_two_who_edit_at_once(account):
    actions.edit_account(account=account, values={"name": "Mine"}, version=1)

    with pytest.raises(EditConflict) as lost:
        actions.edit_account(account=account, values={"name": "Theirs"}, version=1)

    assert lost.value.current.name == AwsAccount.objects.get().name == "Mine"


def test_an_account_in_use_is_not_archived(account, component, user):
    choose(component, user, everything=account)

    with pytest.raises(actions.InUse, match="Asset router would lose it"):
        actions.archive_account(account=account, now=NOW)

    component.archived_at = NOW
    component.save()
    actions.archive_account(account=account, now=NOW)
    assert AwsAccount.objects.get().archived_at == NOW
    actions.restore_account(account=account)
    assert AwsAccount.objects.get().archived_at is None


def test_a_component_spans_accounts(account, component, user):
    choose(component, user, everything=account, s3=factory.make_account(name="Buckets"))

    assert chosen(component) == {"": "Edge delivery", "s3": "Buckets"}


def test_choosing_replaces_what_was_chosen(account, component, user):
    choose(component, user, everything=account, s3=account)

    choose(component, user, version=2)

    assert chosen(component) == {}


def test_only_granted_accounts_can_be_chosen(account, component, user):
    strange = factory.make_account(name="Strange", team=factory.make_team("other"))
    archived = factory.make_account(name="Archived")
    actions.archive_account(account=archived, now=NOW)
    archived.refresh_from_db()

    for refused in (strange, archived):
        with pytest.raises(actions.NotGranted, match=f"Edge team may not use {refused}"):
            choose(component, user, everything=account, s3=refused)

    assert chosen(component) == {}
    assert Component.objects.get().version == 1


def test_two_who_choose_at_once(account, component, user):
    choose(component, user, everything=account)

    with pytest.raises(EditConflict):
        choose(component, user, s3=account)

    assert chosen(component) == {"": "Edge delivery"}


def test_a_second_test_joins_the_first(account, user):
    grant = account.grants.get()

    first = actions.request_test(grant=grant, by=user, now=NOW)

    assert actions.request_test(grant=grant, by=user, now=NOW) == first
    assert AccountTest.objects.count() == 1
