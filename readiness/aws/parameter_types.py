"""The kinds of value that a parameter may have, and what people are told of one that is wrong."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

#: The regions with a regional edge cache as of August 2022: where Lambda@Edge runs and logs.
#: A suggestion for the form, not a rule: your own functions may have run in fewer.
REGIONAL_EDGE_CACHES = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)


def _refusal(message: str) -> PydanticCustomError:
    """Our own words: pydantic puts none of its own around them."""
    return PydanticCustomError("parameter", "{message}", {"message": message})


def _like(pattern: str, expected: str) -> AfterValidator:
    """The whole text must match; if not, `expected` tells a person what would have been right."""
    compiled = re.compile(pattern)

    def validate(text: str) -> str:
        if not compiled.fullmatch(text):
            raise _refusal(expected)
        return text

    return AfterValidator(validate)


def _whole_number(low: int, high: int, expected: str) -> BeforeValidator:
    def validate(value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
            raise _refusal(expected)
        if not low <= int(text) <= high:
            raise _refusal(expected)
        return int(text)

    return BeforeValidator(validate)


def _listed(value: object) -> object:
    """A text field's "eu-west-1, us-east-1" (or one a line) as a list."""
    return re.split(r"[\s,;]+", value.strip()) if isinstance(value, str) else value


def _mapped(value: object) -> object:
    """A text field's lines "eu-west-1: bucket" as a mapping."""
    if not isinstance(value, str):
        return value
    lines = (line.strip() for line in value.splitlines())
    pairs = [re.split(r"\s*[:=]\s*|\s+", line) for line in lines if line]
    if any(len(pair) != 2 for pair in pairs):
        raise _refusal("Give one bucket a line, for example eu-west-1: files-eu.")
    if len({region for region, _ in pairs}) < len(pairs):
        raise _refusal("Each region has one bucket; a region is named twice.")
    return dict(pairs)


def _some_and_unique(regions: tuple[str, ...]) -> tuple[str, ...]:
    if not regions:
        raise _refusal("Name at least one region, for example eu-west-1.")
    twice = sorted({region for region in regions if regions.count(region) > 1})
    if twice:
        raise _refusal(f"Each region counts once; {', '.join(twice)} is named twice.")
    return regions


def _some_and_distinct(buckets: dict[str, str]) -> dict[str, str]:
    if not buckets:
        raise _refusal("Name at least one bucket, for example eu-west-1: files-eu.")
    if len(set(buckets.values())) < len(buckets):
        raise _refusal("A bucket lives in one region; the same name is given for two.")
    return buckets


BUCKET_EXPECTED = (
    "A bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, for example files-eu."
)
RESERVED_BUCKET_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_BUCKET_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def _bucket_name(name: str) -> str:
    well_formed = re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) and ".." not in name
    reserved = name.startswith(RESERVED_BUCKET_STARTS) or name.endswith(RESERVED_BUCKET_ENDS)
    if not well_formed or reserved or _is_address(name):
        raise _refusal(BUCKET_EXPECTED)
    return name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


RECORD_EXPECTED = "A record name is a full DNS name, for example www.example.com."
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


HEADER_EXPECTED = "A header's name has letters, digits and hyphens, for example x-failover."


def _header_name(name: str) -> str:
    """In the one spelling in which names are compared: HTTP takes no notice of case."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
        raise _refusal(HEADER_EXPECTED)
    return name.lower()


def _some_headers(value: object) -> object:
    """A text field's "x-frame-options, server" (or one a line) as a list."""
    names = _listed(value)
    if not isinstance(names, list | tuple) or not names:
        raise _refusal("Name at least one header, for example x-frame-options.")
    return names


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _yes_or_no(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def dns_name(name: str) -> str:
    """The one spelling in which names are compared: lower case, ends in a dot, no \\052 for *.

    Raises nothing: a text that is no DNS name stays what it is but for that.
    """
    plain = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), name.strip())
    return plain.lower().rstrip(".") + "."


def _record_name(name: str) -> str:
    normal = dns_name(name)
    first, *others = normal[:-1].split(".")
    labels = others if first == "*" else [first, *others]
    if not others or len(normal) > 255 or not all(LABEL.fullmatch(label) for label in labels):
        raise _refusal(RECORD_EXPECTED)
    return normal


Text = Annotated[str, StringConstraints(strip_whitespace=True)]

DistributionId = Annotated[
    Text,
    _like(
        r"E[A-Z0-9]{5,30}",
        "A distribution id is an E with capital letters and digits, for example E1A2B3C4D5E6F7.",
    ),
]
FunctionName = Annotated[
    Text,
    _like(
        r"[A-Za-z0-9_-]{1,64}",
        "Give the function's plain name, without ARN and version, for example edge-router.",
    ),
]
FunctionEvent = Literal["viewer-request", "origin-request", "origin-response", "viewer-response"]
Region = Annotated[
    Text,
    _like(r"[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}", "A region is a code, for example eu-west-1."),
]
EdgeRegions = Annotated[
    tuple[Region, ...], BeforeValidator(_listed), AfterValidator(_some_and_unique)
]
LogGroupName = Annotated[
    Text,
    _like(
        r"[A-Za-z0-9_/.#-]{1,512}",
        "A log group's name has letters, digits and _ / . # -, for example /edge/router.",
    ),
]
RetentionDays = Annotated[
    int, _whole_number(1, 3653, "Give a whole number of days from 1 to 3653, for example 400.")
]
BucketName = Annotated[Text, AfterValidator(_bucket_name)]
Buckets = Annotated[
    dict[Region, BucketName], BeforeValidator(_mapped), AfterValidator(_some_and_distinct)
]
HostedZoneId = Annotated[
    Text,
    _like(
        r"Z[A-Z0-9]{5,32}",
        "A hosted zone id is a Z with capital letters and digits, for example Z0123456789ABCDEF.",
    ),
]
RecordName = Annotated[Text, AfterValidator(_record_name)]
RecordTtl = Annotated[
    int, _whole_number(1, 86400, "Give a whole number of seconds from 1 to 86400, for example 60.")
]
HeaderName = Annotated[Text, AfterValidator(_header_name)]
HeaderNames = Annotated[
    tuple[HeaderName, ...], BeforeValidator(_some_headers), AfterValidator(_each_once)
]
YesOrNo = Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]
ErrorTtl = Annotated[
    int,
    _whole_number(
        0, 31_536_000, "Give a whole number of seconds from 0 to 31536000, for example 10."
    ),
]
CacheTtl = Annotated[
    int,
    _whole_number(
        0, 31_536_000, "Give a whole number of seconds from 0 to 31536000, for example 86400."
    ),
]
BucketEncryption = Literal["any", "kms"]
BackupDays = Annotated[
    int, _whole_number(1, 3653, "Give a whole number of days from 1 to 3653, for example 2.")
]
StackName = Annotated[
    Text,
    _like(
        r"[A-Za-z][A-Za-z0-9-]{0,127}",
        "Give the stack's plain name of letters, digits and -, for example edge-router.",
    ),
]
PipelineName = Annotated[
    Text,
    _like(
        r"[A-Za-z0-9.@_-]{1,100}",
        "A pipeline's name has letters, digits and . @ _ -, for example edge-router.",
    ),
]
TagKey = Annotated[
    Text,
    _like(
        r"(?!aws:)[\w .:/=+@-]{1,128}",
        "A tag's key has up to 128 letters, digits, spaces and . : / = + @ _ -, for example team.",
    ),
]
BudgetName = Annotated[
    Text,
    _like(
        r"[^:\\\x00-\x1f]{1,100}",
        "A budget's name has up to 100 characters, none of them : or \\, for example edge-router.",
    ),
]
Concurrency = Annotated[
    int,
    _whole_number(
        1, 1_000_000, "Give a whole number of executions from 1 to 1000000, for example 1000."
    ),
]
LogShipping = Literal["any", "splunk", "http"]
LinkStart = Annotated[
    Text,
    _like(
        r"https?://[^\s<>\"']{3,500}",
        "Give how your links begin, for example https://runbooks.example.com/.",
    ),
]
DashboardName = Annotated[
    Text,
    _like(
        r"[A-Za-z0-9_-]{1,255}",
        "A dashboard's name has letters, digits, _ and -, for example edge-router.",
    ),
]
CanaryName = Annotated[
    Text,
    _like(
        r"[a-z0-9_-]{1,255}",
        "A canary's name has lower-case letters, digits, _ and -, for example edge-router.",
    ),
]
Partition = Literal["aws", "aws-cn", "aws-us-gov"]

DEFAULT_EVENT: FunctionEvent = "origin-request"
DEFAULT_RETENTION_DAYS = 400
DEFAULT_TTL = 60
DEFAULT_ERROR_TTL = 10  # what CloudFront does by itself
DEFAULT_ENCRYPTION: BucketEncryption = "any"
