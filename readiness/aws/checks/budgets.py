"""Would anybody notice that the component costs more than it should?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Literal

from readiness.aws.caller import READS_CALLER, caller_account, caller_fetch
from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import count
from readiness.aws.parameter_types import BudgetName
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_BUDGET = ("budgets", "describe_budget")
READS_NOTIFICATIONS = ("budgets", "describe_notifications_for_budget")


class Budgeted(CheckParameters):
    budget_name: BudgetName


class Budget(Shape):
    budget_type: Literal[
        "COST",
        "USAGE",
        "RI_UTILIZATION",
        "RI_COVERAGE",
        "SAVINGS_PLANS_UTILIZATION",
        "SAVINGS_PLANS_COVERAGE",
    ]


class BudgetAnswer(Shape):
    budget: Budget


class Notification(Shape):
    notification_type: Literal["ACTUAL", "FORECASTED"]


class NotificationsAnswer(Shape):
    notifications: list[Notification] | None = None  # missing: nobody is told


def budget_fetch(account: str, params: Budgeted) -> Fetch:
    return _of_budget(READS_BUDGET, account, params)


def notifications_fetch(account: str, params: Budgeted) -> Fetch:
    return _of_budget(READS_NOTIFICATIONS, account, params)


def _of_budget(read: tuple[str, str], account: str, params: Budgeted) -> Fetch:
    service, operation = read
    arguments = {"AccountId": account, "BudgetName": params.budget_name}
    return Fetch.of(service, params.home_region, operation, **arguments)


def _mend_budget(params: Budgeted, observed: Observed) -> str:
    if observed.get("type") == "COST":
        return (
            "aws budgets create-notification --account-id <ACCOUNT_ID>"
            f" --budget-name {shlex.quote(params.budget_name)}"
            " --notification NotificationType=FORECASTED,ComparisonOperator=GREATER_THAN,"
            "Threshold=100 --subscribers SubscriptionType=SNS,Address=<TOPIC_ARN>"
        )
    return (
        "aws budgets create-budget --account-id <ACCOUNT_ID> --budget file://budget.json"
        " --notifications-with-subscribers file://notifications.json"
        f"  # BudgetName {shlex.quote(params.budget_name)}, BudgetType COST"
    )


@check(
    "budgets.budget",
    version=1,
    criteria=["cost-visible"],
    params=Budgeted,
    reads=[READS_CALLER, READS_BUDGET, READS_NOTIFICATIONS],
    title="A budget warns somebody before the bill comes",
    severity="low",
    passes=(
        "The budget exists, counts costs, and notifies somebody when it is used up or is going to"
        " be. AWS keeps no notification without a subscriber."
    ),
    why=(
        "What is paid by the request has no upper limit. Without a budget a loop or an attack is"
        " found on the next bill."
    ),
    mend_console="Billing and Cost Management, Budgets, Create budget: cost budget, with an alert.",
    mend_cli=_mend_budget,
    documentation="AWS Cost Management User Guide: Managing your costs with AWS Budgets",
)
class CostBudget:
    """The named budget is on costs and has a notification."""

    @staticmethod
    def needs(params: Budgeted) -> Iterable[Fetch]:
        yield caller_fetch("budgets", params)

    @staticmethod
    def needs_more(facts: Facts, params: Budgeted) -> Iterable[Fetch]:
        account = caller_account("budgets", facts, params)
        yield budget_fetch(account, params)
        yield notifications_fetch(account, params)

    @staticmethod
    def evaluate(facts: Facts, params: Budgeted) -> Verdict:
        name, account = params.budget_name, caller_account("budgets", facts, params)
        missing = f"There is no budget {name}."
        budget = facts.subject(budget_fetch(account, params), BudgetAnswer, missing=missing).budget
        observed: Observed = {"budget": name, "type": budget.budget_type}
        if budget.budget_type != "COST":
            reason = f"The budget {name} does not count costs ({budget.budget_type})."
            return Verdict(Status.FAIL, reason, observed)
        answer = facts.read(notifications_fetch(account, params), NotificationsAnswer)
        told = answer.notifications or []
        observed["notifications"] = [each.notification_type for each in told]
        if not told:
            return Verdict(Status.FAIL, f"The budget {name} tells nobody.", observed)
        reason = f"The budget {name} has {count(len(told), 'notification')}."
        return Verdict(Status.PASS, reason, observed)
