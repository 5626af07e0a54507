import pytest

from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws

WEIGHTED = "route53.weighted-both-sides"
HEALTH = "route53.health-checks"


def account_with(*sets, **more):
    account = aws.complete()
    account.says(aws.RECORDS, aws.records(*sets, **more))
    return account


def test_weighted_passes_with_two_sides():
    verdict = aws.complete().verdict(WEIGHTED)
    assert verdict[:2] == (
        Status.PASS,
        "2 weighted sets at origin.example.com share the traffic.",
    )
    assert verdict.observed["records"]["CNAME eu"] == {
        "weight": 50,
        "ttl": 60,
        "target": "eu.files.example.com.",
    }


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ([], "There is no A, AAAA or CNAME record at origin.example.com."),
        (
            [aws.record("eu"), aws.record("us", Weight=0)],
            "At origin.example.com only CNAME eu has a weight above 0.",
        ),
        (
            [aws.record("eu")],
            "At origin.example.com only CNAME eu has a weight above 0.",
        ),
        (
            [aws.record("", Weight=None)],
            "At origin.example.com no CNAME set has a weight above 0.",
        ),
        (
            [aws.record(s, ResourceRecords=[{"Value": "One.example.com"}]) for s in ("eu", "us")],
            "At origin.example.com all weighted CNAME sets lead to one.example.com.",
        ),
        (
            [aws.record("eu", TTL=300), aws.record("us")],
            "At origin.example.com resolvers keep CNAME eu for 300 seconds,"
            " and 60 is the most wanted.",
        ),
    ],
    ids=["none", "one at zero", "one", "simple", "one target", "slow"],
)
def test_weighted_fails(sets, said):
    assert account_with(*sets).verdict(WEIGHTED)[:2] == (Status.FAIL, said)


def test_weighted_ignores_records_at_other_names_and_of_other_types():
    account = account_with(
        aws.record("eu"),
        aws.record("us", Name="other.example.com."),
        aws.record("us", "TXT"),
    )
    assert account.verdict(WEIGHTED).status is Status.FAIL


def test_weighted_does_not_care_for_records_that_steer_nothing():
    slow = aws.record("", "TXT", Weight=None, TTL=86400)
    assert account_with(aws.record("eu"), aws.record("us"), slow).verdict(WEIGHTED)[:2] == (
        Status.PASS,
        "2 weighted sets at origin.example.com share the traffic.",
    )
    alone = account_with(slow).verdict(WEIGHTED)
    assert alone.reason == "There is no A, AAAA or CNAME record at origin.example.com."


def test_weighted_judges_each_kind_of_address_by_itself():
    both = [aws.record(side, type_) for type_ in ("A", "AAAA") for side in ("eu", "us")]
    assert account_with(*both).verdict(WEIGHTED).status is Status.PASS
    assert account_with(*both[:3]).verdict(WEIGHTED)[1] == (
        "At origin.example.com only AAAA eu has a weight above 0."
    )


def test_weighted_compares_names_whatever_their_case_dot_and_escape():
    sets = [aws.record(side, Name="\\052.Example.COM") for side in ("eu", "us")]
    account = aws.complete()
    start = dict(aws.RECORDS.keywords, StartRecordName="*.example.com.")
    account.says(aws.Fetch.first_page(*aws.RECORDS_CALL, **start), aws.records(*sets))
    assert account.verdict(WEIGHTED, record_name="*.example.com").status is Status.PASS


WILDCARD = {"record_name": "*.example.com"}


def account_with_wildcard(*sets, **more):
    """AWS writes the star of such a name as \\052, and is asked for it as a star."""
    account = aws.complete()
    start = dict(aws.RECORDS.keywords, StartRecordName="*.example.com.")
    escaped = [{**each, "Name": "\\052.example.com."} for each in sets]
    account.says(aws.Fetch.first_page(*aws.RECORDS_CALL, **start), aws.records(*escaped, **more))
    return account


def test_a_wildcard_of_aliases_is_weighted_and_watched():
    aliases = [aws.alias_record(side, evaluates=True) for side in ("eu", "us")]
    account = account_with_wildcard(*aliases)
    assert account.verdict(WEIGHTED, **WILDCARD)[:2] == (
        Status.PASS,
        "2 weighted sets at *.example.com share the traffic.",
    )
    assert account.verdict(HEALTH, **WILDCARD)[:2] == (
        Status.PASS,
        "Each of 2 weighted sets at *.example.com is watched.",
    )


def test_a_wildcard_does_not_stand_for_the_names_that_it_answers():
    sets = [aws.record(side) for side in ("eu", "us")]
    account = account_with_wildcard(*sets)
    start = dict(aws.RECORDS.keywords, StartRecordName="www.example.com.")
    under_star = aws.records(*({**each, "Name": "\\052.example.com."} for each in sets))
    account.says(aws.Fetch.first_page(*aws.RECORDS_CALL, **start), under_star)
    assert account.verdict(WEIGHTED, record_name="www.example.com").status is Status.FAIL


@pytest.mark.parametrize("check_id", [WEIGHTED, HEALTH])
def test_a_page_that_ends_at_the_wildcard_is_not_judged(check_id):
    sets = [aws.record("eu"), aws.record("us")]
    cut = {"IsTruncated": True, "NextRecordName": "\\052.example.com."}
    verdict = account_with_wildcard(*sets, **cut).verdict(check_id, **WILDCARD)
    assert verdict.status is Status.ERROR


def test_weighted_aliases_to_one_target_are_one_side():
    aliases = [aws.alias_record("eu", evaluates=True) for _ in range(2)]
    aliases[1]["SetIdentifier"] = "us"
    aliases[1]["AliasTarget"]["DNSName"] = "EU.elb.amazonaws.com"
    assert account_with(*aliases).verdict(WEIGHTED)[1] == (
        "At origin.example.com all weighted A sets lead to eu.elb.amazonaws.com."
    )


def test_health_prefers_the_health_check_of_an_alias_that_has_one():
    alias = {**aws.alias_record("eu", evaluates=False), "HealthCheckId": aws.HEALTH_CHECKS["eu"]}
    account = account_with(alias, aws.record("us"))
    assert account.verdict(HEALTH).status is Status.PASS
    account.says(aws.health_check("eu"), aws.checked("eu", Disabled=True))
    assert account.verdict(HEALTH).status is Status.FAIL


def test_weighted_aliases_have_no_ttl_of_their_own():
    account = account_with(*(aws.alias_record(each, evaluates=True) for each in ("eu", "us")))
    assert account.verdict(WEIGHTED).status is Status.PASS


def test_weighted_does_not_judge_a_plain_set_without_a_ttl():
    account = account_with(aws.record("eu", TTL=None), aws.record("us"))
    assert account.verdict(WEIGHTED).status is Status.UNSUPPORTED


@pytest.mark.parametrize("check_id", [WEIGHTED, HEALTH])
def test_a_page_that_ends_at_another_name_held_all_of_ours(check_id):
    sets = [aws.record("eu"), aws.record("us")]
    cut = {"IsTruncated": True, "NextRecordName": "other.example.com."}
    assert account_with(*sets, **cut).verdict(check_id).status is Status.PASS


@pytest.mark.parametrize("check_id", [WEIGHTED, HEALTH])
def test_a_page_that_ends_at_our_name_is_not_judged(check_id):
    sets = [aws.record("eu"), aws.record("us")]
    cut = {"IsTruncated": True, "NextRecordName": "ORIGIN.example.com."}
    assert account_with(*sets, **cut).verdict(check_id)[:2] == (
        Status.ERROR,
        "origin.example.com. has more record sets than fit on one page.",
    )


@pytest.mark.parametrize("check_id", [WEIGHTED, HEALTH])
def test_a_zone_that_does_not_exist_is_a_fail(check_id):
    account = aws.complete()
    account.fails(aws.RECORDS, Status.NOT_FOUND, "NoSuchHostedZone")
    assert account.verdict(check_id)[:2] == (
        Status.FAIL,
        "There is no hosted zone Z0123456789ABC.",
    )


def test_health_passes_when_each_set_is_watched():
    verdict = aws.complete().verdict(HEALTH)
    assert verdict[:2] == (
        Status.PASS,
        "Each of 2 weighted sets at origin.example.com is watched.",
    )
    assert verdict.observed["records"]["CNAME eu"] == {
        "target": "eu.files.example.com.",
        "health_check": aws.HEALTH_CHECKS["eu"],
    }


def test_health_fails_on_a_set_without_a_check():
    account = account_with(aws.record("eu"), aws.record("us", HealthCheckId=None))
    assert account.verdict(HEALTH)[:2] == (
        Status.FAIL,
        "DNS would not notice a sick side: no health check (CNAME us).",
    )


def test_health_fails_on_a_check_that_is_gone_or_disabled():
    account = aws.complete()
    account.fails(aws.health_check("us"), Status.NOT_FOUND, "NoSuchHealthCheck")
    assert "its health check does not exist (CNAME us)" in account.verdict(HEALTH).reason
    account.says(aws.health_check("us"), aws.checked("us", Disabled=True))
    assert "its health check is disabled (CNAME us)" in account.verdict(HEALTH).reason
    assert account.verdict(HEALTH).status is Status.FAIL


@pytest.mark.parametrize(("evaluates", "status"), [(True, Status.PASS), (False, Status.FAIL)])
def test_health_counts_an_alias_only_if_it_evaluates_its_target(evaluates, status):
    account = account_with(*(aws.alias_record(s, evaluates=evaluates) for s in ("eu", "us")))
    assert account.verdict(HEALTH).status is status


def test_health_is_unknown_where_a_check_may_not_be_read_unless_another_set_fails():
    account = aws.complete()
    account.denies(aws.health_check("us"), "route53:GetHealthCheck")
    assert account.verdict(HEALTH)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused route53:GetHealthCheck (CNAME us).",
    )
    account.says(aws.health_check("eu"), aws.checked("eu", Disabled=True))
    assert account.verdict(HEALTH).status is Status.FAIL


def test_health_is_not_applicable_without_weighted_sets():
    account = account_with(aws.record("", Weight=None))
    assert account.verdict(HEALTH)[:2] == (
        Status.NOT_APPLICABLE,
        "There are no weighted sets at origin.example.com.",
    )


def test_health_looks_at_sets_without_traffic_too():
    account = account_with(aws.record("eu"), aws.record("us", Weight=0, HealthCheckId=None))
    assert account.verdict(HEALTH).status is Status.FAIL
