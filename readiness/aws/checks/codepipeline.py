"""Does every release pass something that can stop it?"""

from __future__ import annotations

from collections.abc import Iterable

from readiness.aws.errors import Status
from readiness.aws.facts import CamelShape, Facts
from readiness.aws.fetch import Fetch
from readiness.aws.judging import capped, listing
from readiness.aws.parameter_types import PipelineName, Region
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_PIPELINE = ("codepipeline", "get_pipeline")

#: The kinds of action that can stop a release.
GATES = ("Approval", "Build", "Test")


class APipeline(CheckParameters):
    pipeline_name: PipelineName
    pipeline_region: Region


class ActionType(CamelShape):
    category: str


class Action(CamelShape):
    action_type_id: ActionType
    run_order: int = 1


class Stage(CamelShape):
    name: str
    actions: list[Action]


class Pipeline(CamelShape):
    stages: list[Stage]

    def steps(self, *kinds: str) -> list[tuple[int, int]]:
        """When actions of these kinds run: the stage's place and the order in it, ascending."""
        return sorted(
            (place, action.run_order)
            for place, stage in enumerate(self.stages)
            for action in stage.actions
            if action.action_type_id.category in kinds
        )


class PipelineAnswer(CamelShape):
    pipeline: Pipeline


def pipeline_fetch(params: APipeline) -> Fetch:
    return Fetch.of(
        "codepipeline", params.pipeline_region, "get_pipeline", name=params.pipeline_name
    )


@check(
    "codepipeline.gate",
    version=1,
    criteria=["automated-deploy"],
    params=APipeline,
    reads=[READS_PIPELINE],
    title="Every release passes a gate",
    severity="medium",
    passes=(
        "The pipeline has a source and a deployment, and a build, a test or an approval that runs"
        " before its last deployment. Whether the pipeline is used is not looked at."
    ),
    why="A pipeline that only copies from the repository to production deploys mistakes faster.",
    mend_console=(
        "CodePipeline, in the region, the pipeline, Edit, Add stage before the deployment: a test"
        " with CodeBuild, or a manual approval."
    ),
    mend_cli=(
        "aws codepipeline get-pipeline --region {pipeline_region} --name {pipeline_name}"
        " > pipeline.json\n"
        "# Take out metadata; add a stage with a test or an approval before the deployment.\n"
        "aws codepipeline update-pipeline --region {pipeline_region}"
        " --cli-input-json file://pipeline.json"
    ),
    documentation="AWS CodePipeline User Guide: CodePipeline pipeline structure reference",
)
class Gate:
    """From source to deployment with a gate between."""

    @staticmethod
    def needs(params: APipeline) -> Iterable[Fetch]:
        yield pipeline_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: APipeline) -> Verdict:
        name = params.pipeline_name
        missing = f"There is no pipeline {name} in {params.pipeline_region}."
        pipeline = facts.subject(pipeline_fetch(params), PipelineAnswer, missing=missing).pipeline
        gates, deployments = pipeline.steps(*GATES), pipeline.steps("Deploy")
        observed: Observed = {
            "pipeline": name,
            "stages": capped([stage.name for stage in pipeline.stages]),
            "sources": len(pipeline.steps("Source")),
            "gates": len(gates),
            "deployments": len(deployments),
        }
        words = {
            "sources": "source",
            "gates": "build, test or approval",
            "deployments": "deployment",
        }
        lacking = [f"no {word}" for key, word in words.items() if not observed[key]]
        if lacking:
            reason = f"The pipeline {name} has {listing(lacking)}."
            return Verdict(Status.FAIL, reason, observed)
        if gates[0] >= deployments[-1]:
            reason = f"The pipeline {name} has no gate that runs before its last deployment."
            return Verdict(Status.FAIL, reason, observed)
        reason = f"The pipeline {name} has a gate before its last deployment."
        return Verdict(Status.PASS, reason, observed)
