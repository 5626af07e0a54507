from __future__ import annotations

import pytest

from readiness.models import Membership, Role
from tests import factory

TEAM = "/teams/edge/"


def role_of(username):
    found = Membership.objects.filter(team__slug="edge", user__username=username)
    return found.values_list("role", flat=True).first()


class TestTeamCreate:
    @pytest.fixture
    def root(self, login, people):
        people["stranger"].is_superuser = True
        people["stranger"].save()
        return login("stranger")

    def test_makes_a_team_whose_first_admin_one_is(self, root):
        response = root.post("/teams/new/", {"name": " Platform team "})

        made = Membership.objects.get(team__name="Platform team")
        assert response["Location"] == "/teams/platform-team/"
        assert (made.user.username, made.role) == ("stranger", Role.ADMIN)

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("", "This field is required."),
            ("!!!", "Use at least one letter or digit."),
            ("Edge team", "There is a team called Edge team already."),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, root, name, says):
        response = root.post("/teams/new/", {"name": name})

        assert (response.status_code, says in response.content.decode()) == (422, True)

    def test_gives_no_team_the_address_of_the_form(self, root):
        assert root.post("/teams/new/", {"name": "New"})["Location"] == "/teams/new-2/"

    def test_is_for_who_runs_the_installation(self, login):
        response = login("admin").post("/teams/new/", {"name": "Mine"})

        assert response.status_code == 403
        assert not Membership.objects.filter(team__name="Mine").exists()
        assert "/teams/new/" not in login("admin").get("/teams/").content.decode()


class TestMemberAdd:
    @pytest.mark.parametrize("who", ["stranger", "STRANGER@example.org"])
    def test_takes_user_name_or_e_mail(self, login, who):
        login("admin").post(f"{TEAM}members/", {"who": who, "role": 2})

        assert role_of("stranger") == Role.EDITOR

    @pytest.mark.parametrize(
        ("who", "says"),
        [
            ("nobody", "Nobody with an account is called that."),
            ("twin@example.org", "Several people have this e-mail"),
        ],
    )
    def test_says_when_it_cannot_tell_who_is_meant(self, login, who, says):
        for name in ("a", "b"):
            user = factory.make_user(name)
            user.email = "twin@example.org"
            user.save()

        response = login("admin").post(f"{TEAM}members/", {"who": who, "role": 2})

        assert (response.status_code, says in response.content.decode()) == (422, True)
        assert f'value="{who}"' in response.content.decode()


class TestMemberUpdate:
    def test_gives_another_role(self, login, people):
        login("admin").post(f"{TEAM}members/{people['viewer'].pk}/", {"role": 3})

        assert role_of("viewer") == Role.APPROVER

    def test_leaves_the_team_an_admin(self, login, people):
        admin = login("admin")

        response = admin.post(f"{TEAM}members/{people['admin'].pk}/", {"role": 1}, follow=True)

        assert role_of("admin") == Role.ADMIN
        assert "is the only admin of Edge team" in response.content.decode()

    def test_refuses_a_role_nobody_knows(self, login, people):
        response = login("admin").post(f"{TEAM}members/{people['viewer'].pk}/", {"role": 9})

        assert (response.status_code, role_of("viewer")) == (422, Role.VIEWER)


class TestMemberRemove:
    def test_takes_the_rights_and_leaves_the_decisions(self, login, people, component):
        factory.make_decision(component, "c-0-0", by=people["editor"])

        login("admin").post(f"{TEAM}members/{people['editor'].pk}/remove/")

        assert role_of("editor") is None
        assert login("editor").get("/components/asset-router/").status_code == 404
        assert (
            "Editor"
            in login("viewer").get("/components/asset-router/requirements/c-0-0/").content.decode()
        )

    def test_leaves_the_team_an_admin(self, login, people):
        login("admin").post(f"{TEAM}members/{people['admin'].pk}/remove/")

        assert role_of("admin") == Role.ADMIN

    def test_of_somebody_else_s_team_is_404(self, login, people):
        response = login("admin").post(f"{TEAM}members/{people['stranger'].pk}/remove/")

        assert response.status_code == 404


def test_team_detail_has_no_forms_for_others_than_admins(login):
    assert "<select" in login("admin").get(TEAM).content.decode()
    assert "<select" not in login("editor").get(TEAM).content.decode()
