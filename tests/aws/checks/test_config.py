import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

CONFIG = "config.recorder-in-every-region"


def test_config_passes_when_it_records_everywhere():
    verdict = aws.complete().verdict(CONFIG)
    assert verdict[:2] == (Status.PASS, "AWS Config records in each of 3 edge regions.")
    assert verdict.observed["regions"]["eu-west-1"] == {"recorders": ["default"], "recording": True}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"ConfigurationRecordersStatus": []}, "no recorder (eu-west-1)"),
        (gov.recorder(recording=False), "its recorder is off (eu-west-1)"),
        (gov.recorder(lastStatus="FAILURE"), "its recorder failed last (eu-west-1)"),
        (gov.recorder(lastStatus="Failure"), "its recorder failed last (eu-west-1)"),
    ],
)
def test_config_fails_region_by_region(answer, said):
    account = aws.complete()
    account.says(gov.recorders("eu-west-1"), answer)
    assert account.verdict(CONFIG)[:2] == (
        Status.FAIL,
        f"Changes are not recorded in every edge region: {said}.",
    )


def test_config_takes_a_recorder_that_has_just_begun():
    account = aws.complete()
    account.says(gov.recorders("eu-west-1"), gov.recorder(lastStatus="PENDING"))
    account.says(gov.recorders("us-east-1"), gov.recorder(lastStatus=None))
    assert account.verdict(CONFIG).status is Status.PASS


def test_config_is_unknown_where_a_region_is_unless_another_fails():
    account = aws.complete()
    account.denies(gov.recorders("eu-west-1"), "config:Describe")
    assert account.verdict(CONFIG).status is Status.NOT_AUTHORISED
    account.says(gov.recorders("us-east-1"), gov.recorder(recording=False))
    assert account.verdict(CONFIG).status is Status.FAIL


def test_the_command_makes_a_recorder_only_where_there_is_none():
    bound = CHECKS[CONFIG].bind(aws.PARAMETERS)
    account = aws.complete()
    account.says(gov.recorders("eu-west-1"), gov.recorder(recording=False))
    command = bound.mend_command(account.verdict(CONFIG).observed)
    assert "put-configuration-recorder" not in command
    assert command.count("start-configuration-recorder --region eu-west-1") == 1
    account.says(gov.recorders("eu-west-1"), {"ConfigurationRecordersStatus": []})
    command = bound.mend_command(account.verdict(CONFIG).observed)
    assert "put-configuration-recorder --region eu-west-1" in command
