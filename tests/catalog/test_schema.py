from __future__ import annotations

from pathlib import Path

import pytest

from readiness.catalog.schema import BlueprintFile, CatalogFile, CatalogFileError, parse
from readiness.strict_yaml import load_yaml

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CATALOG = """
catalog: {slug: small, name: Small, notice: A reconstruction.}
topics:
  - slug: first
    name: First
    question: Why?
    criteria:
      - &C
        slug: one
        title: One
        question: Is it?
        why: Because.
        evidence: A link.
        weight: 3
        live_check: none
"""
BLUEPRINT = """
blueprint:
  slug: router
  catalog: small
  name: Router
  summary: Routes.
  resources: One function.
  source: {title: An article, publisher: Somebody, published: 2019-12-03}
items:
  - criterion: one
    statement: It is one.
    provenance: [article]
    suggestion: {outcome: build, reasoning: We need it.}
"""


def write(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mistakes(tmp_path, text):
    path = write(tmp_path, text)
    with pytest.raises(CatalogFileError) as refused:
        parse(path)
    return [mistake.removeprefix(str(path)) for mistake in refused.value.mistakes]


def test_parse_knows_both_kinds_of_file(tmp_path):
    assert isinstance(parse(write(tmp_path, CATALOG.replace("&C", ""))), CatalogFile)
    assert isinstance(parse(write(tmp_path, BLUEPRINT)), BlueprintFile)


def test_our_catalog_has_74_criteria_in_14_topics_and_says_that_it_is_a_reconstruction():
    file = parse(FIXTURES / "catalog" / "production-readiness.yaml")

    assert isinstance(file, CatalogFile)
    assert (len(file.topics), sum(len(t.criteria) for t in file.topics)) == (14, 74)
    assert "reconstruction" in file.catalog.notice


def test_our_four_blueprints_translate_115_times():
    files = [parse(path) for path in sorted(FIXTURES.glob("blueprints/*.yaml"))]

    assert {file.blueprint.slug: len(file.items) for file in files} == {
        "aws-geo-router": 26,
        "contentful-s3-router": 34,
        "gosquared-handlers": 28,
        "mesosphere-redirector": 27,
    }


def test_each_of_our_blueprints_says_what_an_operations_sheet_starts_from():
    scenarios = load_yaml((FIXTURES / "scenarios" / "library.yaml").read_bytes())
    library = {each["slug"] for each in scenarios["scenarios"]}
    for path in FIXTURES.glob("blueprints/*.yaml"):
        sheet = parse(path).operations
        assert sheet.options, path
        assert sheet.error_states, path
        assert sheet.contacts, path
        assert sheet.scenarios
        assert sheet.scenarios <= library
        # Only who runs a component can measure it.
        assert {option.minutes for option in sheet.options} == {None}


def test_parse_names_the_place_of_a_mistake_in_an_operations_sheet(tmp_path):
    text = f"{BLUEPRINT}operations:\n  options: [{{kind: panic, title: Run}}]\n"

    (found,) = mistakes(tmp_path, text)

    assert found.startswith(": operations.options[0].kind: Input should be 'roll_back',")


def test_parse_reports_every_mistake_at_once_with_its_place(tmp_path):
    text = CATALOG.replace("&C", "").replace("weight: 3", "weight: 6")
    text = text.replace("live_check: none", "live_check: perhaps").replace("name: First", "nome: F")

    assert mistakes(tmp_path, text) == [
        ": topics[0] (first).name: Field required",
        ": topics[0] (first).criteria[0] (one).weight: Input should be less than or equal to 5",
        ": topics[0] (first).criteria[0] (one).live_check: "
        "Input should be 'settles', 'supports' or 'none'",
        ": topics[0] (first).nome: Extra inputs are not permitted",
    ]


@pytest.mark.parametrize("weight", ["0", "6", "-1", "2.5", "'3'", "true", "null"])
def test_parse_wants_a_weight_of_one_to_five(tmp_path, weight):
    found = mistakes(tmp_path, CATALOG.replace("weight: 3", f"weight: {weight}"))

    assert [text.split(":")[1].strip() for text in found] == [
        "topics[0] (first).criteria[0] (one).weight"
    ]


def test_parse_wants_each_slug_once(tmp_path):
    criterion = CATALOG[CATALOG.index("      - &C") :].replace("&C", "")
    text = CATALOG.replace("&C", "") + criterion.lstrip("\n")

    assert mistakes(tmp_path, text) == [
        ": the criterion 'one' stands there 2 times; once was expected"
    ]


def test_parse_wants_a_suggestion_to_say_what_its_outcome_must_say(tmp_path):
    found = mistakes(tmp_path, BLUEPRINT.replace("outcome: build", "outcome: wont_build"))

    assert [text.split(":")[1].strip() for text in found] == [
        "items[0] (one).suggestion.risk",
        "items[0] (one).suggestion.likelihood",
        "items[0] (one).suggestion.impact",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("topics: [", "not valid YAML"),
        ("catalog: {slug: a}\ncatalog: {slug: b}", "stands here twice"),
        (CATALOG + "      - *C\n", "aliases (*name) are not allowed"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "aliases (*name) are not allowed"),
        ("catalog: " + "[" * 2000, "nested too deeply"),
        ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
        (b"catalog: \xff\xfe", "not valid YAML"),
        (b"catalog: \x00", "not valid YAML"),
        ("[]", "expected a mapping with 'catalog', 'blueprint' or 'scenarios'"),
        ("", "expected a mapping with 'catalog', 'blueprint' or 'scenarios'"),
        ("x: 1", "expected a mapping with 'catalog', 'blueprint' or 'scenarios'"),
        ("x: 9999-99-99\ncatalog: 1", "not valid YAML"),
    ],
)
def test_parse_refuses_a_hostile_file_in_one_sentence(tmp_path, text, says):
    (found,) = mistakes(tmp_path, text)

    assert says in found
    assert len(found) < 200


def test_parse_refuses_a_huge_file_without_reading_it(tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)

    with pytest.raises(CatalogFileError, match="larger than 2 MB"):
        parse(path)


def test_parse_says_that_a_file_is_missing(tmp_path):
    with pytest.raises(CatalogFileError, match="cannot be read: No such file"):
        parse(tmp_path / "nowhere.yaml")
