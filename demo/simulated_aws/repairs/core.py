"""What concerns every service."""

import uuid
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from moto import backends
from moto.core import errors, responses
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.moto_server import werkzeug_app

from demo.simulated_aws.repairs.patching import add, wrap


class NotSimulated(ServiceException):
    code = "NotImplemented"
    message = "The simulated AWS account does not know this operation."


def apply() -> None:
    wrap(backends, "list_of_moto_modules", list_modules_once)
    wrap(responses, "gen_amzn_requestid_long", request_id_of_its_own)
    wrap(BaseResponse, "call_action", say_what_is_not_simulated)
    # moto prints the names of services that it does not know; the output is the caller's.
    add(werkzeug_app, "print", lambda *_: None)
    # moto warns of codes that are not in the model of the service, unless they are common.
    errors.COMMON_ERROR_CODES.append(NotSimulated.code)


@cache
def list_modules_once(original: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    # No behaviour of AWS, but a quarter of the time of a request: moto looks for its own services
    # on the disk at each one.
    return tuple(original())


def request_id_of_its_own(original: Any, headerdict: dict[str, Any] | None = None) -> str:
    # A request id is unique and has nothing to do with resources; moto draws it from the seeded
    # generator of their ids, so that every read by anybody would change the id of what comes next.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
    request_id = str(uuid.uuid4())
    if headerdict is not None:
        headerdict["x-amzn-requestid"] = request_id
    return request_id


def say_what_is_not_simulated(original: Callable[..., Any], self: Any) -> Any:
    # AWS knows all of its operations. moto answers 500 to those it does not know, which clients
    # take for a passing failure and try again, with pauses; 501 says what is the matter, once.
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    try:
        return original(self)
    except NotImplementedError:
        _, headers, body = self.serialized(ActionResult(NotSimulated()))
        return 501, headers, body
