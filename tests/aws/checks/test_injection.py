"""Every read of every check is made to go wrong: "could not look" must never turn into an answer.

The account is complete, so an honest check passes before, and is unknown after.
"""

import copy

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import UNKNOWN, Status
from readiness.aws.fetch import Answer
from tests.aws.recordings import complete as aws

#: What drifted is told where it can be; that it did is known without.
TELLS_ONLY_MORE = {("cloudformation.drift", "describe_stack_resource_drifts")}


def _reads():
    """Every read of every check, of all rounds, and an account on which the check passes by it."""
    for check_id in CHECKS:
        seen = set()
        for make in (aws.complete, aws.thorough):
            for fetch in make().reads_of(check_id):
                if fetch not in seen and (check_id, fetch.operation) not in TELLS_ONLY_MORE:
                    seen.add(fetch)
                    name = f"{check_id} {fetch.operation} {fetch.place}-{len(seen)}"
                    yield pytest.param(check_id, fetch, make, id=name)


READS = list(_reads())
FAILURES = {
    Status.NOT_AUTHORISED: "AccessDenied",
    Status.THROTTLED: "Throttling",
    Status.TIMEOUT: "ReadTimeoutError",
    Status.UNSUPPORTED: "ResponseParserError",
    Status.ERROR: "InternalError",
}

#: What an answer without a single item means. Where AWS cannot mean that, we could not look.
EMPTY = {
    ("cloudfront.same-newest-version", "list_versions_by_function"): Status.UNSUPPORTED,
    ("cloudfront.access-logs", "describe_delivery_sources"): Status.FAIL,
    ("cloudfront.access-logs", "describe_deliveries"): Status.FAIL,
    ("acm.certificate-valid", "describe_certificate"): Status.PASS,  # it holds no list we judge
    ("logs.group-in-every-region", "describe_log_groups"): Status.FAIL,
    ("logs.retention", "describe_log_groups"): Status.NOT_APPLICABLE,
    ("synthetics.canary", "describe_canaries"): Status.FAIL,
    ("synthetics.canary", "describe_canaries_last_run"): Status.FAIL,
    ("logs.metric-filter", "describe_log_groups"): Status.NOT_APPLICABLE,
    ("logs.metric-filter", "describe_metric_filters"): Status.FAIL,
    ("logs.shipped", "describe_log_groups"): Status.NOT_APPLICABLE,
    ("logs.shipped", "describe_subscription_filters"): Status.FAIL,
    ("logs.shipped", "describe_account_policies"): Status.FAIL,
    ("logs.shipped", "describe_delivery_stream"): Status.UNSUPPORTED,
    ("alarms.function-errors-in-every-region", "describe_alarms"): Status.FAIL,
    ("alarms.actions-live", "describe_alarms"): Status.NOT_APPLICABLE,
    ("alarms.cloudfront-errors", "describe_alarms"): Status.FAIL,
    ("alarms.replication-lag", "describe_alarms"): Status.FAIL,
    ("alarms.runbook-link", "describe_alarms"): Status.NOT_APPLICABLE,
    ("alarms.proven", "describe_alarms"): Status.NOT_APPLICABLE,
    ("alarms.proven", "describe_alarm_history"): Status.UNSUPPORTED,
    ("lambda.runtime-supported", "list_versions_by_function"): Status.UNSUPPORTED,
    ("lambda.published-matches-latest", "list_versions_by_function"): Status.UNSUPPORTED,
    ("lambda.versions-kept", "list_versions_by_function"): Status.UNSUPPORTED,
    ("lambda.edge-limits", "list_versions_by_function"): Status.UNSUPPORTED,
    ("iam.edge-trust", "list_versions_by_function"): Status.UNSUPPORTED,
    ("iam.least-privilege", "list_versions_by_function"): Status.UNSUPPORTED,
    # The role has policies of both kinds: without the one, the others are judged.
    ("iam.least-privilege", "list_role_policies"): Status.PASS,
    ("iam.least-privilege", "list_attached_role_policies"): Status.PASS,
    ("sns.subscription-confirmed", "describe_alarms"): Status.NOT_APPLICABLE,
    ("sns.subscription-confirmed", "list_subscriptions_by_topic"): Status.FAIL,
    ("s3.replication-both-ways", "get_bucket_replication"): Status.FAIL,
    ("route53.weighted-both-sides", "list_resource_record_sets"): Status.FAIL,
    ("route53.health-checks", "list_resource_record_sets"): Status.NOT_APPLICABLE,
    ("s3.replication-time-and-deletes", "get_bucket_replication"): Status.NOT_APPLICABLE,
    ("s3.encryption", "get_bucket_encryption"): Status.FAIL,
    ("trail.multi-region", "describe_trails"): Status.FAIL,
    ("config.recorder-in-every-region", "describe_configuration_recorder_status"): Status.FAIL,
    ("cloudformation.managed", "describe_stacks"): Status.UNSUPPORTED,
    ("cloudformation.managed", "list_stack_resources"): Status.FAIL,
    ("cloudformation.drift", "describe_stacks"): Status.UNSUPPORTED,
    ("cloudformation.drift", "describe_stack_resource_drifts"): Status.PASS,  # not asked
    ("codepipeline.gate", "get_pipeline"): Status.FAIL,
    ("tags.owner", "get_resources"): Status.FAIL,
    ("backup.covers-buckets", "list_protected_resources"): Status.FAIL,
    ("budgets.budget", "describe_budget"): Status.PASS,
    ("budgets.budget", "describe_notifications_for_budget"): Status.FAIL,
    ("costs.tag-active", "list_cost_allocation_tags"): Status.FAIL,
}

#: Settings that AWS leaves out to say no: only without these may an answer turn into a fail.
ABSENCE_IS_NO = {
    ("cloudfront.origin-access", "OriginAccessControlId"),
    ("cloudfront.response-headers-policy", "ResponseHeadersPolicyId"),
    ("cloudfront.response-headers-policy", "SecurityHeadersConfig"),
    ("cloudfront.response-headers-policy", "FrameOptions"),
    ("cloudfront.response-headers-policy", "StrictTransportSecurity"),
    ("cloudfront.response-headers-policy", "CustomHeadersConfig"),
    ("cloudfront.response-headers-policy", "RemoveHeadersConfig"),
    ("logs.retention", "retentionInDays"),
    ("logs.shipped", "SplunkDestinationDescription"),
    ("synthetics.canary", "LastRun"),
    ("s3.versioning", "Status"),
    ("s3.replication-both-ways", "Filter"),  # beside an old Prefix; see the test of both kinds
    ("route53.weighted-both-sides", "Weight"),
    ("route53.health-checks", "HealthCheckId"),
    ("alarms.actions-live", "AlarmActions"),
    ("lambda.code-signing", "CodeSigningConfigArn"),
    ("lambda.concurrency-reserved", "ReservedConcurrentExecutions"),
    ("lambda.failure-destination", "DestinationConfig"),
    ("lambda.failure-destination", "OnFailure"),
    ("lambda.failure-destination", "Destination"),
    # What makes an alarm an alarm on our function: without it, it is on something else.
    ("alarms.function-errors-in-every-region", "MetricName"),
    ("alarms.function-errors-in-every-region", "Namespace"),
    ("alarms.function-errors-in-every-region", "Dimensions"),
    ("alarms.cloudfront-errors", "MetricName"),
    ("alarms.cloudfront-errors", "Namespace"),
    ("alarms.cloudfront-errors", "Dimensions"),
    ("alarms.runbook-link", "AlarmDescription"),
    ("alarms.replication-lag", "MetricName"),
    ("alarms.replication-lag", "Namespace"),
    ("alarms.replication-lag", "Dimensions"),
    ("s3.replication-time-and-deletes", "ReplicationTime"),
    ("s3.replication-time-and-deletes", "Metrics"),
    ("s3.replication-time-and-deletes", "DeleteMarkerReplication"),
    ("s3.access-logs", "LoggingEnabled"),
    ("cloudformation.managed", "PhysicalResourceId"),
    ("budgets.budget", "Notifications"),
}

#: Answers that say no by being empty altogether, such as versioning that was never enabled.
BARE_IS_NO = {
    ("s3.versioning", "get_bucket_versioning"),
    ("lambda.concurrency-reserved", "get_function_concurrency"),
    ("s3.access-logs", "get_bucket_logging"),
    ("budgets.budget", "describe_notifications_for_budget"),
}

#: Answers that are one number and nothing else: in them 7 is no nonsense.
ONE_NUMBER = {("lambda.concurrency-reserved", "get_function_concurrency")}


def test_the_matrix_has_every_read_that_any_check_declares():
    tried = {(*each.values[:1], each.values[1].service, each.values[1].operation) for each in READS}
    tried |= {(check_id, "cloudformation", operation) for check_id, operation in TELLS_ONLY_MORE}
    assert tried == {(check.id, *read) for check in CHECKS.values() for read in check.reads}


def test_the_matrix_is_as_large_as_it_was():
    """Printed with -s. It may grow: if it shrinks, something is no longer tried."""
    reads = [each.values for each in READS]
    later = sum(fetch not in CHECKS[name].bind(aws.PARAMETERS).needs() for name, fetch, _ in reads)
    cases = len(reads) * (len(FAILURES) + 1)  # and the answer with nothing in it
    places = sum(len(list(_paths(make().answers[fetch].data or {}))) for _, fetch, make in reads)
    print(  # noqa: T201 - a figure for whoever asks
        f"\n{len(CHECKS)} checks, {len(reads)} reads ({later} of a later round): {cases} cases of"
        f" a read gone wrong, and {places} places in answers, each nonsense once and left out once"
    )
    assert cases >= 900
    assert later >= 40


@pytest.mark.parametrize(("check_id", "operation"), sorted(TELLS_ONLY_MORE))
def test_a_read_that_only_tells_more_changes_no_verdict_by_failing(check_id, operation):
    account = aws.thorough()
    [fetch] = [each for each in account.reads_of(check_id) if each.operation == operation]
    assert account.verdict(check_id).status is Status.FAIL
    for status, code in FAILURES.items():
        account.fails(fetch, status, code)
        assert account.verdict(check_id).status is Status.FAIL


@pytest.mark.parametrize(("check_id", "fetch", "make"), READS)
def test_a_read_that_fails_makes_the_check_unknown_in_the_same_way(check_id, fetch, make):
    account = make()
    for status, code in FAILURES.items():
        account.fails(fetch, status, code)
        assert account.verdict(check_id).status is status


@pytest.mark.parametrize(("check_id", "fetch", "make"), READS)
def test_an_answer_without_what_was_asked_for_is_not_judged(check_id, fetch, make):
    account = make()
    account.says(fetch, {})
    status = account.verdict(check_id).status
    assert status in ({Status.FAIL} if (check_id, fetch.operation) in BARE_IS_NO else UNKNOWN)


@pytest.mark.parametrize(("check_id", "fetch", "make"), READS)
def test_an_answer_of_the_wrong_type_is_not_judged(check_id, fetch, make):
    account = make()
    data = account.answers[fetch].data or {}
    for nonsense in ("text", 7, None, True, ["text"], [[]], {"a": 1}):
        if nonsense == 7 and (check_id, fetch.operation) in ONE_NUMBER:
            continue
        account.says(fetch, dict.fromkeys(data, nonsense))
        bare = nonsense is None and (check_id, fetch.operation) in BARE_IS_NO
        assert account.verdict(check_id).status in ({Status.FAIL} if bare else UNKNOWN), nonsense


@pytest.mark.parametrize(("check_id", "operation"), EMPTY)
def test_an_empty_answer_means_what_it_means_for_that_operation(check_id, operation):
    account = aws.complete()
    account.changes(_emptied, operation)
    assert account.verdict(check_id).status is EMPTY[check_id, operation]


def test_the_meaning_of_empty_is_declared_for_every_read_that_lists():
    lists = ("describe_", "list_")
    declared = {
        (check.id, operation)
        for check in CHECKS.values()
        for _, operation in check.reads
        if operation.startswith(lists)
    }
    assert declared <= set(EMPTY)


@pytest.mark.parametrize(("check_id", "fetch", "make"), READS)
def test_nothing_anywhere_in_an_answer_turns_it_into_a_fail_by_being_nonsense(
    check_id, fetch, make
):
    account = make()
    whole = account.answers[fetch].data or {}
    for path in _paths(whole):
        data = copy.deepcopy(whole)
        _parent(data, path)[path[-1]] = object()
        account.says(fetch, data)
        assert account.verdict(check_id).status in {Status.PASS, *UNKNOWN}, path


@pytest.mark.parametrize(("check_id", "fetch", "make"), READS)
def test_nothing_left_out_of_an_answer_turns_it_into_a_fail_unless_declared(check_id, fetch, make):
    account = make()
    whole = account.answers[fetch].data or {}
    for path in _paths(whole):
        if isinstance(path[-1], int) or (check_id, path[-1]) in ABSENCE_IS_NO:
            continue
        data = copy.deepcopy(whole)
        del _parent(data, path)[path[-1]]
        account.says(fetch, data)
        assert account.verdict(check_id).status in {Status.PASS, *UNKNOWN}, path


def _emptied(answer):
    def emptied(value):
        if isinstance(value, dict):
            return {key: emptied(each) for key, each in value.items()}
        return [] if isinstance(value, list) else value

    return Answer(answer.fetch, emptied(answer.data))


def _paths(value, before=()):
    """Every place in the answer, from the top."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inside in items:
        yield (*before, key)
        if isinstance(inside, dict | list):
            yield from _paths(inside, (*before, key))


def _parent(data, path):
    for step in path[:-1]:
        data = data[step]
    return data
