from __future__ import annotations

import pytest

from readiness.accounts import actions
from readiness.aws.connection_test import Outcome, Report, Row
from readiness.models import (
    AccountGrant,
    AccountTest,
    AccountWay,
    AwsAccount,
    Component,
    JobState,
    Role,
)
from tests import factory
from tests.factory import NOW, ROLE_ARN

ACCOUNT = "/accounts/edge-delivery/"
MISSING = Report(
    account_id="123456789012",
    arn="arn:aws:sts::123456789012:assumed-role/readiness/readiness",
    rows=(
        Row("logs:DescribeLogGroups", Outcome.REFUSED, "AWS refused it.", ("eu-west-1",)),
        Row("s3:GetBucketVersioning", Outcome.WORKS, "", ("us-east-1",)),
    ),
    untried=("sns:ListSubscriptionsByTopic",),
)


@pytest.fixture
def account(component, people):
    return factory.make_account(team=component.team, by=people["admin"])


@pytest.fixture
def grant(account):
    return account.grants.get()


@pytest.fixture
def other(account, people):
    """A team with an admin of its own, to which the account is granted."""
    team = factory.make_team("other")
    factory.make_user("guest", team=team, role=Role.ADMIN)
    people["guest"] = team.members.get()
    return actions.grant_account(account=account, team=team, by=people["admin"], now=NOW)


def text_of(response):
    return response.content.decode()


def make_test(grant, report):
    return AccountTest.objects.create(
        grant=grant,
        requested_at=NOW,
        finished_at=NOW,
        state=JobState.FINISHED,
        report=report.as_json(),
    )


def choose(component, user, **by_service):
    actions.set_component_accounts(
        component=component,
        by_service={name.removeprefix("everything"): each for name, each in by_service.items()},
        version=component.version,
        by=user,
        now=NOW,
    )


class TestAccountList:
    def test_leads_on_where_there_is_none(self, login, component):
        assert "Add the first account" in text_of(login("admin").get("/accounts/"))
        viewer = text_of(login("viewer").get("/accounts/"))
        assert "No AWS account yet" in viewer
        assert "/accounts/new/" not in viewer

    def test_has_what_my_teams_own_or_were_granted(self, login, account, other):
        factory.make_account(name="Foreign", team=factory.make_team("foreign"))

        for name in ("viewer", "guest"):
            page = text_of(login(name).get("/accounts/"))
            assert ("Edge delivery" in page, "Foreign" in page) == (True, False)
        assert "Edge delivery" not in text_of(login("stranger").get("/accounts/"))

    def test_says_how_the_last_test_of_my_own_grant_went(self, login, grant, other):
        make_test(grant, MISSING)

        assert "1 permission missing" in text_of(login("viewer").get("/accounts/"))
        assert "not tested yet" in text_of(login("guest").get("/accounts/"))

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_nine_queries_however_many(
        self, login, component, number, django_assert_num_queries
    ):
        for n in range(number):
            made = factory.make_account(name=f"Account {n:02}", team=component.team)
            make_test(made.grants.get(), MISSING)
        viewer = login("viewer")

        with django_assert_num_queries(9):
            response = viewer.get("/accounts/")

        assert response.context["page"].paginator.count == number
        assert all(row.test for row in response.context["rows"])

    def test_archived_ones_have_a_list_of_their_own(self, login, account):
        actions.archive_account(account=account, now=NOW)

        assert "Edge delivery" not in text_of(login("viewer").get("/accounts/"))
        assert "Edge delivery" in text_of(login("viewer").get("/accounts/?archived=1"))


class TestAccountCreate:
    def post(self, client, component, **sent):
        values = {"name": "Edge", "team": component.team.pk, "role_arn": ROLE_ARN}
        return client.post("/accounts/new/", values | sent)

    def test_reads_partition_and_account_from_the_arn(self, login, component):
        arn = "arn:aws-cn:iam::210987654321:role/readiness"

        response = self.post(login("admin"), component, role_arn=arn)

        made = AwsAccount.objects.get()
        assert response["Location"] == "/accounts/edge/"
        assert (made.partition, made.account_id, made.way) == ("aws-cn", "210987654321", "role")
        assert made.grants.get().team == component.team

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"role_arn": "arn:aws:iam::1:role/x"}, "twelve digits"),
            ({"role_arn": ""}, "twelve digits"),
            ({"name": "!?"}, "Use at least one letter or digit."),
            ({"name": ""}, "This field is required."),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, login, component, sent, says):
        response = self.post(login("admin"), component, **sent)

        assert (response.status_code, says in text_of(response)) == (422, True)
        assert AwsAccount.objects.count() == 0

    def test_refuses_a_name_that_is_taken(self, login, account, component):
        response = self.post(login("admin"), component, name="Edge delivery")

        assert "There is an account of this name already." in text_of(response)

    def test_refuses_a_team_of_others(self, login, component):
        foreign = factory.make_team("foreign")

        assert self.post(login("admin"), component, team=foreign.pk).status_code == 422

    def test_ways_of_the_installation_are_its_operator_s(self, login, component, people):
        self.post(login("admin"), component, way="profile", profile="root")
        assert AwsAccount.objects.get().way == AccountWay.ROLE

        people["admin"].is_superuser = True
        people["admin"].save()
        self.post(login("admin"), component, name="P", way="profile", profile="audit", role_arn="x")
        self.post(login("admin"), component, name="D", way="default", partition="aws-us-gov")

        profile, default = AwsAccount.objects.get(name="P"), AwsAccount.objects.get(name="D")
        assert (profile.profile, profile.role_arn, profile.account_id) == ("audit", "", "")
        assert (default.way, default.partition) == ("default", "aws-us-gov")

    def test_refuses_a_profile_that_is_no_name(self, login, component, people):
        people["admin"].is_superuser = True
        people["admin"].save()

        response = self.post(login("admin"), component, way="profile", profile="a b\n[x]")

        assert "letters, digits and _" in text_of(response)


class TestAccountEdit:
    def test_changes_what_was_typed(self, login, account):
        moved = "arn:aws:iam::210987654321:role/other"

        response = login("admin").post(
            f"{ACCOUNT}edit/", {"name": "Moved", "role_arn": moved, "version": 1}
        )

        account.refresh_from_db()
        assert response.status_code == 302
        assert (account.name, account.account_id, account.version) == ("Moved", "210987654321", 2)

    def test_shows_both_when_two_edit(self, login, account):
        actions.edit_account(account=account, values={"name": "Theirs"}, version=1)

        response = login("admin").post(
            f"{ACCOUNT}edit/", {"name": "Mine", "role_arn": ROLE_ARN, "version": 1}
        )

        assert response.status_code == 409
        assert "now: Theirs" in text_of(response)
        assert 'value="Mine"' in text_of(response)
        assert 'name="version" value="2"' in text_of(response)

    def test_leaves_the_way_of_the_installation_to_its_operator(self, login, account):
        AwsAccount.objects.update(way=AccountWay.PROFILE, profile="audit", role_arn="")

        login("admin").post(
            f"{ACCOUNT}edit/",
            {"name": "N", "way": "default", "profile": "root", "role_arn": "x", "version": 1},
        )

        account.refresh_from_db()
        assert (account.name, account.way, account.profile) == ("N", "profile", "audit")


class TestAccountDetail:
    def test_names_who_uses_it_and_what_a_revocation_would_stop(self, login, account, component):
        choose(component, account.created_by, everything=account)

        page = text_of(login("admin").get(ACCOUNT))

        assert "Checks of Asset router could not look any more." in page

    def test_names_components_that_lost_it(self, login, account, grant, component):
        choose(component, account.created_by, everything=account)
        actions.revoke_grant(grant=grant)

        page = text_of(login("viewer").get(ACCOUNT))

        assert "<b>Asset router</b> chooses this account, and may not use it" in page

    def test_a_granted_team_sees_its_own_grant_only(self, login, account, other):
        page = text_of(login("guest").get(ACCOUNT))

        assert ("Other team" in page, "Set up and test for Edge team" in page) == (True, False)
        assert login("guest").get(f"{ACCOUNT}edit/").status_code == 403

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_as_many_queries_however_many_grants(
        self, login, account, number, django_assert_num_queries
    ):
        make_test(account.grants.get(), MISSING)
        for n in range(number - 1):
            team = factory.make_team(f"team-{n}")
            made = actions.grant_account(account=account, team=team, by=account.created_by, now=NOW)
            make_test(made, MISSING)
        viewer = login("viewer")

        with django_assert_num_queries(12):
            response = viewer.get(ACCOUNT)

        assert len(response.context["rows"]) == number


class TestAccountArchive:
    def test_names_who_would_lose_it(self, login, account, component):
        choose(component, account.created_by, everything=account)

        response = login("admin").post(f"{ACCOUNT}archive/", follow=True)

        assert "Asset router would lose it" in text_of(response)
        assert AwsAccount.objects.get().archived_at is None

    def test_an_archived_account_is_read_and_restored_and_nothing_else(self, login, account, grant):
        admin = login("admin")
        admin.post(f"{ACCOUNT}archive/")

        assert "This account is archived" in text_of(admin.get(ACCOUNT))
        assert admin.post(f"{ACCOUNT}grants/{grant.pk}/test/").status_code == 403
        admin.post(f"{ACCOUNT}restore/")
        assert AwsAccount.objects.get().archived_at is None


class TestAccountGrant:
    def test_add_and_revoke(self, login, account):
        team = factory.make_team("other")
        admin = login("admin")

        admin.post(f"{ACCOUNT}grants/", {"team": team.pk})
        made = AccountGrant.objects.get(team=team)
        admin.post(f"{ACCOUNT}grants/{made.pk}/revoke/")

        assert not AccountGrant.objects.filter(team=team).exists()

    def test_a_team_that_has_it_cannot_be_chosen_again(self, login, account):
        response = login("admin").post(f"{ACCOUNT}grants/", {"team": account.team.pk})

        assert response.status_code == 422

    def test_somebody_else_s_grant_is_404(self, login, account, grant, other):
        assert login("guest").get(f"{ACCOUNT}grants/{grant.pk}/").status_code == 404
        assert login("guest").get(f"{ACCOUNT}grants/{other.pk}/").status_code == 200

    def test_the_external_id_is_on_the_screen_exactly_once(self, login, account, grant):
        admin, url = login("admin"), f"{ACCOUNT}grants/{grant.pk}/"

        before = text_of(admin.get(url))
        shown = text_of(admin.post(f"{url}show/"))
        again = text_of(admin.post(f"{url}show/", follow=True))
        after = text_of(admin.get(url))

        assert [grant.external_id in page for page in (before, shown, again, after)] == [
            False,
            True,
            False,
            False,
        ]
        assert "sts:SetSourceIdentity" in before
        assert "was shown before" in again

    def test_no_cache_keeps_the_page_with_the_external_id(self, login, account, grant):
        response = login("admin").post(f"{ACCOUNT}grants/{grant.pk}/show/")

        assert "no-store" in response["Cache-Control"]
        assert 'hx-history="false"' in text_of(response)

    def test_a_new_external_id_can_be_made(self, login, account, grant):
        admin, url = login("admin"), f"{ACCOUNT}grants/{grant.pk}/"
        admin.post(f"{url}show/")

        admin.post(f"{url}rotate/")

        shown = text_of(admin.post(f"{url}show/"))
        new = AccountGrant.objects.get(pk=grant.pk).external_id
        assert (new in shown, new != grant.external_id) == (True, True)

    def test_the_role_serves_all_teams_that_share_it(self, login, account, grant, other):
        Component.objects.update(parameters={"buckets": {"eu-west-1": "files-eu"}})
        url = f"{ACCOUNT}grants/{grant.pk}/"
        alone = login("admin").get(url).context["cloudformation"]
        router = {"function_name": "router", "edge_regions": ["eu-west-1"]}
        factory.make_component(slug="router", team=other.team, parameters=router)

        both = login("admin").get(url).context["cloudformation"]

        action = "logs:DescribeLogGroups"
        assert (action in alone, action in both) == (False, True)
        assert "s3:GetBucketVersioning" in both

    def test_other_ways_show_the_policy_that_their_credentials_need(self, login, account, grant):
        AwsAccount.objects.update(way=AccountWay.PROFILE, profile="audit", role_arn="")

        page = text_of(login("admin").get(f"{ACCOUNT}grants/{grant.pk}/"))

        assert ("IAM policy" in page, "CloudFormation" in page) == (True, False)
        assert "External id" not in page


class TestAccountTest:
    def test_start_and_look(self, login, account, grant):
        url = f"{ACCOUNT}grants/{grant.pk}/"

        response = login("admin").post(f"{url}test/")

        assert response["Location"] == url
        assert "Waiting for a worker" in text_of(login("viewer").get(url))

    def test_says_what_works_and_what_is_missing(self, login, account, grant):
        make_test(grant, MISSING)

        page = text_of(login("viewer").get(f"{ACCOUNT}grants/{grant.pk}/"))

        assert "1 permission missing" in page
        assert "<pre>logs:DescribeLogGroups\n</pre>" in page
        assert "sns:ListSubscriptionsByTopic" in page
        assert "Test again" not in page

    def test_says_when_it_led_to_another_account(self, login, account, grant):
        make_test(grant, Report(account_id="210987654321", arn="arn:aws:sts::210987654321:x"))

        page = text_of(login("viewer").get(f"{ACCOUNT}grants/{grant.pk}/"))

        assert "This is another account than 123456789012." in page

    def test_says_why_there_is_no_way_in(self, login, account, grant):
        make_test(grant, Report(problem="We cannot assume it."))

        page = text_of(login("viewer").get(f"{ACCOUNT}grants/{grant.pk}/"))

        assert "We cannot assume it." in page

    def test_cancel(self, login, account, grant, people):
        test = actions.request_test(grant=grant, by=people["admin"], now=NOW)

        login("admin").post(f"{ACCOUNT}tests/{test.pk}/cancel/")

        test.refresh_from_db()
        assert test.state == JobState.CANCELLED

    def test_the_poll_gets_the_test_alone(self, login, account, grant):
        make_test(grant, MISSING)

        part = login("viewer").get(
            f"{ACCOUNT}grants/{grant.pk}/",
            headers={"HX-Request": "true", "HX-Target": "account-test"},
        )

        assert text_of(part).strip().startswith('<div id="account-test"')
        assert "CloudFormation" not in text_of(part)


class TestComponentAccounts:
    URL = "/components/asset-router/accounts/"

    def test_chooses_one_for_everything_and_another_for_a_service(self, editor, account, component):
        buckets = factory.make_account(name="Buckets", team=component.team)

        response = editor.post(
            self.URL, {"everything": account.pk, "service_s3": buckets.pk, "version": 1}
        )

        assert response["Location"] == "/components/asset-router/edit/"
        assert dict(component.accounts.values_list("service", "account")) == {
            "": account.pk,
            "s3": buckets.pk,
        }
        assert "selected>Buckets</option>" in text_of(editor.get(self.URL))

    def test_offers_granted_accounts_only(self, editor, account, component):
        foreign = factory.make_account(name="Foreign", team=factory.make_team("foreign"))

        assert "Foreign" not in text_of(editor.get(self.URL))
        response = editor.post(self.URL, {"everything": foreign.pk, "version": 1})
        assert response.status_code == 422
        assert component.accounts.count() == 0

    def test_a_service_alone_leaves_the_others_without_an_account(self, editor, account):
        response = editor.post(self.URL, {"service_s3": account.pk, "version": 1})

        assert "Choose one for every service, too" in text_of(response)

    def test_two_who_choose_at_once(self, editor, account, component):
        choose(component, account.created_by, everything=account)

        response = editor.post(self.URL, {"everything": "", "version": 1})

        assert (response.status_code, component.accounts.count()) == (409, 1)
        assert 'name="version" value="2"' in text_of(response)

    def test_says_what_was_taken_away(self, editor, account, grant, component):
        choose(component, account.created_by, everything=account)
        actions.revoke_grant(grant=grant)

        assert "may not use Edge delivery any more" in text_of(editor.get(self.URL))

    def test_leads_on_where_nothing_was_granted(self, editor):
        assert "may not use any AWS account yet" in text_of(editor.get(self.URL))
