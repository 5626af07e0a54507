from __future__ import annotations

import pytest

from readiness.comments.actions import add_comment
from readiness.models import Comment, Requirement
from tests import factory
from tests.factory import NOW

URL = "/components/asset-router/requirements/c-0-0/comments/"
HTMX = {"HX-Request": "true", "HX-Target": "comments--c-0-0"}
pytestmark = pytest.mark.usefixtures("people")


def said(people, text, who="editor"):
    requirement = Requirement.objects.get(criterion__slug="c-0-0")
    return add_comment(requirement=requirement, text=text, by=people[who], now=NOW)


class TestCommentAdd:
    def test_appends_and_remembers_whom_it_names(self, editor, people):
        response = editor.post(f"{URL}add/", {"text": " @viewer and @stranger, look.\r\nNow. "})

        assert response["Location"] == URL
        comment = Comment.objects.get()
        assert (comment.text, comment.author) == (
            "@viewer and @stranger, look.\nNow.",
            people["editor"],
        )
        assert list(comment.mentions.all()) == [people["viewer"]]
        html = editor.get(URL).content.decode()
        assert "<strong>@viewer</strong> and @stranger, look." in html
        assert "To Viewer" in html

    def test_is_the_part_of_the_open_row_for_htmx(self, editor):
        response = editor.post(f"{URL}add/", {"text": "So it is."}, headers=HTMX)

        assert response.content.decode().strip().startswith('<div class="comments"')
        assert "Comment added." in response["HX-Trigger"]

    @pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
    def test_refuses_nothing_and_too_much_beside_the_field(self, editor, text):
        response = editor.post(f"{URL}add/", {"text": text})

        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
        assert not Comment.objects.exists()

    def test_hostile_text_stays_text(self, editor, people):
        said(people, "<script>alert(1)</script> [x](javascript:alert(1)) `@editor` ![](//evil/)")

        html = editor.get(URL, headers=HTMX).content.decode()

        assert "<script>" not in html
        assert 'href="javascript' not in html
        assert "<img" not in html
        assert "<code>@editor</code>" in html

    def test_names_nobody_of_another_team(self, login, people):
        other = factory.make_user("outsider", team=factory.make_team("other"))

        login("editor").post(f"{URL}add/", {"text": f"@{other.username}"})

        assert not Comment.objects.get().mentions.exists()


class TestCommentWithdraw:
    def test_hides_the_text_and_keeps_it(self, editor, people):
        comment = said(people, "Rash words.")

        editor.post(f"{URL}{comment.pk}/withdraw/")
        first = Comment.objects.get().withdrawn_at
        editor.post(f"{URL}{comment.pk}/withdraw/")

        kept = Comment.objects.get()
        assert (kept.text, kept.withdrawn_at) == ("Rash words.", first)
        html = editor.get(URL).content.decode()
        assert "Rash words." not in html
        assert "Withdrawn" in html

    def test_is_for_the_author_alone(self, login, people):
        comment = said(people, "Mine.")

        assert login("admin").post(f"{URL}{comment.pk}/withdraw/").status_code == 403
        assert "Withdraw" not in login("admin").get(URL, headers=HTMX).content.decode()
        assert Comment.objects.get().withdrawn_at is None

    def test_of_another_requirement_is_404(self, editor, people):
        comment = said(people, "Mine.")

        url = URL.replace("c-0-0", "c-0-1")
        assert editor.post(f"{url}{comment.pk}/withdraw/").status_code == 404


class TestCommentList:
    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries(self, editor, people, number, django_assert_num_queries):
        for _ in range(number):
            said(people, "@viewer, look.")

        with django_assert_num_queries(6):
            response = editor.get(URL, headers=HTMX)

        assert response.content.decode().count("To Viewer") == number

    def test_has_no_form_for_a_viewer(self, login):
        html = login("viewer").get(URL, headers=HTMX).content.decode()

        assert "<form" not in html
        assert "Nobody has said anything yet." in html

    def test_open_row_fetches_it_and_has_a_link_without(self, editor):
        html = editor.get("/components/asset-router/requirements/c-0-0/").content.decode()

        assert f'hx-get="{URL}" hx-trigger="load"' in html
        assert f'href="{URL}"' in html
