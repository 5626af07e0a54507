"""Takes what nobody else should see out of an answer of AWS, and leaves what checks judge by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "(redacted)"

#: Keys whose text is removed whatever it is: secrets by their names, and people's addresses.
SECRET_KEY = re.compile(
    r"secret|password|passwd|credential|privatekey|apikey|authorization|hectoken|oauthtoken"
    r"|accesstoken|authtoken|sessiontoken|headervalue|emailaddress",
    re.IGNORECASE,
)
#: (service, key) of what is an address or people's own words there, and a plain thing elsewhere.
PRIVATE = {
    ("budgets", "Address"),
    ("cloudformation", "OutputValue"),
    ("cloudformation", "ParameterValue"),
    ("lambda", "Description"),
    ("resourcegroupstaggingapi", "Value"),
    ("sns", "Endpoint"),
}
#: Keys that hold a mapping of names to values of which the names are enough: Lambda's environment.
ONLY_NAMES = {"Variables"}
#: Secrets that show in any text: access keys, private keys, passwords in addresses.
SECRET_TEXT = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^/\s:@\"]+:[^/\s@\"]+(?=@)",
    re.DOTALL,
)


def redacted(service: str, value: Any) -> Any:
    """Return an answer of a service as it may leave the account: keys as they were, secrets and
    addresses as "(redacted)". What is no text, or an empty one, stays what it is."""
    if isinstance(value, Mapping):
        return {key: _under(service, str(key), inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(service, inside) for inside in value]
    return SECRET_TEXT.sub(REDACTED, value) if isinstance(value, str) else value


def _under(service: str, key: str, value: Any) -> Any:
    if (
        isinstance(value, str)
        and value.strip()
        and ((service, key) in PRIVATE or SECRET_KEY.search(key))
    ):
        return REDACTED
    if key in ONLY_NAMES and isinstance(value, Mapping):
        return dict.fromkeys(value, REDACTED)
    return redacted(service, value)
