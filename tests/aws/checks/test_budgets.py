import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

BUDGET = "budgets.budget"
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
