"""AWS Lambda. Documentation: https://docs.aws.amazon.com/lambda/latest/api/"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.moto_api._internal import mock_random

from demo.simulated_aws.repairs.patching import add, wrap

LARGEST_PAGE = 50
ACCOUNT_CONCURRENCY = 1000
PATHS = (
    "2016-08-19/account-settings/?",
    "2020-04-22/code-signing-configs/?",
    "2020-04-22/code-signing-configs/(?P<arn>.+)",
)


def apply() -> None:
    wrap(LambdaFunction, "__init__", keep_dead_letters_and_logging)
    wrap(LambdaFunction, "update_configuration", update_dead_letters_and_logging)
    wrap(LambdaFunction, "get_configuration", show_dead_letters_and_logging)
    wrap(LambdaResponse, "list_versions_by_function", list_versions_in_pages)
    add(LambdaResponse, "get_account_settings", get_account_settings)
    add(LambdaResponse, "create_code_signing_config", create_code_signing_config)
    add(LambdaResponse, "get_code_signing_config", get_code_signing_config)
    for path in PATHS:
        urls.url_paths[rf"{{0}}/{path}$"] = LambdaResponse.dispatch


def keep_dead_letters_and_logging(
    original: Callable[..., None],
    self: Any,
    account_id: str,
    spec: dict[str, Any],
    region: str,
    version: str | int = 1,
) -> None:
    # Where failed events and logs go comes back as it was put; logs have a default.
    # API_FunctionConfiguration.html
    original(self, account_id, spec, region, version)
    self.dead_letter_config = spec.get("DeadLetterConfig")
    self.logging_config = _logging(self.function_name, spec.get("LoggingConfig"))


def update_dead_letters_and_logging(
    original: Callable[..., Any], self: Any, config_updates: dict[str, Any]
) -> Any:
    # The same and tracing can be changed later. API_UpdateFunctionConfiguration.html
    if "DeadLetterConfig" in config_updates:
        self.dead_letter_config = config_updates["DeadLetterConfig"]
    if "LoggingConfig" in config_updates:
        self.logging_config = _logging(self.function_name, config_updates["LoggingConfig"])
    if "TracingConfig" in config_updates:
        self.tracing_config = config_updates["TracingConfig"]
    return original(self, config_updates)


def show_dead_letters_and_logging(
    original: Callable[..., dict[str, Any]], self: Any, on_create: bool = False
) -> dict[str, Any]:
    configuration = original(self, on_create) | {"LoggingConfig": self.logging_config}
    if self.dead_letter_config and self.dead_letter_config.get("TargetArn"):
        configuration["DeadLetterConfig"] = self.dead_letter_config
    return configuration


def list_versions_in_pages(original: Callable[..., str], self: LambdaResponse) -> str:
    # At most 50 versions a page, $LATEST first, and no versions of a function that is not there.
    # API_ListVersionsByFunction.html
    function = self.backend.get_function(unquote(self.path.split("/")[-2]))
    versions = [
        version.get_configuration()
        for version in self.backend.list_versions_by_function(function.function_name)
    ]
    start = int(self._get_param("Marker") or 0)
    end = start + min(int(self._get_param("MaxItems") or LARGEST_PAGE), LARGEST_PAGE)
    page: dict[str, Any] = {"Versions": versions[start:end]}
    if versions[end:]:
        page["NextMarker"] = str(end)
    return json.dumps(page)


def get_account_settings(self: LambdaResponse) -> str:
    # The limits of the account in the region; what functions reserve is taken off.
    # API_GetAccountSettings.html
    functions = list(self.backend.list_functions())
    reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    return json.dumps(
        {
            "AccountLimit": {
                "TotalCodeSize": 80530636800,
                "CodeSizeUnzipped": 262144000,
                "CodeSizeZipped": 52428800,
                "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
                "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY - reserved,
            },
            "AccountUsage": {
                "TotalCodeSize": sum(function.code_size for function in functions),
                "FunctionCount": len(functions),
            },
        }
    )


def create_code_signing_config(self: LambdaResponse) -> tuple[int, dict[str, str], str]:
    # A function may point to a configuration that is there. API_CreateCodeSigningConfig.html
    given = self.json_body
    config_id = f"csc-{mock_random.get_random_hex(17)}"
    config = {
        "CodeSigningConfigId": config_id,
        "CodeSigningConfigArn": (
            f"arn:aws:lambda:{self.region}:{self.current_account}:code-signing-config:{config_id}"
        ),
        "Description": given.get("Description", ""),
        "AllowedPublishers": given["AllowedPublishers"],
        "CodeSigningPolicies": given.get("CodeSigningPolicies")
        or {"UntrustedArtifactOnDeployment": "Warn"},
        "LastModified": iso_8601_datetime_with_milliseconds(),
    }
    _code_signing_configs(self)[config["CodeSigningConfigArn"]] = config
    return 201, {}, json.dumps({"CodeSigningConfig": config})


def get_code_signing_config(self: LambdaResponse) -> str:
    # What is refused and what only warned of. API_GetCodeSigningConfig.html
    arn = unquote(self.path.rstrip("/").rpartition("/")[2])
    config = _code_signing_configs(self).get(arn)
    if config is None:
        raise UnknownCodeSigningConfig(arn)
    return json.dumps({"CodeSigningConfig": config})


def _code_signing_configs(self: LambdaResponse) -> dict[str, Any]:
    """On the backend of the region, so that they are gone when that is emptied."""
    configs: dict[str, Any] = vars(self.backend).setdefault("code_signing_configs", {})
    return configs


class UnknownCodeSigningConfig(LambdaClientError):
    code = 404

    def __init__(self, arn: str) -> None:
        super().__init__(
            "ResourceNotFoundException", f"The code signing configuration cannot be found: {arn}"
        )


def _logging(function_name: str, config: dict[str, Any] | None) -> dict[str, Any]:
    default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"}
    return default | (config or {})
