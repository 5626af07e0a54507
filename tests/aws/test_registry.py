import re
import subprocess
import sys

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status, UndeclaredRead
from readiness.aws.facts import Facts
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import FunctionName
from readiness.aws.parameters import CheckParameters, ComponentParameters
from readiness.aws.registry import Verdict, applicable, check
from tests.aws.recordings import complete as aws


class Parameters(CheckParameters):
    function_name: FunctionName


class Judge:
    """Something about the function."""

    @staticmethod
    def needs(params):
        return [Fetch.of("logs", "eu-west-1", "describe_log_groups")] * 2

    @staticmethod
    def evaluate(facts, params):
        return Verdict(Status.PASS, "Fine.", {})


def register(registry, judge=Judge, **changes):
    declared = {
        "version": 1,
        "criteria": ["logs-findable"],
        "params": Parameters,
        "reads": [("logs", "describe_log_groups")],
        "title": "Title",
        "severity": "high",
        "passes": "Passes.",
        "why": "Why.",
        "mend_console": "Console.",
        "mend_cli": "aws logs describe-log-groups --prefix {function_name}",
        "documentation": "Guide",
        **changes,
    }
    made = declared.pop("id", "logs.test")
    return check(made, registry=registry, **declared)(judge)


def test_these_are_the_checks():
    assert set(CHECKS) == {
        "acm.certificate-valid",
        "alarms.actions-live",
        "alarms.cloudfront-errors",
        "alarms.function-errors-in-every-region",
        "alarms.proven",
        "alarms.replication-lag",
        "alarms.runbook-link",
        "cloudfront.accept-encoding-key",
        "cloudfront.access-logs",
        "cloudfront.bucket-origins",
        "cloudfront.cache-policy",
        "cloudfront.deployed-and-enabled",
        "cloudfront.error-caching",
        "cloudfront.failover-header",
        "cloudfront.function-associated",
        "cloudfront.origin-access",
        "cloudfront.origin-failover-group",
        "cloudfront.published-version",
        "cloudfront.realtime-metrics",
        "cloudfront.response-headers-policy",
        "cloudfront.same-newest-version",
        "cloudfront.tls-minimum",
        "cloudfront.web-acl",
        "iam.edge-trust",
        "iam.least-privilege",
        "lambda.account-concurrency",
        "lambda.code-signing",
        "lambda.concurrency-reserved",
        "lambda.edge-limits",
        "lambda.failure-destination",
        "lambda.published-matches-latest",
        "lambda.runtime-supported",
        "lambda.tracing",
        "lambda.versions-kept",
        "dashboards.cover-regions",
        "synthetics.canary",
        "logs.group-in-every-region",
        "logs.metric-filter",
        "logs.retention",
        "logs.shipped",
        "quotas.lambda-concurrency",
        "route53.health-checks",
        "route53.weighted-both-sides",
        "s3.replication-both-ways",
        "s3.versioning",
        "sns.subscription-confirmed",
        "backup.covers-buckets",
        "budgets.budget",
        "cloudformation.drift",
        "cloudformation.managed",
        "codepipeline.gate",
        "config.recorder-in-every-region",
        "costs.tag-active",
        "s3.access-logs",
        "s3.encryption",
        "s3.public-access-block",
        "s3.replication-time-and-deletes",
        "s3.tls-only-policy",
        "tags.owner",
        "trail.multi-region",
    }


def test_each_module_holds_the_checks_of_its_own_service():
    for each in CHECKS.values():
        service, module = each.id.partition(".")[0], each.judge.__module__
        assert re.fullmatch(rf"readiness\.aws\.checks\.{service}(_[a-z0-9]+)*", module)


def test_the_form_knows_every_parameter_that_a_check_wants_by_the_same_type():
    for each in CHECKS.values():
        assert set(each.params.model_fields) <= set(ComponentParameters.model_fields)
        assert each.bind(ComponentParameters.model_validate(aws.PARAMETERS).model_dump(mode="json"))


def test_a_registered_check_is_found_by_its_id():
    registry = {}
    assert register(registry) is Judge
    assert registry["logs.test"].judge is Judge
    assert registry["logs.test"].reads == (("logs", "describe_log_groups"),)


def test_two_checks_of_one_id_are_refused():
    registry = {}
    register(registry)
    with pytest.raises(ValueError, match=r"two checks logs\.test"):
        register(registry)


@pytest.mark.parametrize(
    "name", ["title", "passes", "why", "mend_console", "mend_cli", "documentation"]
)
def test_a_check_without_a_text_is_refused(name):
    with pytest.raises(ValueError, match=f"lacks {name}"):
        register({}, **{name: ""})


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "logs"},
        {"id": "Logs.test"},
        {"id": "logs.test_it"},
        {"version": 0},
        {"severity": "dire"},
        {"reads": []},
        {"criteria": []},
    ],
)
def test_a_check_that_is_not_whole_is_refused(changes):
    registry = {}
    with pytest.raises(ValueError, match=r"logs|Logs"):
        register(registry, **changes)
    assert registry == {}


def test_a_check_without_a_docstring_is_refused():
    class Mute(Judge):
        __doc__ = None

    with pytest.raises(ValueError, match="lacks a docstring"):
        register({}, Mute)


def test_a_check_applies_when_its_parameters_are_there():
    registry = {}
    register(registry)
    assert [each.check.id for each in applicable({"function_name": "f"}, registry)] == ["logs.test"]
    assert applicable({}, registry) == []
    assert applicable({"function_name": None}, registry) == []
    assert applicable({"function_name": "not a name"}, registry) == []


def test_without_any_check_nothing_can_be_said_about_what_applies():
    with pytest.raises(RuntimeError, match=r"import readiness\.aws\.checks"):
        applicable({}, {})


def test_parameters_without_a_value_leave_the_default():
    bound = CHECKS["logs.retention"].bind({**aws.PARAMETERS, "log_retention_days_max": None})
    assert bound.params.log_retention_days_max == 400


@pytest.mark.parametrize(
    ("given", "applying"),
    [
        ({}, set()),
        ({"hosted_zone_id": "Z0123456789ABC"}, set()),
        (
            {"hosted_zone_id": "Z0123456789ABC", "record_name": "a.example.com"},
            {"route53.weighted-both-sides", "route53.health-checks"},
        ),
        (
            {"buckets": {"eu-west-1": "files-eu"}},
            {
                "s3.access-logs",
                "s3.encryption",
                "s3.public-access-block",
                "s3.tls-only-policy",
                "s3.versioning",
            },
        ),
        (
            {"function_name": "f", "edge_regions": ["eu-west-1"]},
            {
                "logs.group-in-every-region",
                "logs.metric-filter",
                "logs.retention",
                "alarms.function-errors-in-every-region",
                "alarms.actions-live",
                "alarms.proven",
                "alarms.runbook-link",
                "sns.subscription-confirmed",
                "lambda.published-matches-latest",
                "lambda.versions-kept",
                "lambda.code-signing",
                "iam.edge-trust",
                "iam.least-privilege",
                "config.recorder-in-every-region",
                "trail.multi-region",
            },
        ),
        (aws.PARAMETERS, set(CHECKS)),
    ],
)
def test_checks_bind_themselves_by_their_parameters(given, applying):
    assert {each.check.id for each in applicable(given)} == applying


def test_a_check_says_which_parameters_it_wants():
    weighted = CHECKS["route53.weighted-both-sides"]
    assert weighted.wants({"record_name": "nonsense"}) == ("hosted_zone_id", "record_name")
    assert weighted.wants(aws.PARAMETERS) == ()


def test_the_same_need_twice_is_one_need():
    registry = {}
    register(registry)
    assert len(registry["logs.test"].bind({"function_name": "f"}).needs()) == 1


@pytest.mark.parametrize("half", ["needs", "needs_more"])
def test_a_read_outside_the_declaration_is_refused(half):
    class Curious(Judge):
        """Asks for more than it says."""

    secret = [Fetch.of("secretsmanager", "eu-west-1", "get_secret_value", SecretId="s")]
    setattr(Curious, half, staticmethod(lambda *_: secret))
    registry = {}
    register(registry, Curious)
    bound = registry["logs.test"].bind({"function_name": "f"})
    with pytest.raises(UndeclaredRead, match="secretsmanager get_secret_value"):
        bound.needs() if half == "needs" else bound.needs_more(Facts({}, aws.NOW))


#: Reads that a complete account makes needless; the tests of the check itself need them.
ONLY_SOMETIMES = {
    "cloudformation.drift": {("cloudformation", "describe_stack_resource_drifts")},
    "s3.public-access-block": {
        ("s3control", "get_public_access_block"),
        ("sts", "get_caller_identity"),
    },
    "trail.multi-region": {("cloudtrail", "get_event_selectors")},
}


def test_every_check_stays_within_its_declaration_and_uses_all_of_it():
    for check_id, each in CHECKS.items():
        asked = {(read.service, read.operation) for read in aws.complete().reads_of(check_id)}
        assert asked == set(each.reads) - ONLY_SOMETIMES.get(check_id, set())


def test_a_command_written_as_a_format_has_its_values_quoted():
    registry = {}

    class Loose(CheckParameters):
        function_name: str

    register(registry, params=Loose)
    bound = registry["logs.test"].bind({"function_name": "f; reboot"})
    assert bound.mend_command({}) == "aws logs describe-log-groups --prefix 'f; reboot'"


def test_the_registry_does_not_cost_a_web_worker_the_sdk_nor_django():
    code = (
        "import sys, readiness.aws.checks, readiness.aws.engine, readiness.aws.session;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"boto3", "botocore", "jmespath", "django"} & set(done.stdout.split())
