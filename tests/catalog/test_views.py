from __future__ import annotations

import pytest
from django.test import Client

from readiness.models import Criterion
from tests import factory

pytestmark = pytest.mark.usefixtures("db")


def test_catalog_detail_says_how_to_load_one_when_there_is_none():
    client = Client()
    client.force_login(factory.make_user())

    assert "manage.py load_catalog" in client.get("/catalog/").content.decode()


class TestCatalogDetail:
    def test_shows_topics_criteria_and_that_it_is_a_reconstruction(self, editor):
        html = editor.get("/catalog/").content.decode()

        assert "A reconstruction." in html
        assert html.count('href="/catalog/criteria/') == 6

    def test_finds_every_word_wherever_it_stands(self, editor):
        Criterion.objects.filter(slug="c-1-2").update(why="Pagers ring.", evidence="A Rota.")

        found = editor.get("/catalog/?text=ROTA+pagers").context["topics"]

        assert [[c.slug for c in criteria] for _, criteria in found] == [["c-1-2"]]

    def test_leaves_out_what_was_retired(self, editor):
        Criterion.objects.filter(topic__slug="t-0").update(retired_at=factory.NOW)

        assert [t.slug for t, _ in editor.get("/catalog/").context["topics"]] == ["t-1"]

    @pytest.mark.parametrize("rows", [1, 3, 75])
    def test_takes_four_queries(self, editor, component, rows, django_assert_num_queries):
        factory.add_criteria(component, rows)

        with django_assert_num_queries(4):
            editor.get("/catalog/")


def test_criterion_detail_shows_translations_of_an_older_revision(editor, component):
    factory.make_blueprint(component.catalog, c_0_0={"statement": "It is so."})
    Criterion.objects.filter(slug="c-0-0").update(revision=2)

    html = editor.get("/catalog/criteria/c-0-0/").content.decode()

    assert "It is so." in html
    assert "written for revision 1" in html
    assert "stated in the article" in html


def test_blueprint_detail_shows_suggestions_as_suggestions(editor, component):
    item = {
        "statement": "It is so.",
        "suggested_outcome": "wont_build",
        "suggestion": {"reasoning": "Dear.", "risk": "Hurts."},
    }
    factory.make_blueprint(component.catalog, c_0_0=item)

    html = editor.get("/catalog/blueprints/router/").content.decode()

    assert "Suggests: We will not build it" in html
    assert 'href="/new/?blueprint=router"' in html
    assert "1 criteria translated" not in editor.get("/catalog/blueprints/").content.decode()
