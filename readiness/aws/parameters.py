"""What a component may tell us about itself, so that checks know where to look."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from readiness.aws.fetch import HOME_REGIONS

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


class CheckParameters(BaseModel):
    """Base of what one check needs: it declares just its own fields, of the types above."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    partition: Partition = "aws"

    @property
    def home_region(self) -> str:
        """Where the global services are asked, and where Lambda@Edge functions live."""
        return HOME_REGIONS[self.partition]


class ComponentParameters(BaseModel):
    """All parameters that a component may have. The form is made of this: titles are for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    distribution_id: DistributionId | None = Field(
        None,
        title="CloudFront distribution",
        description="The id of the distribution in front of the component.",
        examples=["E1A2B3C4D5E6F7"],
    )
    function_name: FunctionName | None = Field(
        None,
        title="Lambda@Edge function",
        description="Its plain name, without ARN and version.",
        examples=["edge-router"],
    )
    function_event: FunctionEvent = Field(
        DEFAULT_EVENT,
        title="Event",
        description="Where in the path of a request CloudFront calls the function.",
        examples=[DEFAULT_EVENT],
    )
    edge_regions: EdgeRegions | None = Field(
        None,
        title="Edge regions",
        description=(
            "Every region where the function runs, and so writes logs and metrics."
            " Lambda@Edge runs in the regional edge caches near your users."
        ),
        examples=["eu-west-1, us-east-1"],
    )
    log_group: LogGroupName | None = Field(
        None,
        title="Log group",
        description="Only if the function logs to another group than the one Lambda makes for it.",
        examples=["/edge/router"],
    )
    log_retention_days_max: RetentionDays = Field(
        DEFAULT_RETENTION_DAYS,
        title="Longest log retention in days",
        description="Logs kept longer than this count as kept too long.",
        examples=[DEFAULT_RETENTION_DAYS],
    )
    buckets: Buckets | None = Field(
        None,
        title="Buckets",
        description="The buckets that hold the same content, each with its region.",
        examples=["eu-west-1: files-eu\nus-east-1: files-us"],
    )
    hosted_zone_id: HostedZoneId | None = Field(
        None,
        title="Hosted zone",
        description="The Route 53 zone that steers the traffic.",
        examples=["Z0123456789ABCDEF"],
    )
    record_name: RecordName | None = Field(
        None,
        title="Record name",
        description="The full DNS name whose weighted records choose between the sides.",
        examples=["origin.example.com"],
    )
    record_ttl_max: RecordTtl = Field(
        DEFAULT_TTL,
        title="Longest TTL in seconds",
        description="How long resolvers may keep an answer after traffic was moved.",
        examples=[DEFAULT_TTL],
    )
    failover_header: HeaderName | None = Field(
        None,
        title="Failover header",
        description=(
            "The custom header that tells the function it was called for the second origin of a"
            " group. Its name only; a value is never asked for and never kept."
        ),
        examples=["x-failover"],
    )
    error_ttl_max: ErrorTtl = Field(
        DEFAULT_ERROR_TTL,
        title="Longest caching of an error in seconds",
        description="How long CloudFront may repeat an error after its cause is gone.",
        examples=[DEFAULT_ERROR_TTL],
    )
    cache_ttl_max: CacheTtl | None = Field(
        None,
        title="Longest caching of an answer in seconds",
        description=(
            "How long CloudFront may give out a wrong answer if nobody calls it back. Without a"
            " limit there is no check."
        ),
        examples=[86_400],
    )
    response_headers: HeaderNames | None = Field(
        None,
        title="Headers that every answer has",
        description="The response headers policy of each behaviour sets them.",
        examples=["strict-transport-security, x-frame-options"],
    )
    stripped_headers: HeaderNames | None = Field(
        None,
        title="Headers that no answer has",
        description="The response headers policy of each behaviour removes them.",
        examples=["server, x-powered-by"],
    )
    precompressed: YesOrNo = Field(
        "no",
        title="Chooses between compressed files",
        description=(
            "Whether the function looks at Accept-Encoding to choose between a file and its"
            " compressed twin."
        ),
        examples=["yes"],
    )
    bucket_encryption: BucketEncryption = Field(
        DEFAULT_ENCRYPTION,
        title="Encryption of the buckets",
        description="kms if objects must be encrypted with a key of AWS KMS.",
        examples=[DEFAULT_ENCRYPTION],
    )
    backup_days_max: BackupDays | None = Field(
        None,
        title="Oldest backup in days",
        description="Only if AWS Backup keeps the buckets: how old their last backup may be.",
        examples=[2],
    )
    stack_name: StackName | None = Field(
        None,
        title="CloudFormation stack",
        description="The plain name of the stack that declares the function.",
        examples=["edge-router"],
    )
    stack_region: Region | None = Field(
        None,
        title="Region of the stack",
        description="Where CloudFormation keeps the stack.",
        examples=["us-east-1"],
    )
    pipeline_name: PipelineName | None = Field(
        None,
        title="CodePipeline pipeline",
        description="The pipeline that every release goes through.",
        examples=["edge-router"],
    )
    pipeline_region: Region | None = Field(
        None,
        title="Region of the pipeline",
        description="Where CodePipeline keeps the pipeline.",
        examples=["us-east-1"],
    )
    owner_tag: TagKey | None = Field(
        None,
        title="Owner tag",
        description="The key of the tag that says whose a resource is; upper case matters.",
        examples=["team"],
    )
    budget_name: BudgetName | None = Field(
        None,
        title="Budget",
        description="The AWS budget that guards what the component costs.",
        examples=["edge-router"],
    )
    cost_tag: TagKey | None = Field(
        None,
        title="Cost allocation tag",
        description=(
            "The key of the tag by which costs are assigned. Only the account that pays can look."
        ),
        examples=["service"],
    )
    plain_function_name: FunctionName | None = Field(
        None,
        title="Plain Lambda function",
        description=(
            "A function of the component that does not run at the edge: its plain name, without"
            " ARN and version."
        ),
        examples=["asset-purger"],
    )
    plain_function_region: Region | None = Field(
        None,
        title="Region of the plain function",
        description="Where the plain Lambda function runs.",
        examples=["eu-west-1"],
    )
    lambda_concurrency_min: Concurrency | None = Field(
        None,
        title="Least concurrency of Lambda",
        description=(
            "How many executions at the same time each edge region must allow: your peak, and"
            " some room."
        ),
        examples=[1000],
    )
    log_shipping: LogShipping | None = Field(
        None,
        title="Where logs are shipped",
        description=(
            "Only if logs must leave CloudWatch: splunk or http for a Firehose stream that delivers"
            " to Splunk or to another collector, any for whatever takes them."
        ),
        examples=["splunk"],
    )
    runbook_prefix: LinkStart | None = Field(
        None,
        title="Start of runbook links",
        description="How the links in alarm descriptions begin that count as runbooks.",
        examples=["https://runbooks.example.com/"],
    )
    dashboard_name: DashboardName | None = Field(
        None,
        title="Dashboard",
        description="The CloudWatch dashboard that on-call opens first.",
        examples=["edge-router"],
    )
    canary_name: CanaryName | None = Field(
        None,
        title="Canary",
        description="The CloudWatch Synthetics canary that tries the component from outside.",
        examples=["edge-router"],
    )
    canary_region: Region | None = Field(
        None,
        title="Region of the canary",
        description="Where the canary runs.",
        examples=["eu-west-1"],
    )
    partition: Partition = Field(
        "aws",
        title="Partition",
        description="aws everywhere but in China (aws-cn) and GovCloud (aws-us-gov).",
        examples=["aws"],
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        """A field left empty in a form, or null in a file, is a parameter not given."""
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if not _is_blank(value)}


def _is_blank(value: object) -> bool:
    return value in (None, [], {}, ()) or (isinstance(value, str) and not value.strip())


def problems(error: ValidationError) -> dict[str, list[str]]:
    """What to show beside each field: its name, and sentences in plain words."""
    found: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_input=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        sentence = _plain(problem["type"], problem["msg"], problem.get("ctx", {}))
        where = found.setdefault(name, [])
        if sentence not in where:
            where.append(sentence)
    return found


def _plain(kind: str, message: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "parameter":
            return message
        case "extra_forbidden":
            return "There is no parameter of this name."
        case "literal_error":
            return f"Choose one of {str(context['expected']).replace(chr(39), '')}."
        case "string_type":
            return "Give a text."
        case "tuple_type" | "list_type":
            return "Give a list of regions, for example eu-west-1, us-east-1."
        case "dict_type":
            return "Give one bucket a line, for example eu-west-1: files-eu."
    return message
