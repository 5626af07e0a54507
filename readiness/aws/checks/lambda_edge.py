"""Does the function keep to what Lambda@Edge allows, and has it room to run in each edge region?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from readiness.aws.checks.cloudfront import EdgeFunction
from readiness.aws.checks.lambda_function import not_published, versions_in_question
from readiness.aws.checks.quotas import EdgeCapacity, mend_capacity
from readiness.aws.distribution import READS_DISTRIBUTION, distribution_fetch
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.functions import (
    READS_VERSIONS,
    FunctionVersion,
    VersionsAnswer,
    function_options,
    versions_fetch,
)
from readiness.aws.judging import Part, count, listing, look_at
from readiness.aws.registry import Observed, Verdict, check

READS_SETTINGS = ("lambda", "get_account_settings")

# "Quotas on Lambda@Edge" in the Amazon CloudFront Developer Guide, looked up in November 2026 in
# public copies without a date, not on the page itself. Older copies hold viewer events to
# 5 seconds, 128 MB and 1 MB; in the later ones only the size of a generated response depends on
# the event, and no setting tells that. The features are those of "Restrictions on Lambda@Edge":
# environment, VPC, layers and storage are in the copies seen, images in an answer on AWS re:Post
# that quotes them; dead-letter queues, arm64 and X-Ray only in public code and an older copy.
TIMEOUT_MAX = 30  # seconds
PACKAGE_MAX = 50 * 1024 * 1024  # bytes, compressed
STORAGE_MAX = 512  # megabytes in /tmp
LANGUAGES = ("nodejs", "python")


class Environment(Shape):
    variables: dict[str, str] = Field({}, repr=False)


class Network(Shape):
    vpc_id: str = ""


class Layer(Shape):
    arn: str


class DeadLetters(Shape):
    target_arn: str = ""


class Tracing(Shape):
    mode: str


class Storage(Shape):
    size: int


class ConfiguredVersion(FunctionVersion):
    """AWS leaves out what was never set."""

    runtime: str
    timeout: int
    code_size: int
    package_type: str
    architectures: list[str] = Field(min_length=1)
    ephemeral_storage: Storage
    tracing_config: Tracing
    environment: Environment = Environment()
    vpc_config: Network = Network()
    layers: list[Layer] = []
    dead_letter_config: DeadLetters = DeadLetters()

    def breaches(self) -> Iterator[str]:
        """What CloudFront would refuse, or Lambda@Edge would not do, in words."""
        if self.timeout > TIMEOUT_MAX:
            yield f"a timeout of {self.timeout} seconds, over {TIMEOUT_MAX}"
        if self.code_size > PACKAGE_MAX:
            yield f"a package of {self.code_size} bytes, over {PACKAGE_MAX}"
        if self.ephemeral_storage.size > STORAGE_MAX:
            yield f"{self.ephemeral_storage.size} MB of storage, over {STORAGE_MAX}"
        if not self.runtime.startswith(LANGUAGES):
            yield f"the runtime {self.runtime}"
        if self.package_type != "Zip":
            yield "a container image"
        if self.architectures != ["x86_64"]:
            yield f"the architecture {listing(self.architectures)}"
        yield from self._features()

    def _features(self) -> Iterator[str]:
        if self.environment.variables:
            yield "environment variables"
        if self.vpc_config.vpc_id:
            yield "a VPC"
        if self.layers:
            yield "layers"
        if self.dead_letter_config.target_arn:
            yield "a dead-letter queue"
        if self.tracing_config.mode == "Active":
            yield "X-Ray tracing"


class AccountLimit(Shape):
    concurrent_executions: int
    unreserved_concurrent_executions: int


class SettingsAnswer(Shape):
    account_limit: AccountLimit


def settings_fetch(region: str) -> Fetch:
    return Fetch.of("lambda", region, "get_account_settings")


def _mend_limits(params: EdgeFunction, observed: Observed) -> str:
    options = function_options(params)
    return (
        "# Choose from this what the version has too much of.\n"
        f"aws lambda update-function-configuration {options} --timeout {TIMEOUT_MAX}"
        f" --ephemeral-storage Size={STORAGE_MAX} --environment 'Variables={{}}' --layers"
        " --vpc-config SubnetIds=[],SecurityGroupIds=[] --dead-letter-config TargetArn="
        " --tracing-config Mode=PassThrough\n"
        f"aws lambda publish-version {options}  # then put it on the distribution"
    )


@check(
    "lambda.edge-limits",
    version=1,
    criteria=["quota-headroom"],
    params=EdgeFunction,
    reads=[READS_DISTRIBUTION, READS_VERSIONS],
    title="The function keeps to the limits of Lambda@Edge",
    severity="medium",
    passes=(
        "Each version that the distribution calls, and the newest, is within the limits of time,"
        " package and storage, and uses nothing that Lambda@Edge does not have."
    ),
    why=(
        "What works in a test of the function alone may be refused at the edge: CloudFront says no"
        " to the version at the moment it should be deployed, which may be in an incident."
    ),
    mend_console=(
        "Lambda, the function, Configuration: bring the settings named back within the limits, or"
        " take them away; then publish a version and put it on the distribution."
    ),
    mend_cli=_mend_limits,
    documentation="Amazon CloudFront Developer Guide: Restrictions on Lambda@Edge",
)
class EdgeLimits:
    """No version in question has a setting that Lambda@Edge does not allow."""

    @staticmethod
    def needs(params: EdgeFunction) -> Iterable[Fetch]:
        yield distribution_fetch(params)
        yield versions_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeFunction) -> Verdict:
        versions = versions_in_question(facts, params, VersionsAnswer[ConfiguredVersion])
        if not versions:
            return not_published(params)

        def look(name: str) -> Part:
            version = versions[name]
            breaches = list(version.breaches())
            seen = {
                "seconds": version.timeout,
                "package_bytes": version.code_size,
                "too_much": breaches,
            }
            return Part(not breaches, seen, wrong=listing(breaches))

        tally = look_at(versions, look)
        return tally.verdict(
            {"versions": tally.table},
            passed=(
                f"The function {params.function_name} keeps to the limits of Lambda@Edge"
                f" in {count(tally.total, 'version')} looked at"
            ),
            failed=f"Lambda@Edge does not allow {tally.wrongs()}",
        )


@check(
    "lambda.account-concurrency",
    version=1,
    criteria=["quota-headroom"],
    params=EdgeCapacity,
    reads=[READS_SETTINGS],
    title="Each edge region has concurrency left for the function",
    severity="high",
    passes=(
        "In each edge region, the concurrency that other functions have not reserved is at least"
        " the component's least concurrency."
    ),
    why=(
        "A function at the edge cannot reserve concurrency. It lives on what the account allows in"
        " the region, minus what others have reserved, and is throttled with the first request"
        " above that."
    ),
    mend_console=(
        "Service Quotas, in the region, AWS Lambda, Concurrent executions: Request increase. Or"
        " Lambda, the functions of that region: take back reservations that nobody needs."
    ),
    mend_cli=mend_capacity,
    documentation="AWS Lambda Developer Guide: Understanding Lambda function scaling",
)
class AccountConcurrency:
    """What is unreserved in each edge region is lambda_concurrency_min or more."""

    @staticmethod
    def needs(params: EdgeCapacity) -> Iterable[Fetch]:
        return (settings_fetch(region) for region in params.edge_regions)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeCapacity) -> Verdict:
        wanted = params.lambda_concurrency_min

        def look(region: str) -> Part:
            limit = facts.read(settings_fetch(region), SettingsAnswer).account_limit
            left = limit.unreserved_concurrent_executions
            seen = {"limit": limit.concurrent_executions, "unreserved": left}
            return Part(left >= wanted, seen, wrong=f"{left} are left")

        tally = look_at(params.edge_regions, look)
        return tally.verdict(
            {"regions": tally.table, "wanted": wanted},
            passed=(
                f"At least {wanted} executions at the same time are left"
                f" in each of {tally.total} edge regions"
            ),
            failed=f"{wanted} executions at the same time are wanted: {tally.wrongs()}",
        )
