import pytest

from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

TAG = "costs.tag-active"


def test_tag_passes_when_it_is_active():
    assert aws.complete().verdict(TAG) == (
        Status.PASS,
        "The tag service is active.",
        {"tag": "service", "known": True, "active": True},
    )


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([], "Billing does not know the tag service; it learns of a tag within a day."),
        ([gov.cost_tag(key="Service")], "Billing does not know the tag service; it learns"),
        ([gov.cost_tag("Inactive")], "The tag service is not active."),
    ],
    ids=["none", "other case", "inactive"],
)
def test_tag_fails_when_billing_does_not_use_it(tags, said):
    account = aws.complete()
    account.says(gov.COST_TAGS, {"CostAllocationTags": tags})
    verdict = account.verdict(TAG)
    assert verdict.status is Status.FAIL
    assert verdict.reason.startswith(said)


def test_tag_cannot_be_seen_from_an_account_that_does_not_pay():
    made = connection()
    _, stubber = stubbed(made, "ce")
    message = "Linked account doesn't have access to cost allocation tags."
    stubber.add_client_error("list_cost_allocation_tags", "AccessDeniedException", message, 400)
    account = aws.complete()
    account.answers[gov.COST_TAGS] = read(made, gov.COST_TAGS)
    assert account.verdict(TAG)[:2] == (
        Status.NOT_AUTHORISED,
        "AWS refused ce:ListCostAllocationTags to a member of the organisation;"
        " only its management account may ask that.",
    )


def test_tag_is_read_as_aws_sends_it():
    made = connection()
    _, stubber = stubbed(made, "ce")
    stubber.add_response("list_cost_allocation_tags", {"CostAllocationTags": [gov.cost_tag()]})
    account = aws.complete()
    account.answers[gov.COST_TAGS] = read(made, gov.COST_TAGS)
    assert account.verdict(TAG).status is Status.PASS
