"""The versions of a sheet."""

from __future__ import annotations

import pytest

from readiness.models import SheetVersion
from tests import factory
from tests.operations.examples import BASE, CONTENT

pytestmark = pytest.mark.usefixtures("today")


class TestSheetVersions:
    def test_list_says_who_when_and_why(self, login, component):
        factory.make_sheet(component, note="First reading.")
        factory.make_sheet(component, **CONTENT)

        html = login("viewer").get(f"{BASE}versions/").content.decode()

        assert html.index("Version 2") < html.index("Version 1") < html.index("First reading.")
        assert html.count("20 November 2026") == 2

    def test_list_of_none_says_what_belongs_here(self, editor, component):
        html = editor.get(f"{BASE}versions/").content.decode()

        assert "No version was saved yet." in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_list_takes_four_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for n in range(number):
            factory.make_sheet(component, contacts=[{"who": f"{n}", "how": "x"}])

        with django_assert_num_queries(4):
            html = editor.get(f"{BASE}versions/").content.decode()

        assert html.count('class="version"') == number

    def test_an_old_one_is_shown_with_what_is_different_now(self, editor, component):
        factory.make_sheet(component)
        factory.make_sheet(component, options=[{"kind": "drain", "title": "Drain"}])

        html = editor.get(f"{BASE}versions/1/").content.decode()

        assert "What Version 2 says instead" in html
        assert "<del>Option for action: Roll back</del>" in html
        assert "<ins>Option for action: Drain</ins>" in html
        assert "Restore as a new version" in html

    def test_the_current_one_says_that_it_is(self, editor, component):
        factory.make_sheet(component)

        html = editor.get(f"{BASE}versions/1/").content.decode()

        assert ("This is the current version." in html, "Restore" in html) == (True, False)

    def test_there_is_no_version_of_another_component_here(self, editor, component):
        factory.make_sheet(factory.make_component(slug="other"))

        assert editor.get(f"{BASE}versions/1/").status_code == 404

    def test_restore_saves_what_it_said_as_a_new_one(self, editor, component):
        factory.make_sheet(component)
        factory.make_sheet(component, **CONTENT)

        response = editor.post(f"{BASE}versions/1/restore/", {"base": 2})

        first, second, third = component.sheet_versions.order_by("number")
        assert response["Location"] == BASE
        assert (third.content, third.note) == (first.content, "Restored from version 1.")
        assert second.content != third.content

    @pytest.mark.parametrize("base", ["1", "", "x", "9" * 30])
    def test_restore_of_a_lost_race_is_409_and_shows_the_difference(self, editor, component, base):
        factory.make_sheet(component)
        factory.make_sheet(component, **CONTENT)

        response = editor.post(f"{BASE}versions/1/restore/", {"base": base})

        html = response.content.decode()
        assert (response.status_code, "Not restored:" in html) == (409, True)
        assert 'name="base" value="2"' in html
        assert SheetVersion.objects.count() == 2
