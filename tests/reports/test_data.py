"""The JSON file of a gap report against its published schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from readiness.aws.verdicts import Status
from readiness.decisions.standing import LiveVerdict, Standing
from readiness.models.catalog import Outcome
from readiness.reports.data import SCHEMA, render_json
from tests.reports import gap_reports
from tests.reports.gap_reports import make_check, make_decision, make_line, make_report

# Came later: reports without it keep the digest that they had.
WHERE_THERE_IS_ONE = {"confidence", "drill", "own"}
SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs/gap-report.schema.json"
DESCRIBED = json.loads(SCHEMA_FILE.read_text())
VALIDATOR = Draft202012Validator(DESCRIBED, format_checker=FormatChecker())


def problems(report):
    return [error.message for error in VALIDATOR.iter_errors(json.loads(render_json(report)))]


def every_standing():
    lines = [
        make_line(replace(make_decision(o), effort=e))
        for o, e in zip(Outcome, "SML ", strict=True)
        if e != " "
    ]
    lines += [make_line(make_decision(), make_check(status=s)) for s in (*Status, None)]
    lines += [
        make_line(make_decision("build"), make_check()),
        make_line(proposal=gap_reports.make_proposal()),
    ]
    matrix = json.dumps({"likelihoods": ["a"], "impacts": ["b"]})
    lines.append(
        make_line(make_decision("wont_build", matrix=matrix, triggers='[{"kind": "incident"}]'))
    )
    return make_report(*lines, retired=(make_line(make_decision()),))


REPORTS = {
    "none": gap_reports.make_report(),
    "one": gap_reports.large_report(1),
    "as the demo's": gap_reports.large_report(74),
    "300": gap_reports.large_report(300),
    "hostile": gap_reports.hostile_report(),
    "all kinds": every_standing(),
    "asked": make_report(confidence=gap_reports.make_confidence()),
    "too few": make_report(confidence=gap_reports.make_confidence(mean=None, spread=None)),
    "no target": make_report(component=gap_reports.make_component(availability_target=None)),
}


def test_where_nobody_was_asked_the_digest_is_what_it_was_before_anybody_could_be():
    assert "confidence" not in json.loads(render_json(REPORTS["none"]))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(DESCRIBED)
    assert DESCRIBED["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_as_the_schema_says(name):
    assert problems(REPORTS[name]) == []


def test_what_is_not_described_is_not_valid():
    data = json.loads(render_json(REPORTS["one"]))
    data["requirements"][0]["score"] = 1

    assert [error.message for error in VALIDATOR.iter_errors(data)] == [
        "Additional properties are not allowed ('score' was unexpected)"
    ]


def nodes(schema, path=""):
    yield path, schema
    for name, inner in (*schema.get("properties", {}).items(), *schema.get("$defs", {}).items()):
        yield from nodes(inner, f"{path}/{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}/*")


def test_every_key_is_described_and_required():
    found = dict(nodes(DESCRIBED))

    assert len(found) > 100
    assert [
        p for p, node in found.items() if "$ref" not in node and not node.get("description")
    ] == []
    closed = [node for node in found.values() if "properties" in node]
    assert all(node["additionalProperties"] is False for node in closed)
    assert all(
        node["required"] == [name for name in node["properties"] if name not in WHERE_THERE_IS_ONE]
        for node in closed
    )


def test_words_of_the_schema_are_those_of_the_code():
    requirement = DESCRIBED["properties"]["requirements"]["items"]["properties"]
    decision, check = (DESCRIBED["$defs"][name]["properties"] for name in ("decision", "check"))

    assert set(requirement["standing"]["enum"]) == set(Standing)
    assert set(requirement["verdict"]["enum"]) == set(LiveVerdict)
    assert set(decision["outcome"]["enum"]) == set(Outcome)
    assert set(check["status"]["enum"]) - {None} == set(Status)
