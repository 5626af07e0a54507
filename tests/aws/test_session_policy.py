import json
import re
from dataclasses import replace

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.registry import applicable
from readiness.aws.session_policy import FOLLOWERS, LONGEST, session_policies, source_identity
from tests.aws.recordings import complete, governance

ALL = sorted({read for check in CHECKS.values() for read in check.reads})
OF_STS = 2048


def actions(policies):
    return [action for each in policies for action in each.document["Statement"][0]["Action"]]


def test_a_short_policy_is_one_session():
    (only,) = session_policies([("s3", "get_bucket_versioning"), ("logs", "describe_log_groups")])

    assert only.services == ("logs", "s3")
    assert actions([only]) == ["logs:DescribeLogGroups", "s3:GetBucketVersioning"]


def test_the_reads_of_all_checks_fit_into_sessions_that_sts_takes():
    policies = session_policies(ALL)

    assert all(len(json.dumps(each.document)) <= LONGEST < OF_STS for each in policies)


def test_a_long_policy_is_shared_out_by_service_and_nothing_is_lost_or_widened():
    reads = [(f"service{n}", f"describe_thing_{k}") for n in range(12) for k in range(9)]

    policies = session_policies(reads)

    assert len(policies) > 1
    assert sum(len(each.services) for each in policies) == 12
    assert sorted(actions(policies)) == sorted(
        f"service{n}:DescribeThing{k}" for n in range(12) for k in range(9)
    )


def test_nothing_to_read_is_no_session():
    assert session_policies([]) == ()


def test_a_source_identity_is_one_that_sts_takes():
    assert source_identity("edge") == "readiness-edge"
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", source_identity("x" * 60))


class Spread:
    """Answers whatever the account, and notes who was asked where."""

    def __init__(self, source):
        self.source = source
        self.now = source.now
        self.asked = set()

    def reader(self):
        read = self.source.reader()

        def answer(fetch, stop):
            self.asked.add((fetch.service, fetch.account))
            return replace(read(fetch.in_account("default"), stop), fetch=fetch)

        return answer


def test_followers_are_what_checks_ask_in_the_account_of_another_service():
    own = {service: service for service, _ in ALL} | {"": "the rest"}
    bound = [replace(each, accounts=own) for each in applicable(complete.PARAMETERS)]
    account = complete.complete()
    # Only where a bucket's own block has a gap is the account's asked for.
    account.says(
        governance.of_bucket("get_public_access_block", "eu-west-1"),
        governance.block(BlockPublicAcls=False),
    )
    spread = Spread(account.source())

    run(bound, connection=spread)

    assert {service for service, account in spread.asked if account != service} == FOLLOWERS
