import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

TIMED = "s3.replication-time-and-deletes"
ENCRYPTION = "s3.encryption"
LOGS = "s3.access-logs"
NO_REPLICATION = "ReplicationConfigurationNotFoundError"


def without(destination_key):
    rule = gov.timed_rule("files-us")
    rule["Destination"] = {k: v for k, v in rule["Destination"].items() if k != destination_key}
    return rule


def old_rule(**changes):
    rule = gov.timed_rule("files-us", Prefix="", **changes)
    del rule["Filter"], rule["DeleteMarkerReplication"]
    return rule


def test_timed_passes_when_every_rule_is_timed_measured_and_copies_deletions():
    verdict = aws.complete().verdict(TIMED)
    assert verdict[:2] == (
        Status.PASS,
        "Copies are timed and measured, and deletions are copied.",
    )
    assert verdict.observed["buckets"]["files-eu"] == {
        "region": "eu-west-1",
        "rules_to": ["files-us"],
        "lacking": {},
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (without("ReplicationTime"), "no time limit to files-us"),
        (without("Metrics"), "no metrics to files-us"),
        (gov.timed_rule("files-us", DeleteMarkerReplication=None), "deletions not copied"),
        (
            gov.timed_rule("files-us", DeleteMarkerReplication={"Status": "Disabled"}),
            "deletions not copied to files-us",
        ),
        (aws.rule("files-us"), "no time limit and no metrics to files-us"),
    ],
    ids=["untimed", "unmeasured", "no deletions", "deletions off", "plain"],
)
def test_timed_fails_and_says_what_is_lacking(rule, said):
    verdict = aws.replicating(rule).verdict(TIMED)
    assert verdict.status is Status.FAIL
    assert said in verdict.reason
    assert "(files-eu)" in verdict.reason


def test_timed_counts_deletions_of_the_old_kind_of_rule_which_always_copies_them():
    assert aws.replicating(old_rule()).verdict(TIMED).status is Status.PASS


def test_timed_judges_the_rule_that_decides():
    plain, timed = aws.rule("files-us", Priority=1), gov.timed_rule("files-us", Priority=2)
    assert aws.replicating(plain, timed).verdict(TIMED).status is Status.PASS
    plain["Priority"] = 3
    assert aws.replicating(plain, timed).verdict(TIMED).status is Status.FAIL


@pytest.mark.parametrize(
    "rule",
    [
        aws.rule("files-us", Status="Disabled"),
        aws.rule("files-us", Filter={"Prefix": "img/"}),
        aws.rule("archive"),
    ],
    ids=["disabled", "partial", "elsewhere"],
)
def test_timed_leaves_other_rules_to_other_checks(rule):
    account = aws.replicating(rule)
    assert account.verdict(TIMED).status is Status.PASS
    account.fails(aws.replication("us-east-1"), Status.NOT_FOUND, NO_REPLICATION)
    assert account.verdict(TIMED)[:2] == (
        Status.NOT_APPLICABLE,
        "No bucket replicates as a whole to another one of the component.",
    )


@pytest.mark.parametrize(("algorithm", "wanted"), [("AES256", "any"), ("aws:kms:dsse", "kms")])
def test_encryption_passes_with_the_kind_that_is_wanted(algorithm, wanted):
    account = aws.complete()
    account.says(gov.of_bucket("get_bucket_encryption", "eu-west-1"), gov.encryption(algorithm))
    verdict = account.verdict(ENCRYPTION, bucket_encryption=wanted)
    assert verdict.status is Status.PASS
    assert verdict.observed["buckets"]["files-eu"]["encryption"] == [algorithm]


def test_encryption_with_a_key_of_s3_does_not_do_where_kms_is_wanted():
    account = aws.complete()
    account.says(gov.of_bucket("get_bucket_encryption", "eu-west-1"), gov.encryption("AES256"))
    assert account.verdict(ENCRYPTION)[:2] == (
        Status.FAIL,
        "New objects are not encrypted as they should be: AES256 and not a KMS key (files-eu).",
    )


def test_encryption_fails_without_a_rule():
    account = aws.complete()
    fetch = gov.of_bucket("get_bucket_encryption", "eu-west-1")
    code = "ServerSideEncryptionConfigurationNotFoundError"
    account.fails(fetch, Status.NOT_FOUND, code)
    verdict = account.verdict(ENCRYPTION, bucket_encryption="any")
    assert verdict.status is Status.FAIL
    assert "no default encryption (files-eu)" in verdict.reason


def test_the_command_for_encryption_sets_what_is_wanted():
    for wanted, algorithm in (("any", "AES256"), ("kms", "aws:kms")):
        bound = CHECKS[ENCRYPTION].bind({**aws.PARAMETERS, "bucket_encryption": wanted})
        assert f'"{algorithm}"' in bound.mend_command({})


def test_logs_pass_when_every_bucket_has_a_target():
    verdict = aws.complete().verdict(LOGS)
    assert verdict[:2] == (Status.PASS, "Requests to 2 buckets are logged.")
    assert verdict.observed["buckets"]["files-eu"]["logs_to"] == "logs-eu-west-1"


def test_logs_fail_where_there_is_no_target_and_the_command_names_that_bucket():
    account = aws.complete()
    account.says(gov.of_bucket("get_bucket_logging", "eu-west-1"), {})
    verdict = account.verdict(LOGS)
    assert verdict[:2] == (
        Status.FAIL,
        "Requests are not logged: no access logs (files-eu).",
    )
    command = CHECKS[LOGS].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert "--bucket files-eu" in command
    assert "files-us" not in command


@pytest.mark.parametrize(
    ("check_id", "operation"),
    [
        (TIMED, "get_bucket_replication"),
        (ENCRYPTION, "get_bucket_encryption"),
        (LOGS, "get_bucket_logging"),
    ],
)
def test_a_bucket_that_is_gone_fails_and_one_that_refuses_is_unknown(check_id, operation):
    account = aws.complete()
    account.fails(gov.of_bucket(operation, "eu-west-1"), Status.NOT_FOUND, "NoSuchBucket")
    verdict = account.verdict(check_id)
    assert verdict.status is Status.FAIL
    assert "the bucket does not exist (files-eu)" in verdict.reason
    account = aws.complete()
    account.denies(gov.of_bucket(operation, "eu-west-1"), "s3:Whatever")
    assert account.verdict(check_id)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused s3:Whatever (files-eu).",
    )
