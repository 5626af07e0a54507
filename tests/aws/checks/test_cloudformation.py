import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

MANAGED = "cloudformation.managed"
DRIFT = "cloudformation.drift"


def account_with_stack(*arguments, **changes):
    account = aws.complete()
    account.says(gov.STACK, gov.stack(*arguments, **changes))
    return account


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "IMPORT_COMPLETE",
    ],
)
def test_managed_passes_with_a_complete_stack_that_holds_the_function(status):
    assert account_with_stack(status).verdict(MANAGED) == (
        Status.PASS,
        "The stack edge-router is complete and holds edge-router.",
        {"stack": "edge-router", "status": status, "holds_function": True},
    )


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "ROLLBACK_COMPLETE",
        "CREATE_FAILED",
        "DELETE_FAILED",
        "DELETE_COMPLETE",
    ],
)
def test_managed_fails_when_the_last_change_did_not_go_well(status):
    assert account_with_stack(status).verdict(MANAGED)[:2] == (
        Status.FAIL,
        f"The last change of the stack edge-router did not go well ({status}).",
    )


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_managed_does_not_judge_a_stack_in_the_middle_of_a_change(status):
    verdict = account_with_stack(status).verdict(MANAGED)
    assert verdict.status is Status.ERROR
    assert f"is under way ({status})" in verdict.reason


@pytest.mark.parametrize(
    "resource",
    [
        gov.resource("another"),
        gov.resource(ResourceType="AWS::Serverless::Function"),
        gov.resource(ResourceStatus="DELETE_SKIPPED"),
        gov.resource(PhysicalResourceId=None),
    ],
)
def test_managed_fails_when_the_stack_does_not_hold_the_function(resource):
    account = aws.complete()
    account.says(gov.RESOURCES, gov.resources(resource))
    assert account.verdict(MANAGED)[:2] == (
        Status.FAIL,
        "The stack edge-router does not hold the function edge-router.",
    )
    command = CHECKS[MANAGED].bind(aws.PARAMETERS).mend_command({"holds_function": False})
    assert "--change-set-type IMPORT" in command


@pytest.mark.parametrize("check_id", [MANAGED, DRIFT])
def test_a_stack_that_does_not_exist_is_a_fail_though_aws_calls_it_invalid(check_id):
    made = connection()
    _, stubber = stubbed(made, "cloudformation")
    message = "Stack with id edge-router does not exist"
    stubber.add_client_error("describe_stacks", "ValidationError", message, 400)
    account = aws.complete()
    account.answers[gov.STACK] = read(made, gov.STACK)
    assert account.verdict(check_id)[:2] == (
        Status.FAIL,
        "There is no stack edge-router in us-east-1.",
    )


def test_another_validation_error_is_no_missing_stack():
    made = connection()
    _, stubber = stubbed(made, "cloudformation")
    stubber.add_client_error("describe_stacks", "ValidationError", "Something else", 400)
    account = aws.complete()
    account.answers[gov.STACK] = read(made, gov.STACK)
    assert account.verdict(MANAGED).status is Status.ERROR


@pytest.mark.parametrize("check_id", [MANAGED, DRIFT])
def test_two_stacks_of_one_name_are_not_judged(check_id):
    account = aws.complete()
    account.says(gov.STACK, {"Stacks": gov.stack()["Stacks"] * 2})
    assert account.verdict(check_id).status is Status.UNSUPPORTED


def test_stack_checks_need_its_name_and_its_region():
    given = {"function_name": "edge-router", "stack_name": "edge-router"}
    assert CHECKS[MANAGED].bind(given) is None
    assert CHECKS[MANAGED].wants(given) == ("stack_region",)
    assert CHECKS[DRIFT].bind({**given, "stack_region": "eu-west-1"}) is not None


def test_drift_passes_when_somebody_looked_lately_and_found_none():
    verdict = aws.complete().verdict(DRIFT)
    assert verdict == (
        Status.PASS,
        "The stack edge-router matched its template 3 days ago.",
        {"stack": "edge-router", "drift": "IN_SYNC", "looked_days_ago": 3},
    )


@pytest.mark.parametrize(
    ("drift", "status", "said"),
    [
        (gov.drift(days=35), Status.PASS, "matched its template 35 days ago"),
        (gov.drift(days=36), Status.FAIL, "It is 36 days since anybody looked"),
        (gov.drift("NOT_CHECKED", None), Status.FAIL, "Nobody has ever looked"),
        (gov.drift("UNKNOWN"), Status.ERROR, "could not tell"),
        (gov.drift(days=None), Status.UNSUPPORTED, "without the time of its drift detection"),
        (None, Status.UNSUPPORTED, "came without its drift"),
    ],
)
def test_drift_depends_on_what_was_found_and_when(drift, status, said):
    verdict = account_with_stack(DriftInformation=drift).verdict(DRIFT)
    assert verdict.status is status
    assert said in verdict.reason


def drifted(*resources):
    account = account_with_stack(DriftInformation=gov.drift("DRIFTED"))
    found = [
        {
            "StackId": "arn",
            "LogicalResourceId": name,
            "ResourceType": "AWS::Lambda::Function",
            "StackResourceDriftStatus": how,
            "ActualProperties": aws.SECRET,
        }
        for name, how in resources
    ]
    account.says(gov.DRIFTS, {"StackResourceDrifts": found})
    return account


def test_drift_names_what_was_changed_by_hand_and_no_value():
    verdict = drifted(("Function", "MODIFIED"), ("Role", "DELETED")).verdict(DRIFT)
    assert verdict[:2] == (
        Status.FAIL,
        "The stack edge-router drifted: Function and Role changed by hand.",
    )
    assert verdict.observed["resources"] == ["Function: modified", "Role: deleted"]
    assert aws.SECRET not in repr(verdict)


def test_drift_is_a_fail_even_where_it_cannot_be_seen_which_resource():
    assert drifted().verdict(DRIFT)[:2] == (Status.FAIL, "The stack edge-router drifted.")
    account = drifted()
    account.denies(gov.DRIFTS, "cloudformation:DescribeStackResourceDrifts")
    assert account.verdict(DRIFT)[:2] == (
        Status.FAIL,
        "The stack edge-router drifted; could not look where:"
        " AWS refused cloudformation:DescribeStackResourceDrifts.",
    )


def test_drift_never_starts_a_detection():
    operations = {operation for _, operation in CHECKS[DRIFT].reads}
    assert operations == {"describe_stacks", "describe_stack_resource_drifts"}


def test_drifts_are_read_to_the_last_page():
    made = connection()
    _, stubber = stubbed(made, "cloudformation")
    item = {
        "StackId": "arn",
        "LogicalResourceId": "Function",
        "ResourceType": "AWS::Lambda::Function",
        "StackResourceDriftStatus": "MODIFIED",
        "Timestamp": aws.NOW,
    }
    operation = "describe_stack_resource_drifts"
    stubber.add_response(operation, {"StackResourceDrifts": [item], "NextToken": "2"})
    stubber.add_response(operation, {"StackResourceDrifts": [item]})
    assert read(made, gov.DRIFTS).data == {"StackResourceDrifts": [item, item]}
