"""The checks there are, by service and by words."""

from __future__ import annotations

from readiness.aws.registry import CHECKS
from readiness.checks.catalog import (
    SERVICES,
    actions_of,
    by_service,
    search,
    service_of,
    wanted_parameters,
)

LOGS = CHECKS["logs.group-in-every-region"]


def test_every_check_is_in_one_service():
    groups = by_service(CHECKS.values())

    assert sorted(c.id for _, checks in groups for c in checks) == sorted(CHECKS)
    assert [name for name, _ in groups] == sorted({name for name, _ in groups}, key=str.casefold)


def test_every_service_has_a_name_and_every_name_a_check():
    assert {check_id.partition(".")[0] for check_id in CHECKS} == set(SERVICES)
    assert service_of(LOGS) == "CloudWatch Logs"


def test_every_word_must_be_said():
    assert LOGS in search(CHECKS.values(), "LOGS group  region")
    assert LOGS not in search(CHECKS.values(), "logs unicorn")
    assert search(CHECKS.values(), " ") == list(CHECKS.values())


def test_what_a_check_wants_and_reads():
    assert wanted_parameters(LOGS) == ["Edge regions", "Lambda@Edge function"]
    assert actions_of(LOGS) == ["logs:DescribeLogGroups"]
