"""Recording and judging without a database: for accounts that let nobody in, and for CI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from readiness.aws.engine import Outcome, Source, run
from readiness.aws.errors import AwsError
from readiness.aws.parameters import ComponentParameters, problems
from readiness.aws.progress import Progress
from readiness.aws.recording import Recording, RecordingRefused
from readiness.aws.registry import applicable
from readiness.strict_yaml import NotYaml, load_yaml

MAX_PARAMETERS_BYTES = 1_000_000


class ParametersRefused(AwsError):
    """A file of parameters that cannot be used; the message says all that is wrong, a line each."""


def read_parameters(text: bytes) -> dict[str, Any]:
    """Return the parameters of a component from YAML or JSON, as a component stores them.

    Raises ParametersRefused.
    """
    if len(text) > MAX_PARAMETERS_BYTES:
        raise ParametersRefused("The file is longer than 1 MB.")
    try:
        given = load_yaml(text)
    except NotYaml as error:
        where = f"line {error.line}: " if error.line else ""
        raise ParametersRefused(f"The file is neither YAML nor JSON: {where}{error}.") from error
    if not isinstance(given, dict):
        raise ParametersRefused("The file must map parameters to values, as function_name: router.")
    try:
        found = ComponentParameters.model_validate(given)
    except ValidationError as error:
        lines = [f"{name}: {' '.join(said)}" for name, said in problems(error).items()]
        raise ParametersRefused("\n".join(lines)) from error
    return found.model_dump(mode="json", exclude_none=True)


def record(
    parameters: Mapping[str, object],
    source: Source,
    accounts: Mapping[str, str],
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Outcome, bytes]:
    """Ask AWS all that the checks of these parameters want; return what they say and the file.

    `accounts` names the account of each service, as BoundCheck has them. Raises AwsError when an
    account does not let us in, or when no check applies.
    """
    bound = [replace(each, accounts=accounts) for each in applicable(parameters)]
    if not bound:
        raise AwsError("No check applies: parameters are missing.")
    outcome = run(bound, connection=source, on_progress=on_progress)
    if outcome.refused:
        raise AwsError(" ".join(outcome.refused.values()))
    return outcome, Recording(outcome.answers, outcome.taken_at).dump()


def judge_recording(file: bytes, parameters: Mapping[str, object]) -> Outcome:
    """Return what the checks say to the answers in a file.

    Raises RecordingRefused, also when none of its answers is to a question of these parameters.
    """
    recording = Recording.load(file)
    refuse_a_foreign(recording, parameters)
    return run(applicable(parameters), connection=recording)


def refuse_a_foreign(recording: Recording, parameters: Mapping[str, object]) -> None:
    """Raise RecordingRefused when no answer is to a question that these parameters ask."""
    asked = (fetch for bound in applicable(parameters) for fetch in bound.needs())
    if not any(recording.has(fetch) for fetch in asked):
        raise RecordingRefused(
            "The recording is of other resources: it answers nothing that the checks would ask."
        )
