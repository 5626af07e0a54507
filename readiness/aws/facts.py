"""What a check may know: the answers to its own reads, each parsed into a shape, or no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar, overload

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel, to_pascal

from readiness.aws.errors import CouldNotLook, Failure, Status, SubjectMissing
from readiness.aws.fetch import Answer, Fetch
from readiness.aws.iam_policy import action_of


class Shape(BaseModel):
    """The part of an answer a check relies on. What AWS sends is hostile until it fits.

    Fields without a default must be in the answer; types are exact; keys are named ThatWay.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="ignore",
        alias_generator=to_pascal,
        hide_input_in_errors=True,
    )


class CamelShape(Shape):
    """For the services whose keys are named thatWay."""

    model_config = ConfigDict(alias_generator=to_camel)


def _from_recording(value: object) -> object:
    """A recording keeps a time as text; whatever is no time stays what it is, and will not fit."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _with_a_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without its zone is no moment")
    return moment


#: For the field of a Shape that is a point in time, fresh from AWS or from a recording.
Moment = Annotated[datetime, BeforeValidator(_from_recording), AfterValidator(_with_a_zone)]

S = TypeVar("S", bound=Shape)

#: Answers in the shapes into which they were parsed.
Parsed = dict[Fetch, dict[type[Shape], Any]]


def _itself(fetch: Fetch) -> Fetch:
    return fetch


class Facts:
    """The answers to the reads one check asked for.

    A check that forgets an error is honest all the same: what is not to be had raises
    CouldNotLook, and the check's verdict becomes just that.
    """

    def __init__(
        self,
        answers: Mapping[Fetch, Answer],
        now: datetime,
        late: Failure | None = None,
        parsed: Parsed | None = None,
    ) -> None:
        """`now` is the moment, in UTC, that the answers are of: a check knows no other clock.

        `late` stands in for every answer that had not come when the check's time was up. `parsed`
        may be shared by all facts of a run, so that no answer is parsed twice into one shape.
        """
        self._answers = answers
        self.now = now
        self._late = late
        self._parsed = {} if parsed is None else parsed
        self._route: Callable[[Fetch], Fetch] = _itself

    def through(self, route: Callable[[Fetch], Fetch]) -> Self:
        """The same facts for a check that knows nothing of accounts: `route` names the account in
        which each of its reads was made."""
        routed = copy(self)
        routed._route = route
        return routed

    @overload
    def read(self, fetch: Fetch, shape: type[S]) -> S: ...
    @overload
    def read(self, fetch: Fetch, shape: type[S], *, absent: tuple[str, ...]) -> S | None: ...
    def read(self, fetch: Fetch, shape: type[S], *, absent: tuple[str, ...] = ()) -> S | None:
        """The answer, or None if AWS said one of the error codes `absent`: nothing is set there.

        Raises CouldNotLook for every other error, and for an answer that does not fit.
        """
        answer = self._answer(fetch)
        if answer.failure is not None:
            if answer.failure.code in absent:
                return None
            failure = answer.failure
            raise CouldNotLook(failure.status, failure.reason, failure.code)
        shapes = self._parsed.setdefault(answer.fetch, {})
        if shape not in shapes:
            try:
                shapes[shape] = shape.model_validate(answer.data)
            except ValidationError as error:
                raise CouldNotLook(Status.UNSUPPORTED, _misfit(fetch, error)) from error
        parsed: S = shapes[shape]
        return parsed

    @overload
    def subject(self, fetch: Fetch, shape: type[S], *, missing: str) -> S: ...
    @overload
    def subject(
        self, fetch: Fetch, shape: type[S], *, missing: str, absent: tuple[str, ...]
    ) -> S | None: ...
    def subject(
        self, fetch: Fetch, shape: type[S], *, missing: str, absent: tuple[str, ...] = ()
    ) -> S | None:
        """As `read`, of the thing the check is about: if AWS says there is none, that is a fail.

        Raises SubjectMissing with the sentence `missing`.
        """
        try:
            return self.read(fetch, shape, absent=absent)
        except CouldNotLook as error:
            if error.status is Status.NOT_FOUND:
                raise SubjectMissing(missing) from error
            raise

    def holds(self, fetch: Fetch) -> bool:
        """Whether this read has been made, well or not. For needs_more, which names the next."""
        return self._route(fetch) in self._answers

    def glance(self, fetch: Fetch, shape: type[S]) -> S | None:
        """The answer or None, whatever the reason, and if it was not asked for so far.

        For needs_more only: never judge by it.
        """
        try:
            return self.read(fetch, shape)
        except (CouldNotLook, LookupError):
            return None

    def _answer(self, asked: Fetch) -> Answer:
        fetch = self._route(asked)
        if fetch in self._answers:
            return self._answers[fetch]
        if self._late is not None:
            return Answer(fetch, failure=self._late)
        raise LookupError(f"{fetch.operation} was not among the reads this check asked for")


def _misfit(fetch: Fetch, error: ValidationError) -> str:
    """Where an answer first differs from its shape. Names no value: it might be a secret."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    action = action_of(fetch.service, fetch.operation)
    return f"The answer to {action} does not look as it should ({place}: {first['type']})."
