import pytest

from readiness.aws.redaction import REDACTED, redacted


@pytest.mark.parametrize(
    ("service", "before", "after"),
    [
        ("lambda", {"Environment": {"Variables": {"K": "v"}}}, {"K": REDACTED}),
        ("cloudfront", {"HeaderName": "X-Key", "HeaderValue": "v"}, "X-Key"),
        ("sns", {"Protocol": "email", "Endpoint": "ada@example.com"}, "email"),
        ("firehose", {"HECToken": "t", "HECEndpointType": "Raw"}, "Raw"),
        ("codepipeline", {"configuration": {"OAuthToken": "t", "Owner": "us"}}, "us"),
        ("logs", {"text": "key AKIAABCDEFGHIJKLMNOP used"}, f"key {REDACTED} used"),
        ("logs", {"url": "https://me:hunter2@example.com/"}, f"https://{REDACTED}@example.com/"),
        ("iam", {"pem": ["-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"]}, REDACTED),
    ],
)  # fmt: skip
def test_secrets_go_and_what_is_beside_them_stays(service, before, after):
    text = repr(redacted(service, before))
    said = repr(after)[1:-1]
    assert said in text
    for secret in ("'v'", "ada@", "'t'", "AKIA", "hunter2", "abc"):
        assert secret not in text


def test_an_address_is_a_secret_only_where_it_is_a_persons():
    assert redacted("s3", {"Endpoint": "s3.example.com"}) == {"Endpoint": "s3.example.com"}


def test_what_is_no_text_stays_as_it_was():
    value = {
        "Token": "",
        "HeaderValue": " ",
        "a": [1, None, True, 1.5],
        "secret": 7,
        "Password": {"Deep": "kept"},
    }
    assert redacted("s3", value) == value
