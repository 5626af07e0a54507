"""AWS Lambda. Documentation: https://docs.aws.amazon.com/lambda/latest/api/"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse

from demo.simulated_aws.repairs.patching import add, wrap

LARGEST_PAGE = 50
ACCOUNT_CONCURRENCY = 1000


def apply() -> None:
    wrap(LambdaFunction, "__init__", keep_dead_letters_and_logging)
    wrap(LambdaFunction, "update_configuration", update_dead_letters_and_logging)
    wrap(LambdaFunction, "get_configuration", show_dead_letters_and_logging)
    wrap(LambdaResponse, "list_versions_by_function", list_versions_in_pages)
    add(LambdaResponse, "get_account_settings", get_account_settings)
    urls.url_paths[r"{0}/2016-08-19/account-settings/?$"] = LambdaResponse.dispatch


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


def _logging(function_name: str, config: dict[str, Any] | None) -> dict[str, Any]:
    default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"}
    return default | (config or {})
