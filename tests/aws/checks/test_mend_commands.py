"""Every command that a check gives is one that the AWS CLI reads; held by botocore's models."""

import re
import shlex
from functools import cache

import botocore.session
import pytest
from botocore import xform_name

from readiness.aws.checks import CHECKS
from tests.aws.checks.test_complete_account import MUTATIONS
from tests.aws.recordings import complete as aws

#: What the CLI calls otherwise than the API, and what it has of its own.
SERVICES = {"s3api": "s3", "configservice": "config"}
OWN_COMMANDS = {("cloudformation", "deploy"), ("lambda", "wait")}
RENAMED = {"--endpoint": "--notification-endpoint"}  # --endpoint-url is the CLI's own
GLOBAL_OPTIONS = {"--region", "--query", "--output", "--cli-input-json"}


@cache
def model_of(service):
    return botocore.session.get_session().get_service_model(SERVICES.get(service, service))


def commands(text):
    """The words of each command: without comments, and without where its output goes."""
    for line in text.replace("$(", "\n").splitlines():
        if "aws " not in line or line.lstrip().startswith("#"):
            continue
        command = re.sub(r"<([^<>\s]+)>", r"\1", line[line.index("aws ") :])
        lexer = shlex.shlex(command.rstrip(")"), posix=True, punctuation_chars=">")
        lexer.whitespace_split = True
        words = list(lexer)
        yield words[1 : words.index(">")] if ">" in words else words[1:]


def option(member):
    name = f"--{xform_name(member, '-')}"
    return RENAMED.get(name, name)


def flaws(words):
    """What the CLI would refuse: an unknown operation or option, or a required one that lacks."""
    service, operation, *options = words
    if (service, operation) in OWN_COMMANDS:
        return []
    model = model_of(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return [f"{service} has no {operation}"]
    shape = model.operation_model(names[operation]).input_shape
    known = {option(name) for name in shape.members}
    needed = {option(name) for name in shape.required_members}
    given = {word for word in options if word.startswith("--")}
    if "--cli-input-json" in given:
        needed = set()
    return sorted(given - known - GLOBAL_OPTIONS) + sorted(f"lacks {x}" for x in needed - given)


def without_rows(observed, row):
    """As if each place of each table had said this and nothing else."""
    return {
        name: dict.fromkeys(value, row) if isinstance(value, dict) else value
        for name, value in observed.items()
    }


def texts(check_id):
    account = aws.complete()
    bound = CHECKS[check_id].bind(aws.PARAMETERS)
    seen = account.verdict(check_id).observed
    yield bound.mend_command({})
    yield bound.mend_command(seen)
    yield bound.mend_command(without_rows(seen, {"could_not_look": "timeout"}))
    yield bound.mend_command(without_rows(seen, {"exists": False}))
    if MUTATIONS[check_id]:
        MUTATIONS[check_id](account)
    yield bound.mend_command(account.verdict(check_id).observed)


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_the_cli_reads_every_command(check_id):
    for text in texts(check_id):
        found = list(commands(text))
        assert found
        assert [flaw for words in found for flaw in flaws(words)] == []


@pytest.mark.parametrize("check_id", list(CHECKS))
def test_what_a_person_must_choose_is_in_angle_brackets(check_id):
    for text in texts(check_id):
        commands_only = re.sub(r"(^|  )#.*", "", text, flags=re.MULTILINE)
        assert (
            re.findall(r"(?<![<A-Z_])[A-Z]+_(?:ARN|ID|NAME|BUCKET)(?![>A-Z_])", commands_only) == []
        )


def test_what_the_cli_would_refuse_is_found():
    assert flaws(["sns", "subscribe", "--topic", "x"]) == [
        "--topic",
        "lacks --protocol",
        "lacks --topic-arn",
    ]
    assert flaws(["sns", "shout"]) == ["sns has no shout"]
    assert list(commands("a=$(aws sns x --y)\naws sns z <ARN> > f  # aws sns w")) == [
        ["sns", "x", "--y"],
        ["sns", "z", "ARN"],
    ]
