import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

TRAIL = "trail.multi-region"


def account_with(*trails):
    account = aws.complete()
    account.says(gov.TRAILS, gov.trails(*trails))
    return account


def selecting(**selectors):
    """A trail with event selectors of its own."""
    account = account_with(gov.trail(HasCustomEventSelectors=True))
    account.says(gov.SELECTORS, {"TrailARN": gov.TRAIL_ARN, **selectors})
    return account


def basic(**changes):
    return {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], **changes}


def advanced(**fields):
    selectors = [{"Field": name, "Equals": [value]} for name, value in fields.items()]
    return {"Name": "made", "FieldSelectors": selectors}


def test_trail_passes_when_one_sees_all_and_is_on():
    verdict = aws.complete().verdict(TRAIL)
    assert verdict[:2] == (Status.PASS, "The trail audit records changes in every region.")
    assert verdict.observed["trails"][gov.TRAIL_ARN] == {
        "name": "audit",
        "home": "eu-west-1",
        "logging": True,
        "changes": True,
    }


def test_trail_is_asked_for_its_status_at_home_and_by_its_arn():
    arn = "arn:aws:cloudtrail:ap-south-1:999999999999:trail/organisation"
    account = account_with(
        gov.trail(TrailARN=arn, HomeRegion="ap-south-1", IsOrganizationTrail=True)
    )
    status = aws.Fetch.of("cloudtrail", "ap-south-1", "get_trail_status", Name=arn)
    account.says(status, {"IsLogging": True})
    assert account.verdict(TRAIL).status is Status.PASS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"IsMultiRegionTrail": False}, "sees eu-west-1 only"),
        ({"IncludeGlobalServiceEvents": False}, "leaves out global services"),
    ],
)
def test_trail_fails_when_it_cannot_see_all(changes, said):
    verdict = account_with(gov.trail(**changes)).verdict(TRAIL)
    assert verdict[:2] == (
        Status.FAIL,
        f"No trail records changes in every region: {said} ({gov.TRAIL_ARN}).",
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"IsLogging": False}, "is not logging"),
        ({"IsLogging": True, "LatestDeliveryError": "NoSuchBucket"}, "cannot deliver"),
    ],
)
def test_trail_fails_when_it_is_off_or_writes_to_nowhere(status, said):
    account = aws.complete()
    account.says(gov.TRAIL_STATUS, status)
    verdict = account.verdict(TRAIL)
    assert verdict.status is Status.FAIL
    assert said in verdict.reason


def test_trail_fails_when_there_is_none():
    assert account_with().verdict(TRAIL)[:2] == (Status.FAIL, "There is no trail.")


@pytest.mark.parametrize(
    ("selectors", "status"),
    [
        ({"EventSelectors": [basic()]}, Status.PASS),
        ({"EventSelectors": [basic(ReadWriteType="WriteOnly")]}, Status.PASS),
        ({"EventSelectors": [basic(ReadWriteType="ReadOnly")]}, Status.FAIL),
        ({"EventSelectors": [basic(IncludeManagementEvents=False)]}, Status.FAIL),
        ({"AdvancedEventSelectors": [advanced(eventCategory="Management")]}, Status.PASS),
        (
            {"AdvancedEventSelectors": [advanced(eventCategory="Management", readOnly="false")]},
            Status.PASS,
        ),
        (
            {"AdvancedEventSelectors": [advanced(eventCategory="Management", readOnly="true")]},
            Status.FAIL,
        ),
        ({"AdvancedEventSelectors": [advanced(eventCategory="Data")]}, Status.FAIL),
        ({}, Status.UNSUPPORTED),
    ],
    ids=str,
)
def test_trail_must_record_what_changes_something(selectors, status):
    assert selecting(**selectors).verdict(TRAIL).status is status


def test_trail_that_cannot_be_seen_may_be_the_good_one():
    account = account_with(gov.trail(), gov.trail("local", IsMultiRegionTrail=False))
    account.denies(gov.TRAIL_STATUS, "cloudtrail:GetTrailStatus")
    assert account.verdict(TRAIL)[:2] == (
        Status.NOT_AUTHORISED,
        f"Could not look: AWS refused cloudtrail:GetTrailStatus ({gov.TRAIL_ARN}).",
    )


def test_trail_that_cannot_be_seen_does_not_matter_beside_a_good_one():
    second = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/second"
    account = account_with(gov.trail("second"), gov.trail())
    status = aws.Fetch.of("cloudtrail", "eu-west-1", "get_trail_status", Name=second)
    account.denies(status, "cloudtrail:GetTrailStatus")
    assert account.verdict(TRAIL).status is Status.PASS


def test_the_command_starts_a_trail_that_is_off_and_makes_one_otherwise():
    bound = CHECKS[TRAIL].bind(aws.PARAMETERS)
    account = aws.complete()
    account.says(gov.TRAIL_STATUS, {"IsLogging": False})
    command = bound.mend_command(account.verdict(TRAIL).observed)
    assert command == (f"aws cloudtrail start-logging --region eu-west-1 --name {gov.TRAIL_ARN}")
    assert "create-trail" in bound.mend_command(account_with().verdict(TRAIL).observed)
