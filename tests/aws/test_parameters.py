import pytest
from pydantic import ValidationError

from readiness.aws.checks import CHECKS
from readiness.aws.parameter_groups import GROUPS
from readiness.aws.parameter_types import REGIONAL_EDGE_CACHES, dns_name
from readiness.aws.parameters import CheckParameters, ComponentParameters, problems
from tests.aws.recordings import complete as aws


def problems_of(**given):
    with pytest.raises(ValidationError) as caught:
        ComponentParameters.model_validate(given)
    return problems(caught.value)


def test_a_component_may_have_no_parameters_at_all():
    given = ComponentParameters.model_validate({})
    assert given.model_dump(exclude_none=True) == {
        "function_event": "origin-request",
        "log_retention_days_max": 400,
        "record_ttl_max": 60,
        "error_ttl_max": 10,
        "precompressed": "no",
        "bucket_encryption": "any",
        "partition": "aws",
    }


def test_parameters_come_back_from_json_as_they_went():
    given = ComponentParameters.model_validate(aws.PARAMETERS)
    stored = given.model_dump(mode="json")
    assert stored["edge_regions"] == list(aws.REGIONS)
    assert ComponentParameters.model_validate(stored) == given


@pytest.mark.parametrize("blank", [None, "", "  \n", [], {}, ()])
def test_a_blank_is_a_parameter_not_given(blank):
    blanks = dict.fromkeys(ComponentParameters.model_fields, blank)
    assert ComponentParameters.model_validate(blanks) == ComponentParameters()


def test_what_people_paste_is_tidied_up():
    given = ComponentParameters.model_validate(
        {
            "distribution_id": " E1A2B3C4D5E6F7\n",
            "edge_regions": "eu-west-1, us-east-1\nap-south-1; sa-east-1",
            "buckets": "eu-west-1: files-eu\n\n us-east-1 = files-us \n",
            "record_name": " \\052.Origin.Example.COM ",
            "log_retention_days_max": " 90 ",
        }
    )
    assert given.distribution_id == "E1A2B3C4D5E6F7"
    assert given.edge_regions == ("eu-west-1", "us-east-1", "ap-south-1", "sa-east-1")
    assert given.buckets == {"eu-west-1": "files-eu", "us-east-1": "files-us"}
    assert given.record_name == "*.origin.example.com."
    assert given.log_retention_days_max == 90


REGION = "A region is a code, for example eu-west-1."
BUCKET = (
    "A bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, for example files-eu."
)
RECORD = "A record name is a full DNS name, for example www.example.com."
DAYS = "Give a whole number of days from 1 to 3653, for example 400."
TTL = "Give a whole number of seconds from 1 to 86400, for example 60."
CONCURRENCY = "Give a whole number of executions from 1 to 1000000, for example 1000."
FUNCTION = "Give the function's plain name, without ARN and version, for example edge-router."
DISTRIBUTION = (
    "A distribution id is an E with capital letters and digits, for example E1A2B3C4D5E6F7."
)
ZONE = "A hosted zone id is a Z with capital letters and digits, for example Z0123456789ABCDEF."
HEADER = "A header's name has letters, digits and hyphens, for example x-failover."
HEADERS = "Name at least one header, for example x-frame-options."
ERROR_TTL = "Give a whole number of seconds from 0 to 31536000, for example 10."
CACHE_TTL = "Give a whole number of seconds from 0 to 31536000, for example 86400."
STACK = "Give the stack's plain name of letters, digits and -, for example edge-router."
PIPELINE = "A pipeline's name has letters, digits and . @ _ -, for example edge-router."
TAG = "A tag's key has up to 128 letters, digits, spaces and . : / = + @ _ -, for example team."
BUDGET = "A budget's name has up to 100 characters, none of them : or \\, for example edge-router."
BACKUP_DAYS = "Give a whole number of days from 1 to 3653, for example 2."
GROUP = "A log group's name has letters, digits and _ / . # -, for example /edge/router."

LINK = "Give how your links begin, for example https://runbooks.example.com/."
DASHBOARD = "A dashboard's name has letters, digits, _ and -, for example edge-router."
CANARY = "A canary's name has lower-case letters, digits, _ and -, for example edge-router."


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("distribution_id", "d111111abcdef8.cloudfront.net", DISTRIBUTION),
        ("distribution_id", "E1", DISTRIBUTION),
        ("distribution_id", "E1A2B3C4D5E6F7\nE", DISTRIBUTION),
        ("distribution_id", 7, "Give a text."),
        ("function_name", "arn:aws:lambda:us-east-1:123456789012:function:edge-router", FUNCTION),
        ("function_name", "edge-router:7", FUNCTION),
        ("function_name", "x" * 65, FUNCTION),
        (
            "function_event",
            "origin",
            "Choose one of viewer-request, origin-request, origin-response or viewer-response.",
        ),
        ("edge_regions", "Ireland", REGION),
        ("edge_regions", ["eu-west-1", "eu-west"], REGION),
        (
            "edge_regions",
            "eu-west-1 eu-west-1",
            "Each region counts once; eu-west-1 is named twice.",
        ),
        ("edge_regions", 7, "Give a list of regions, for example eu-west-1, us-east-1."),
        ("log_group", "my group", GROUP),
        ("log_retention_days_max", "a year", DAYS),
        ("log_retention_days_max", 0, DAYS),
        ("log_retention_days_max", 3654, DAYS),
        ("log_retention_days_max", 1.5, DAYS),
        ("log_retention_days_max", True, DAYS),
        ("record_ttl_max", "-1", TTL),
        ("record_ttl_max", "٣", TTL),
        ("hosted_zone_id", "/hostedzone/Z0123456789ABC", ZONE),
        ("record_name", "localhost", RECORD),
        ("record_name", "https://example.com", RECORD),
        ("record_name", "-a.example.com", RECORD),
        ("record_name", "a..example.com", RECORD),
        ("record_name", "www.*.example.com", RECORD),
        ("record_name", f"{'a' * 64}.example.com", RECORD),
        ("record_name", ".".join(["a" * 60] * 5), RECORD),
        ("buckets", {"eu-west-1": "Files"}, BUCKET),
        ("buckets", {"eu-west-1": "ab"}, BUCKET),
        ("buckets", {"eu-west-1": "a" * 64}, BUCKET),
        ("buckets", {"eu-west-1": "a..b"}, BUCKET),
        ("buckets", {"eu-west-1": "-ab"}, BUCKET),
        ("buckets", {"eu-west-1": "192.168.5.4"}, BUCKET),
        ("buckets", {"eu-west-1": "xn--bucket"}, BUCKET),
        ("buckets", {"eu-west-1": "bucket--x-s3"}, BUCKET),
        ("buckets", {"Ireland": "files-eu"}, REGION),
        ("buckets", "files-eu", "Give one bucket a line, for example eu-west-1: files-eu."),
        ("buckets", ["files-eu"], "Give one bucket a line, for example eu-west-1: files-eu."),
        (
            "buckets",
            "eu-west-1: files-eu\neu-west-1: files-us",
            "Each region has one bucket; a region is named twice.",
        ),
        (
            "buckets",
            {"eu-west-1": "files", "us-east-1": "files"},
            "A bucket lives in one region; the same name is given for two.",
        ),
        ("failover_header", "x-failover: 1", HEADER),
        ("response_headers", ["server", "a:b"], HEADER),
        ("stripped_headers", 7, HEADERS),
        ("stripped_headers", [7], "Give a text."),
        ("error_ttl_max", -1, ERROR_TTL),
        ("error_ttl_max", "soon", ERROR_TTL),
        ("cache_ttl_max", 31_536_001, CACHE_TTL),
        ("precompressed", "gzip", "Choose one of yes or no."),
        ("bucket_encryption", "aes", "Choose one of any or kms."),
        ("backup_days_max", "0", BACKUP_DAYS),
        ("stack_name", "arn:aws:cloudformation:eu-west-1:123456789012:stack/edge", STACK),
        ("stack_name", "2nd-router", STACK),
        ("stack_region", "Ireland", REGION),
        ("pipeline_name", "edge router", PIPELINE),
        ("pipeline_region", "eu-west", REGION),
        ("owner_tag", "aws:createdBy", TAG),
        ("owner_tag", "team#1", TAG),
        ("owner_tag", "x" * 129, TAG),
        ("cost_tag", "team\nservice", TAG),
        ("budget_name", "edge:router", BUDGET),
        ("budget_name", "edge\\router", BUDGET),
        ("budget_name", "edge\nrouter", BUDGET),
        ("plain_function_name", "asset-purger:7", FUNCTION),
        ("plain_function_region", "Ireland", REGION),
        ("lambda_concurrency_min", 0, CONCURRENCY),
        ("lambda_concurrency_min", "plenty", CONCURRENCY),
        ("lambda_concurrency_min", 1_000_001, CONCURRENCY),
        ("log_shipping", "kafka", "Choose one of any, splunk or http."),
        ("runbook_prefix", "runbooks.example.com", LINK),
        ("runbook_prefix", "https://a b", LINK),
        ("dashboard_name", "Edge router", DASHBOARD),
        ("canary_name", "Edge-Router", CANARY),
        ("canary_region", "Ireland", REGION),
        ("partition", "aws-de", "Choose one of aws, aws-cn or aws-us-gov."),
        ("speed", "fast", "There is no parameter of this name."),
    ],
)
def test_a_wrong_value_is_answered_in_plain_words_beside_its_field(name, value, said):
    assert problems_of(**{name: value}) == {name: [said]}


def test_names_of_headers_have_one_spelling_and_count_once():
    given = ComponentParameters.model_validate(
        {"failover_header": " X-Failover ", "response_headers": "Server\nX-Frame-Options, server"}
    )
    assert given.failover_header == "x-failover"
    assert given.response_headers == ("server", "x-frame-options")


@pytest.mark.parametrize(("given", "kept"), [(True, "yes"), (False, "no"), ("yes", "yes")])
def test_a_file_may_say_true_where_the_form_says_yes(given, kept):
    assert ComponentParameters.model_validate({"precompressed": given}).precompressed == kept


@pytest.mark.parametrize(
    ("name", "empty"), [("edge_regions", []), ("buckets", {}), ("response_headers", [])]
)
def test_a_check_that_wants_some_does_not_apply_to_none(name, empty):
    wanting = [each for each in CHECKS.values() if name in each.params.model_fields]
    assert wanting
    assert not [each for each in wanting if each.bind({**aws.PARAMETERS, name: empty})]


def test_what_is_no_set_of_parameters_at_all_is_told_in_some_words():
    with pytest.raises(ValidationError) as caught:
        ComponentParameters.model_validate(["distribution_id"])
    assert list(problems(caught.value)) == [""]


def test_each_field_has_its_own_problems():
    assert set(problems_of(distribution_id="x", record_name="x")) == {
        "distribution_id",
        "record_name",
    }


def test_every_parameter_has_texts_for_the_form():
    for name, field in ComponentParameters.model_fields.items():
        assert field.title, name
        assert field.description.endswith("."), name
        assert ComponentParameters.model_validate({name: field.examples[0]}), name


def test_the_suggested_edge_regions_are_regions():
    given = ComponentParameters.model_validate({"edge_regions": REGIONAL_EDGE_CACHES})
    assert len(given.edge_regions) == 13


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Example.com", "example.com."),
        ("example.com.", "example.com."),
        ("\\052.example.com.", "*.example.com."),
        ("", "."),
    ],
)
def test_names_are_compared_in_one_spelling(written, name):
    assert dns_name(written) == name


def test_a_check_asks_in_the_home_of_its_partition():
    assert CheckParameters().home_region == "us-east-1"
    assert CheckParameters(partition="aws-cn").home_region == "cn-northwest-1"


def test_each_parameter_is_in_one_group_of_the_form():
    names = [name for group in GROUPS for name in group.names]

    assert sorted(names) == sorted(ComponentParameters.model_fields)
