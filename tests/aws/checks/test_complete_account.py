"""On a complete account everything passes; one thing changed turns one check and no other."""

import json

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.errors import Status
from readiness.aws.registry import applicable
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge, governance, lambdas, watching


def released(*numbers, **changes):
    versions = [lambdas.version(number, **changes) for number in ("$LATEST", *numbers)]
    return {"Versions": versions}


MUTATIONS = {
    "cloudfront.function-associated": lambda account: account.says(
        aws.DISTRIBUTION, aws.distribution(aws.behaviour(aws.association(event="origin-response")))
    ),
    "cloudfront.published-version": None,  # see below: no way to change only this one
    "cloudfront.same-newest-version": lambda account: account.says(
        aws.VERSIONS, {"Versions": [aws.version("$LATEST"), aws.version("7"), aws.version("8")]}
    ),
    "cloudfront.deployed-and-enabled": lambda account: account.says(
        aws.DISTRIBUTION, edge.with_settings(Enabled=False)
    ),
    "cloudfront.access-logs": lambda account: account.says(edge.DELIVERIES, edge.deliveries()),
    "cloudfront.realtime-metrics": lambda account: account.says(
        edge.SUBSCRIPTION, edge.subscription("Disabled")
    ),
    "cloudfront.web-acl": lambda account: account.says(
        aws.DISTRIBUTION, edge.with_settings(WebACLId="")
    ),
    "cloudfront.tls-minimum": lambda account: account.says(
        aws.DISTRIBUTION, edge.with_behaviour(ViewerProtocolPolicy="allow-all")
    ),
    "cloudfront.origin-access": lambda account: account.says(
        aws.DISTRIBUTION,
        edge.changed(lambda config: config["Origins"]["Items"][0].pop("OriginAccessControlId")),
    ),
    "cloudfront.origin-failover-group": lambda account: account.says(
        aws.DISTRIBUTION, edge.with_behaviour(TargetOriginId="files-eu")
    ),
    "cloudfront.failover-header": lambda account: account.says(
        aws.DISTRIBUTION,
        edge.with_settings(Origins=edge.listed(edge.origin("eu-west-1"), edge.origin("us-east-1"))),
    ),
    "cloudfront.bucket-origins": lambda account: account.says(
        aws.DISTRIBUTION,
        edge.changed(
            lambda config: config["Origins"]["Items"][0].update(
                DomainName="files-eu.s3.amazonaws.com"
            )
        ),
    ),
    "cloudfront.error-caching": lambda account: account.says(
        aws.DISTRIBUTION,
        edge.with_settings(CustomErrorResponses=edge.listed(edge.error_response(503, 300))),
    ),
    "cloudfront.cache-policy": lambda account: account.says(
        edge.CACHE_POLICY, edge.cache_policy(most=86_400)
    ),
    "cloudfront.accept-encoding-key": lambda account: account.says(
        edge.CACHE_POLICY, edge.cache_policy(gzip=False, brotli=False)
    ),
    "cloudfront.response-headers-policy": lambda account: account.says(
        edge.HEADERS_POLICY, edge.headers_policy("FrameOptions")
    ),
    "acm.certificate-valid": lambda account: account.says(
        edge.CERTIFICATE, edge.certificate(days=29)
    ),
    "lambda.runtime-supported": lambda account: account.says(
        aws.VERSIONS, released("6", "7", Runtime="nodejs20.x")
    ),
    "lambda.published-matches-latest": lambda account: account.says(
        aws.VERSIONS,
        {"Versions": [lambdas.version("$LATEST", CodeSha256="later"), *map(aws.version, "67")]},
    ),
    "lambda.versions-kept": lambda account: account.says(aws.VERSIONS, released("7")),
    "lambda.edge-limits": lambda account: account.says(
        aws.VERSIONS, released("6", "7", Environment={"Variables": {"KEY": aws.SECRET}})
    ),
    "lambda.code-signing": lambda account: account.says(
        lambdas.SIGNING, {"FunctionName": "edge-router"}
    ),
    "lambda.account-concurrency": lambda account: account.says(
        lambdas.settings("eu-west-1"), lambdas.account_settings(left=10)
    ),
    "lambda.tracing": lambda account: account.says(
        lambdas.CONFIGURATION, lambdas.configuration(TracingConfig={"Mode": "PassThrough"})
    ),
    "lambda.concurrency-reserved": lambda account: account.says(lambdas.RESERVED, {}),
    "lambda.failure-destination": lambda account: account.says(
        lambdas.INVOCATION, lambdas.invocation()
    ),
    "quotas.lambda-concurrency": lambda account: account.says(
        lambdas.quota("us-east-1"), lambdas.quota_of(10)
    ),
    "iam.edge-trust": lambda account: account.says(
        lambdas.GET_ROLE, lambdas.role(lambdas.trust("lambda.amazonaws.com"))
    ),
    "iam.least-privilege": lambda account: account.says(
        lambdas.INLINE, lambdas.inline(lambdas.allow("s3:*", Resource="*"))
    ),
    "logs.group-in-every-region": lambda account: account.says(
        aws.groups("eu-west-1"), {"logGroups": [aws.log_group(f"{aws.GROUP}-test")]}
    ),
    "logs.retention": lambda account: account.says(
        aws.groups("eu-west-1"), {"logGroups": [aws.log_group(days=None)]}
    ),
    "dashboards.cover-regions": lambda account: account.says(
        watching.DASHBOARD, watching.dashboard(watching.graph("us-east-1"))
    ),
    "synthetics.canary": lambda account: account.says(
        watching.LAST_RUN, watching.last_runs("FAILED")
    ),
    "logs.metric-filter": lambda account: account.says(
        watching.metric_filters("eu-west-1"), watching.filtered()
    ),
    "logs.shipped": lambda account: account.says(
        watching.stream("eu-west-1"), watching.delivering(to="ExtendedS3")
    ),
    "alarms.function-errors-in-every-region": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", MetricName="Throttles")),
    ),
    "alarms.actions-live": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", AlarmActions=[])),
    ),
    "alarms.cloudfront-errors": lambda account: account.says(
        aws.alarms("us-east-1"),
        {"MetricAlarms": [aws.metric_alarm("us-east-1"), watching.replication_alarm("us-east-1")]},
    ),
    "alarms.replication-lag": lambda account: account.says(
        aws.alarms("eu-west-1"), {"MetricAlarms": [aws.metric_alarm("eu-west-1")]}
    ),
    "alarms.runbook-link": lambda account: account.says(
        aws.alarms("eu-west-1"),
        watching.alarms("eu-west-1", aws.metric_alarm("eu-west-1", AlarmDescription="See wiki")),
    ),
    "alarms.proven": lambda account: account.says(
        watching.history("eu-west-1", "edge-errors"),
        watching.told(watching.state_update("OK"), watching.configuration_update("Create")),
    ),
    "sns.subscription-confirmed": lambda account: account.says(
        aws.subscriptions("eu-west-1"),
        {"Subscriptions": [aws.subscription("PendingConfirmation")]},
    ),
    "s3.versioning": lambda account: account.says(aws.versioning("eu-west-1"), {}),
    "s3.replication-both-ways": lambda account: account.says(
        aws.replication("us-east-1"), aws.replication_to(aws.rule("files-eu", Status="Disabled"))
    ),
    "route53.weighted-both-sides": lambda account: account.says(
        aws.RECORDS, aws.records(aws.record("eu"), aws.record("us", Weight=0))
    ),
    "route53.health-checks": lambda account: account.says(
        aws.health_check("us"), aws.checked("us", Disabled=True)
    ),
    "s3.replication-time-and-deletes": lambda account: account.says(
        aws.replication("eu-west-1"),
        aws.replication_to(governance.timed_rule("files-us", DeleteMarkerReplication=None)),
    ),
    "s3.encryption": lambda account: account.says(
        governance.of_bucket("get_bucket_encryption", "eu-west-1"), governance.encryption("AES256")
    ),
    "s3.access-logs": lambda account: account.says(
        governance.of_bucket("get_bucket_logging", "eu-west-1"), {}
    ),
    "s3.public-access-block": lambda account: account.says(
        governance.of_bucket("get_bucket_policy_status", "eu-west-1"),
        governance.policy_status(public=True),
    ),
    "s3.tls-only-policy": lambda account: account.says(
        governance.of_bucket("get_bucket_policy", "eu-west-1"),
        governance.policy(governance.tls_only("eu-west-1", Action="s3:GetObject")),
    ),
    "trail.multi-region": lambda account: account.says(
        governance.TRAIL_STATUS, {"IsLogging": False}
    ),
    "config.recorder-in-every-region": lambda account: account.says(
        governance.recorders("eu-west-1"), governance.recorder(recording=False)
    ),
    "cloudformation.managed": lambda account: account.says(
        governance.STACK, governance.stack("UPDATE_ROLLBACK_COMPLETE")
    ),
    "cloudformation.drift": lambda account: account.says(
        governance.STACK, governance.stack(DriftInformation=governance.drift("NOT_CHECKED", None))
    ),
    "codepipeline.gate": lambda account: account.says(
        governance.PIPELINE,
        governance.pipeline([governance.action("Source")], [governance.action("Deploy")]),
    ),
    "tags.owner": lambda account: account.says(
        governance.tags("us-east-1", aws.FUNCTION_ARN), governance.tagged(aws.FUNCTION_ARN)
    ),
    "backup.covers-buckets": lambda account: account.says(
        governance.protected("eu-west-1"), governance.backed_up("eu-west-1", hours=49)
    ),
    "budgets.budget": lambda account: account.says(
        governance.of_budget("describe_budget"), governance.budget("USAGE")
    ),
    "costs.tag-active": lambda account: account.says(
        governance.COST_TAGS, {"CostAllocationTags": [governance.cost_tag("Inactive")]}
    ),
}


def statuses(account):
    return {check_id: account.verdict(check_id).status for check_id in CHECKS}


def test_every_check_passes_on_the_complete_account():
    assert statuses(aws.complete()) == dict.fromkeys(CHECKS, Status.PASS)


def test_every_check_has_a_mutation():
    assert set(MUTATIONS) == set(CHECKS)


@pytest.mark.parametrize("check_id", [key for key, change in MUTATIONS.items() if change])
def test_one_mutation_turns_exactly_its_check(check_id):
    account = aws.complete()
    MUTATIONS[check_id](account)
    assert statuses(account) == {**dict.fromkeys(CHECKS, Status.PASS), check_id: Status.FAIL}


def test_an_unpublished_version_turns_the_two_checks_on_versions():
    account = aws.complete()
    account.says(aws.DISTRIBUTION, aws.distribution(aws.behaviour(aws.association("$LATEST"))))
    turned = {key for key, status in statuses(account).items() if status is not Status.PASS}
    assert turned == {"cloudfront.published-version", "cloudfront.same-newest-version"}


def test_the_engine_says_the_same_as_the_checks_alone():
    account = aws.complete()
    MUTATIONS["logs.retention"](account)
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert {each.check_id: each.status for each in outcome.results} == statuses(account)
    assert [each.check_id for each in outcome.results] == list(CHECKS)


def test_each_read_of_the_complete_account_is_made_once():
    account = aws.complete()
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert outcome.reads_made == len(account.answers)
    first = [read for each in outcome.results for read in each.reads if not read.shared]
    assert len(first) == outcome.reads_made


def test_no_secret_of_an_answer_comes_out_of_a_check():
    account = aws.complete()
    holders = (aws.DISTRIBUTION, aws.VERSIONS, aws.subscriptions("eu-west-1"))
    assert all(
        aws.SECRET in json.dumps(account.answers[each].data, default=str) for each in holders
    )
    outcome = run(applicable(aws.PARAMETERS), connection=account.source())
    assert not [each for each in outcome.results if aws.SECRET in repr(each)]


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_every_reason_is_a_sentence(check_id):
    account = aws.complete()
    if MUTATIONS[check_id]:
        before = account.verdict(check_id).reason
        MUTATIONS[check_id](account)
        assert before.endswith(".")
        assert not before.endswith("..")
    after = account.verdict(check_id).reason
    assert after.endswith(".")
    assert after[0].isupper() or after[0].isdigit() or after.startswith("/aws")


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_every_check_gives_a_command_to_copy_whatever_was_observed(check_id):
    account = aws.complete()
    bound = CHECKS[check_id].bind(aws.PARAMETERS)
    passed = bound.mend_command(account.verdict(check_id).observed)
    if MUTATIONS[check_id]:
        MUTATIONS[check_id](account)
    failed = bound.mend_command(account.verdict(check_id).observed)
    nothing = bound.mend_command({})
    assert all("aws " in command for command in (passed, failed, nothing))
