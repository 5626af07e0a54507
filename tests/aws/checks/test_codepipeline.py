import pytest

from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

GATE = "codepipeline.gate"
TOO_LATE = "has no gate that runs before its last deployment"
SOURCE, BUILD, DEPLOY = gov.action("Source"), gov.action("Build"), gov.action("Deploy")


def account_with_pipeline(*stages):
    account = aws.complete()
    account.says(gov.PIPELINE, gov.pipeline(*stages))
    return account


def test_gate_passes_with_a_gate_before_the_deployment():
    verdict = aws.complete().verdict(GATE)
    assert verdict[:2] == (
        Status.PASS,
        "The pipeline edge-router-release has a gate before its last deployment.",
    )
    assert verdict.observed["gates"] == 2


@pytest.mark.parametrize(
    "stages",
    [
        [[SOURCE], [gov.action("Approval")], [DEPLOY]],
        [[SOURCE], [BUILD, gov.action("Deploy", 2)]],
        [[SOURCE], [DEPLOY], [gov.action("Test")], [DEPLOY]],
    ],
    ids=["approval", "one stage", "after the first deployment"],
)
def test_gate_may_stand_anywhere_before_the_last_deployment(stages):
    assert account_with_pipeline(*stages).verdict(GATE).status is Status.PASS


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([], "has no source, no build, test or approval and no deployment"),
        ([[SOURCE], [DEPLOY]], "has no build, test or approval"),
        ([[SOURCE], [gov.action("Invoke")], [DEPLOY]], "has no build, test or approval"),
        ([[SOURCE], [BUILD]], "has no deployment"),
        ([[BUILD], [DEPLOY]], "has no source"),
        (
            [[SOURCE], [DEPLOY], [gov.action("Test")]],
            TOO_LATE,
        ),
        (
            [[SOURCE], [DEPLOY, gov.action("Test", 2)]],
            TOO_LATE,
        ),
        (
            [[SOURCE], [DEPLOY, gov.action("Test")]],
            TOO_LATE,
        ),
    ],
)
def test_gate_fails_without_its_parts_or_in_the_wrong_order(stages, said):
    verdict = account_with_pipeline(*stages).verdict(GATE)
    assert verdict.status is Status.FAIL
    assert said in verdict.reason


def test_a_pipeline_that_does_not_exist_is_a_fail():
    account = aws.complete()
    account.fails(gov.PIPELINE, Status.NOT_FOUND, "PipelineNotFoundException")
    assert account.verdict(GATE)[:2] == (
        Status.FAIL,
        "There is no pipeline edge-router-release in eu-west-1.",
    )
