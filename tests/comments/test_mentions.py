from __future__ import annotations

import pytest

from readiness.comments.mentions import mentioned, usernames
from readiness.models import Component
from tests import factory


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@editor, look", {"editor"}),
        ("Ask @a.b.", {"a.b.", "a.b"}),
        ("(@editor)", {"editor"}),
        ("@one@two", {"one@two"}),
        ("somebody@example.org", set()),
        ("@ nobody, @... neither", {"..."}),
        ("", set()),
    ],
)
def test_what_follows_an_at_sign_may_be_a_name(text, named):
    assert usernames(text) == named


class TestMentioned:
    def names(self, text):
        return [user.username for user in mentioned(text, Component.objects.get())]

    def test_are_members_and_superusers_only(self, people):
        boss = factory.make_user("boss")
        boss.is_superuser = True
        boss.save()

        assert self.names("@editor @stranger @nobody @boss @viewer.") == [
            "boss",
            "editor",
            "viewer",
        ]

    def test_is_everybody_where_everybody_may_read_it(self, people):
        Component.objects.update(visible_to_organisation=True)

        assert self.names("@stranger") == ["stranger"]

    def test_is_nobody_who_has_left(self, people):
        people["editor"].is_active = False
        people["editor"].save()

        assert self.names("@editor") == []
