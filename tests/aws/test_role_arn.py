import pytest

from readiness.aws.role_arn import EXPECTED, RoleArn


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (
            "arn:aws:iam::123456789012:role/readiness",
            RoleArn("aws", "123456789012", "/", "readiness"),
        ),
        (
            "arn:aws-cn:iam::123456789012:role/audit/eu/read+only@x",
            RoleArn("aws-cn", "123456789012", "/audit/eu/", "read+only@x"),
        ),
    ],
)
def test_the_parts_of_an_arn(text, parsed):
    assert RoleArn.parse(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "readiness",
        "arn:aws:iam::12345678901:role/readiness",
        "arn:aws:iam::１２３４５６７８９０１２:role/readiness",
        "arn:aws:iam::123456789012:user/readiness",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role//readiness",
        "arn:aws:iam::123456789012:role/readiness\n",
        " arn:aws:iam::123456789012:role/readiness",
        'arn:aws:iam::123456789012:role/"; DROP',
        "arn:aws:iam::123456789012:role/rôle",
        f"arn:aws:iam::123456789012:role/{'x' * 65}",
        f"arn:aws:iam::123456789012:role/{'x/' * 9}x",
    ],
)
def test_what_is_no_arn_of_a_role_is_refused(text):
    with pytest.raises(ValueError, match="twelve digits") as refused:
        RoleArn.parse(text)
    assert str(refused.value) == EXPECTED


def test_a_partition_that_we_cannot_read_is_named_as_such():
    with pytest.raises(ValueError, match="aws, aws-cn, aws-us-gov and no other"):
        RoleArn.parse("arn:aws-iso:iam::123456789012:role/readiness")
