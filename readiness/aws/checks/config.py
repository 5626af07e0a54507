"""Is it recorded what every resource looked like before it was changed?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from readiness.aws.facts import CamelShape, Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, look_at, to_mend
from readiness.aws.parameter_types import EdgeRegions
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_RECORDERS = ("config", "describe_configuration_recorder_status")


class RecordedRegions(CheckParameters):
    edge_regions: EdgeRegions


class Recorder(CamelShape):
    name: str
    recording: bool
    last_status: str | None = None  # missing until it has recorded for the first time


class RecordersAnswer(Shape):
    configuration_recorders_status: list[Recorder]


def recorders_fetch(region: str) -> Fetch:
    return Fetch.of(READS_RECORDERS[0], region, READS_RECORDERS[1])


def _mend_recorders(params: RecordedRegions, observed: Observed) -> str:
    table = observed.get("regions", {})
    lines = []
    for region in to_mend(observed, "regions", params.edge_regions):
        where = f"--region {shlex.quote(region)}"
        if not table.get(region, {}).get("recorders"):
            lines.append(
                f"aws configservice put-configuration-recorder {where}"
                " --configuration-recorder name=default,roleARN=<ROLE_ARN>"
                f"\naws configservice put-delivery-channel {where}"
                " --delivery-channel name=default,s3BucketName=<CONFIG_BUCKET>"
            )
        lines.append(
            f"aws configservice start-configuration-recorder {where}"
            " --configuration-recorder-name default"
        )
    return "\n".join(lines)


@check(
    "config.recorder-in-every-region",
    version=1,
    criteria=["change-trail"],
    params=RecordedRegions,
    reads=[READS_RECORDERS],
    title="AWS Config records in every edge region",
    severity="medium",
    passes="In each edge region a configuration recorder is recording, and did not fail last.",
    why=(
        "CloudTrail says who called what; AWS Config says what a resource looked like before and"
        " after. A region without a recorder has no before."
    ),
    mend_console=(
        "AWS Config, in the region, Get started; or Settings, Recorder, Start recording, if there"
        " is one that is off."
    ),
    mend_cli=_mend_recorders,
    documentation="AWS Config Developer Guide: Managing the customer managed recorder",
)
class RecorderInEveryRegion:
    """A recorder of the account is at work in each edge region."""

    @staticmethod
    def needs(params: RecordedRegions) -> Iterable[Fetch]:
        return (recorders_fetch(region) for region in params.edge_regions)

    @staticmethod
    def evaluate(facts: Facts, params: RecordedRegions) -> Verdict:
        def look(region: str) -> Part:
            answer = facts.read(recorders_fetch(region), RecordersAnswer)
            recorders = answer.configuration_recorders_status
            at_work = [each for each in recorders if each.recording]
            # "FAILURE" in what AWS sends, "Failure" in how it is documented.
            good = any((each.last_status or "").upper() != "FAILURE" for each in at_work)
            names = [each.name for each in recorders]
            wrong = "no recorder"
            if recorders:
                wrong = "its recorder failed last" if at_work else "its recorder is off"
            return Part(good, {"recorders": names, "recording": good}, wrong)

        tally = look_at(params.edge_regions, look)
        return tally.verdict(
            {"regions": tally.table},
            passed=f"AWS Config records in each of {count(tally.total, 'edge region')}",
            failed=f"Changes are not recorded in every edge region: {tally.wrongs()}",
        )
