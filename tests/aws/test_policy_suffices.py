"""The policy that is generated is enough, and nothing in it is too much: each action is taken out
once, and just the checks that read by it can no longer look, each naming it."""

from functools import cache

import pytest
from botocore.exceptions import ClientError

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.errors import Status, classify
from readiness.aws.fetch import Answer
from readiness.aws.iam_policy import action_of, policy
from readiness.aws.registry import applicable
from tests.aws.recordings import complete as aws

ACTIONS = policy(CHECKS.values())["Statement"][0]["Action"]
BOUND = applicable(aws.PARAMETERS)
#: What drifted is told where it can be; that it did is known without. See test_injection.
TELLS_ONLY_MORE = {"cloudformation:DescribeStackResourceDrifts"}


class Guarded:
    """An account behind a policy: what the policy does not allow is refused as AWS refuses it."""

    def __init__(self, account, document):
        self.source = account.source()
        self.allowed = {
            action
            for statement in document["Statement"]
            if (statement["Effect"], statement["Resource"]) == ("Allow", "*")
            for action in statement["Action"]
        }

    def now(self):
        return self.source.now()

    def reader(self):
        answer = self.source.reader()

        def read(fetch, stop):
            action = action_of(fetch.service, fetch.operation)
            if action in self.allowed:
                return answer(fetch, stop)
            return Answer(fetch, failure=classify(_refusal(action, fetch.operation), fetch))

        return read


def _refusal(action, operation):
    message = (
        f"User: arn:aws:sts::{aws.ACCOUNT}:assumed-role/readiness/readiness is not authorized to"
        f" perform: {action} because no identity-based policy allows the {action} action"
    )
    error = {"Error": {"Code": "AccessDenied", "Message": message}}
    return ClientError({**error, "ResponseMetadata": {"HTTPStatusCode": 403}}, operation)


def without(document, action):
    [statement] = document["Statement"]
    left = [each for each in statement["Action"] if each != action]
    return {**document, "Statement": [{**statement, "Action": left}]}


def said_under(document):
    """What each check says to the account that calls for every read."""
    outcome = run(BOUND, connection=Guarded(aws.thorough(), document))
    assert not outcome.refused
    return {result.check_id: result for result in outcome.results}


@cache
def said_with_all():
    return said_under(policy(CHECKS.values()))


def test_with_the_whole_policy_every_check_can_look():
    said = said_with_all()
    assert set(said) == set(CHECKS)
    failed = {check_id for check_id, result in said.items() if result.status is not Status.PASS}
    assert failed == {"cloudformation.drift"}
    assert said["cloudformation.drift"].status is Status.FAIL  # the account has one drift


def test_no_check_can_look_without_any_policy():
    said = said_under({"Statement": []})
    assert {result.status for result in said.values()} == {Status.NOT_AUTHORISED}


@pytest.mark.parametrize("action", ACTIONS)
def test_without_one_action_just_those_who_need_it_cannot_look_and_say_so(action):
    before, after = said_with_all(), said_under(without(policy(CHECKS.values()), action))
    reading = {
        check_id
        for check_id, result in before.items()
        if action in {action_of(read.service, read.operation) for read in result.reads}
    }
    declaring = {
        check.id
        for check in CHECKS.values()
        if action in {action_of(*read) for read in check.reads}
    }
    changed = {
        check_id for check_id in before if _verdict(before, check_id) != _verdict(after, check_id)
    }

    assert reading == declaring == changed
    for check_id in changed:
        expected = Status.FAIL if action in TELLS_ONLY_MORE else Status.NOT_AUTHORISED
        assert after[check_id].status is expected
        assert f"AWS refused {action}" in after[check_id].reason


def _verdict(said, check_id):
    result = said[check_id]
    return result.status, result.reason, result.observed
