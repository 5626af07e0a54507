"""What a component may tell us about itself, so that checks know where to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from readiness.aws.fetch import HOME_REGIONS
from readiness.aws.parameter_types import (
    DEFAULT_ENCRYPTION,
    DEFAULT_ERROR_TTL,
    DEFAULT_EVENT,
    DEFAULT_RETENTION_DAYS,
    DEFAULT_TTL,
    REGIONAL_EDGE_CACHES,
    BackupDays,
    BucketEncryption,
    Buckets,
    BudgetName,
    CacheTtl,
    CanaryName,
    Concurrency,
    DashboardName,
    DistributionId,
    EdgeRegions,
    ErrorTtl,
    FunctionEvent,
    FunctionName,
    HeaderName,
    HeaderNames,
    HostedZoneId,
    LinkStart,
    LogGroupName,
    LogShipping,
    Partition,
    PipelineName,
    RecordName,
    RecordTtl,
    Region,
    RetentionDays,
    StackName,
    TagKey,
    YesOrNo,
)


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
            " Lambda@Edge runs in the regional edge caches near your users, in August 2022:"
            f" {', '.join(REGIONAL_EDGE_CACHES)}."
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
            "The key of the tag by which costs are assigned. Only the account that pays can look;"
            " AWS charges it about one US cent each time."
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
