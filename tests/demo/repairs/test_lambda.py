"""Lambda, and the quotas of an account."""

import pytest

from demo.simulated_aws.account import ACCOUNT_ID
from demo.simulated_aws.repairs import lambda_
from tests.demo.repairs.made import FUNCTION, make_function, make_role, refusal


@pytest.fixture
def functions(client):
    make_role(client, "edge", "lambda.amazonaws.com")
    return client("lambda")


def test_lambda_lists_versions_in_pages(client, functions, monkeypatch):
    monkeypatch.setattr(lambda_, "LARGEST_PAGE", 2)
    make_function(client)
    for number in ("2", "3", "4"):
        functions.update_function_configuration(FunctionName="router", Description=number)
        functions.publish_version(FunctionName="router")
    page = functions.list_versions_by_function(FunctionName="router", MaxItems=1)
    assert [version["Version"] for version in page["Versions"]] == ["$LATEST"]
    page = functions.list_versions_by_function(FunctionName=FUNCTION, Marker=page["NextMarker"])
    assert [version["Version"] for version in page["Versions"]] == ["1", "2"]
    page = functions.list_versions_by_function(FunctionName="router", Marker=page["NextMarker"])
    assert [version["Version"] for version in page["Versions"]] == ["3", "4"]
    assert "NextMarker" not in page


def test_lambda_has_no_versions_of_a_missing_function(functions):
    assert refusal(functions.list_versions_by_function, FunctionName="gone") == (
        404,
        "ResourceNotFoundException",
    )


def test_lambda_keeps_dead_letters_and_logging(client, functions):
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:failed"
    created = make_function(client, DeadLetterConfig={"TargetArn": queue})
    assert created["DeadLetterConfig"] == {"TargetArn": queue}
    assert created["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/router"}
    functions.update_function_configuration(
        FunctionName="router",
        DeadLetterConfig={"TargetArn": ""},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "edge"},
        TracingConfig={"Mode": "Active"},
    )
    read = functions.get_function_configuration(FunctionName="router")
    assert "DeadLetterConfig" not in read
    assert read["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "edge"}
    assert read["TracingConfig"] == {"Mode": "Active"}
    version = functions.get_function_configuration(FunctionName="router", Qualifier="1")
    assert version["DeadLetterConfig"] == {"TargetArn": queue}


def test_lambda_tells_the_limits_of_the_account(client, functions):
    make_function(client)
    functions.put_function_concurrency(FunctionName="router", ReservedConcurrentExecutions=100)
    settings = functions.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000
    assert settings["AccountLimit"]["UnreservedConcurrentExecutions"] == 900
    assert settings["AccountUsage"]["FunctionCount"] == 1


def test_lambda_knows_what_code_signing_refuses(functions):
    policies = {"UntrustedArtifactOnDeployment": "Enforce"}
    publishers = {"SigningProfileVersionArns": [f"arn:aws:signer:us-east-1:{ACCOUNT_ID}:/a/b/c"]}
    created = functions.create_code_signing_config(
        AllowedPublishers=publishers, CodeSigningPolicies=policies
    )["CodeSigningConfig"]
    arn = created["CodeSigningConfigArn"]
    read = functions.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    assert read == created
    assert read["CodeSigningPolicies"] == policies
    loose = functions.create_code_signing_config(AllowedPublishers=publishers)
    assert loose["CodeSigningConfig"]["CodeSigningPolicies"] == {
        "UntrustedArtifactOnDeployment": "Warn"
    }


def test_lambda_has_no_code_signing_config_that_was_never_made(functions):
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:code-signing-config:csc-0123456789abcdef0"
    assert refusal(functions.get_code_signing_config, CodeSigningConfigArn=arn) == (
        404,
        "ResourceNotFoundException",
    )


def test_quotas_of_an_account_that_never_asked_for_more_are_the_defaults(client):
    quotas = client("service-quotas")
    concurrency = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    assert refusal(quotas.get_service_quota, **concurrency) == (400, "NoSuchResourceException")
    default = quotas.get_aws_default_service_quota(**concurrency)["Quota"]
    assert (default["QuotaCode"], default["Value"]) == ("L-B99A9384", 1000.0)
    assert refusal(
        quotas.get_aws_default_service_quota, ServiceCode="lambda", QuotaCode="L-00000000"
    ) == (400, "NoSuchResourceException")
