import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

BUDGET = "budgets.budget"
TAG = "costs.tag-active"
NOTIFICATIONS = gov.of_budget("describe_notifications_for_budget")


def test_budget_passes_when_it_counts_costs_and_tells_somebody():
    assert aws.complete().verdict(BUDGET) == (
        Status.PASS,
        "The budget edge router monthly has 1 notification.",
        {"budget": "edge router monthly", "type": "COST", "notifications": ["FORECASTED"]},
    )


def test_budget_that_does_not_exist_is_a_fail():
    account = aws.complete()
    for operation in ("describe_budget", "describe_notifications_for_budget"):
        account.fails(gov.of_budget(operation), Status.NOT_FOUND, "NotFoundException")
    assert account.verdict(BUDGET)[:2] == (
        Status.FAIL,
        "There is no budget edge router monthly.",
    )


def test_budget_on_something_else_than_costs_is_a_fail():
    account = aws.complete()
    account.says(gov.of_budget("describe_budget"), gov.budget("RI_COVERAGE"))
    assert account.verdict(BUDGET)[:2] == (
        Status.FAIL,
        "The budget edge router monthly does not count costs (RI_COVERAGE).",
    )


@pytest.mark.parametrize("answer", [{}, {"Notifications": []}])
def test_budget_that_tells_nobody_is_a_fail_and_the_command_adds_a_notification(answer):
    account = aws.complete()
    account.says(NOTIFICATIONS, answer)
    verdict = account.verdict(BUDGET)
    assert verdict[:2] == (Status.FAIL, "The budget edge router monthly tells nobody.")
    bound = CHECKS[BUDGET].bind(aws.PARAMETERS)
    assert "create-notification" in bound.mend_command(verdict.observed)
    assert "create-budget" in bound.mend_command({"exists": False})


def test_budget_is_unknown_without_the_account_or_the_right_to_look():
    account = aws.complete()
    account.denies(NOTIFICATIONS, "budgets:ViewBudget")
    assert account.verdict(BUDGET).status is Status.NOT_AUTHORISED
    account.denies(gov.CALLER, "sts:GetCallerIdentity")
    assert account.verdict(BUDGET)[:2] == (
        Status.NOT_AUTHORISED,
        "AWS refused sts:GetCallerIdentity.",
    )


def test_budget_is_not_asked_of_what_is_no_account():
    account = aws.complete()
    account.says(gov.CALLER, {"Account": "me"})
    assert account.verdict(BUDGET).status is Status.UNSUPPORTED


def test_tag_passes_when_it_is_active():
    assert aws.complete().verdict(TAG) == (
        Status.PASS,
        "The tag service is active on the bill.",
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
        "AWS refused ce:ListCostAllocationTags.",
    )


def test_tag_is_read_as_aws_sends_it():
    made = connection()
    _, stubber = stubbed(made, "ce")
    stubber.add_response("list_cost_allocation_tags", {"CostAllocationTags": [gov.cost_tag()]})
    account = aws.complete()
    account.answers[gov.COST_TAGS] = read(made, gov.COST_TAGS)
    assert account.verdict(TAG).status is Status.PASS
