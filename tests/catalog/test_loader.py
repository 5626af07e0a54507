from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from readiness.catalog.loader import load
from readiness.catalog.schema import CatalogFileError
from readiness.models import (
    Blueprint,
    BlueprintItem,
    Catalog,
    Criterion,
    CriterionRevision,
    Decision,
    Requirement,
    Topic,
)
from readiness.operations.sheet import parse_sheet
from tests import factory
from tests.factory import NOW

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
pytestmark = pytest.mark.django_db


def criterion(slug, **values):
    return {
        "slug": slug,
        "title": f"Title of {slug}",
        "question": "Is it?",
        "why": "Because.",
        "evidence": "A link.",
        "weight": 3,
        "live_check": "none",
    } | values


def catalog(*criteria, slug="small", topic="first"):
    return {
        "catalog": {"slug": slug, "name": "Small", "notice": "A reconstruction."},
        "topics": [{"slug": topic, "name": "First", "question": "Why?", "criteria": [*criteria]}],
    }


def blueprint(*items, of="small"):
    return {
        "blueprint": {
            "slug": "router",
            "catalog": of,
            "name": "Router",
            "summary": "Routes.",
            "resources": "One function.",
            "source": {"title": "T", "publisher": "P", "published": "2019-12-03"},
        },
        "items": [
            {"criterion": slug, "statement": text, "provenance": ["inferred"]}
            for slug, text in items
        ],
    }


@pytest.fixture
def loading(tmp_path):
    def run(*files, now=NOW):
        paths = []
        for number, content in enumerate(files):
            path = tmp_path / f"{number}.yaml"
            path.write_text(yaml.safe_dump(content).replace("'2019-12-03'", "2019-12-03"))
            paths.append(path)
        return load(paths, now=now)

    return run


def test_load_writes_our_files_and_a_second_time_nothing():
    paths = sorted(FIXTURES.glob("*/*.yaml"))

    first = load(paths, now=NOW)
    before = list(Criterion.objects.order_by("pk").values())
    second = load(paths, now=NOW + timedelta(days=1))

    assert (len(first.added), first.translations) == (74, 115)
    assert (second.added, second.revised, second.retired, second.translations) == ([], [], [], 0)
    assert list(Criterion.objects.order_by("pk").values()) == before
    assert Catalog.objects.get().revision == 1
    assert CriterionRevision.objects.count() == 74


def test_load_writes_what_an_operations_sheet_starts_from_and_takes_it_back(loading):
    option = {"kind": "drain", "title": "Send all to the other side"}
    file = blueprint(("a", "It is."))
    loading(catalog(criterion("a")), file | {"operations": {"options": [option]}})
    written = Blueprint.objects.get().operations

    loading(catalog(criterion("a")), file)

    assert parse_sheet(written).options[0].title == "Send all to the other side"
    assert Blueprint.objects.get().operations == {}


def test_load_raises_the_revision_only_when_the_meaning_changed(loading):
    loading(catalog(criterion("a"), criterion("b"), criterion("c")))

    loaded = loading(catalog(criterion("a", why="New."), criterion("b", weight=5), criterion("c")))

    assert loaded.revised == ["a"]
    assert dict(Criterion.objects.values_list("slug", "revision")) == {"a": 2, "b": 1, "c": 1}
    assert Criterion.objects.get(slug="b").weight == 5
    assert list(
        CriterionRevision.objects.filter(criterion__slug="a").values_list("revision", "why")
    ) == [(2, "New."), (1, "Because.")]


def test_load_marks_translations_of_an_older_revision(loading):
    loading(catalog(criterion("a"), criterion("b")), blueprint(("a", "Old A."), ("b", "Old B.")))

    loading(
        catalog(criterion("a", title="New"), criterion("b", title="New")),
        blueprint(("a", "Old A."), ("b", "New B.")),
    )

    assert dict(BlueprintItem.objects.values_list("criterion__slug", "criterion_revision")) == {
        "a": 1,
        "b": 2,
    }


def test_load_retires_what_disappeared_and_brings_it_back(loading):
    loading(catalog(criterion("a"), criterion("b")))

    loaded = loading(catalog(criterion("a")))

    assert loaded.retired == ["b"]
    assert Criterion.objects.get(slug="b").retired_at == NOW
    loading(catalog(criterion("a"), criterion("b")))
    assert Criterion.objects.get(slug="b").retired_at is None


def test_load_retires_a_topic_that_disappeared(loading):
    loading(catalog(criterion("a")))

    loading(catalog(criterion("a"), topic="second"))

    assert dict(Topic.objects.values_list("slug", "retired_at")) == {"first": NOW, "second": None}
    assert Criterion.objects.get(slug="a").topic.slug == "second"


def test_load_touches_no_decision_and_gives_components_what_is_new(loading):
    loading(catalog(criterion("a"), criterion("b")))
    component = factory.make_component()
    decision = factory.make_decision(component, "b")

    loaded = loading(catalog(criterion("a", title="New"), criterion("c")))

    assert loaded.requirements_added == 1
    assert list(Decision.objects.values_list("pk", "digest")) == [(decision.pk, decision.digest)]
    assert set(
        Requirement.objects.filter(component=component).values_list("criterion__slug", flat=True)
    ) == {"a", "b", "c"}


def test_load_of_a_blueprint_drops_items_that_disappeared_but_no_statement(loading):
    loading(catalog(criterion("a"), criterion("b")), blueprint(("a", "A."), ("b", "B.")))
    component = factory.make_component(blueprint=Blueprint.objects.get())

    loading(blueprint(("a", "A.")))

    assert [item.statement for item in BlueprintItem.objects.all()] == ["A."]
    assert component.requirements.get(criterion__slug="b").statement == "B."


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([blueprint(("a", "A."), of="other")], "there is no catalog 'other'"),
        ([catalog(criterion("a")), blueprint(("z", "Z."))], "has no criterion 'z'"),
        (
            [catalog(criterion("a")), catalog(criterion("a"), slug="two", topic="other")],
            "'a' belongs to the catalog 'small' already",
        ),
        (
            [catalog(criterion("a")), catalog(criterion("b"), slug="two")],
            "'first' belongs to the catalog 'small' already",
        ),
    ],
)
def test_load_changes_nothing_when_files_do_not_fit_together(loading, files, says):
    with pytest.raises(CatalogFileError, match=says):
        loading(*files)

    assert not Catalog.objects.exists()


def test_load_reports_the_mistakes_of_all_files(loading):
    with pytest.raises(CatalogFileError) as refused:
        loading(catalog(criterion("a", weight=9)), catalog(criterion("b", weight=0)))

    assert ["0.yaml" in refused.value.mistakes[0], "1.yaml" in refused.value.mistakes[1]] == [
        True,
        True,
    ]


def test_command_says_what_changed(capsys):
    call_command("load_catalog", *FIXTURES.glob("catalog/*.yaml"))

    assert capsys.readouterr().out.startswith("74 criteria added, 0 revised, 0 retired")


def test_command_ends_with_the_mistakes(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("catalog: 1")

    with pytest.raises(CommandError, match="2 mistakes; nothing was changed"):
        call_command("load_catalog", path)
