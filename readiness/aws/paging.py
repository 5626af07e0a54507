"""How an operation hands out a long answer: botocore's own tables, plus what they leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: Operations that page although botocore's tables do not say so.
UNLISTED: dict[tuple[str, str], dict[str, Any]] = {
    ("cloudformation", "describe_stack_resource_drifts"): {
        "input_token": "NextToken",
        "output_token": "NextToken",
        "result_key": "StackResourceDrifts",
    },
    ("logs", "describe_account_policies"): {
        "input_token": "nextToken",
        "output_token": "nextToken",
        "result_key": "accountPolicies",
    },
    ("synthetics", "describe_canaries"): {
        "input_token": "NextToken",
        "output_token": "NextToken",
        "result_key": "Canaries",
    },
    ("synthetics", "describe_canaries_last_run"): {
        "input_token": "NextToken",
        "output_token": "NextToken",
        "result_key": "CanariesLastRun",
    },
    ("wafv2", "list_web_acls"): {
        "input_token": "NextMarker",
        "output_token": "NextMarker",
        "result_key": "WebACLs",
    },
}

#: Keys that say "there is more", wherever neither table says how to read on.
LEFTOVER_KEYS = ("NextMarker", "NextPageToken", "NextToken", "nextPageToken", "nextToken")


@dataclass(frozen=True)
class Paging:
    """The request keys to go on with, and compiled JMESPath expressions to read a page with."""

    request_keys: tuple[str, ...]
    tokens: tuple[Any, ...]
    items: tuple[Any, ...]
    more: Any | None

    def keywords_of_next(self, page: Mapping[str, Any]) -> dict[str, Any]:
        """What to add to the request for the page after `page`: empty when that was the last."""
        if self.more is not None and not self.more.search(page):
            return {}
        found = (expression.search(page) for expression in self.tokens)
        return {key: token for key, token in zip(self.request_keys, found, strict=True) if token}

    def add(self, page: Mapping[str, Any], whole: dict[str, Any]) -> int:
        """Append the items of `page` to `whole` (which gets no tokens) and return how many."""
        from botocore.utils import set_value_from_jmespath  # noqa: PLC0415 - see errors.classify

        added = 0
        for expression in self.items:
            part, sofar = expression.search(page), expression.search(whole)
            if isinstance(part, list):
                added += len(part)
            if isinstance(part, list) and isinstance(sofar, list):
                sofar.extend(part)
            elif part is not None:
                set_value_from_jmespath(whole, expression.expression, part)
        return added


def has_leftovers(page: Mapping[str, Any]) -> bool:
    """Whether an answer says of itself that it is not all."""
    return page.get("IsTruncated") is True or any(page.get(key) for key in LEFTOVER_KEYS)


@lru_cache(maxsize=256)
def paging_of(service: str, operation: str) -> Paging | None:
    """How `operation` (in boto3's spelling) pages; None if it answers at once."""
    import jmespath  # noqa: PLC0415 - see errors.classify

    config = UNLISTED.get((service, operation)) or _botocore_tables(service).get(operation)
    if config is None:
        return None
    more = config.get("more_results")
    return Paging(
        request_keys=_as_tuple(config["input_token"]),
        tokens=tuple(jmespath.compile(text) for text in _as_tuple(config["output_token"])),
        items=tuple(jmespath.compile(text) for text in _as_tuple(config["result_key"])),
        more=jmespath.compile(more) if more else None,
    )


@lru_cache(maxsize=64)
def _botocore_tables(service: str) -> dict[str, dict[str, Any]]:
    from botocore import xform_name  # noqa: PLC0415 - see errors.classify
    from botocore.exceptions import DataNotFoundError  # noqa: PLC0415
    from botocore.loaders import create_loader  # noqa: PLC0415

    try:
        tables = create_loader().load_service_model(service, "paginators-1")["pagination"]
    except DataNotFoundError:
        return {}
    return {xform_name(name): config for name, config in tables.items()}


def _as_tuple(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
