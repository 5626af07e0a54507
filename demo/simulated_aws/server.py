"""Runs the simulated AWS account in this process, on 127.0.0.1 and in memory only."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from functools import cache
from types import TracebackType
from typing import Any, ClassVar, Self
from wsgiref.types import WSGIApplication

from flask import Flask, Response, request
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.exceptions import NotFound
from werkzeug.serving import ThreadedWSGIServer

from demo.simulated_aws.gaps import GAPS, Gap
from demo.simulated_aws.repairs import apply_all
from demo.simulated_aws.repairs.core import NotSimulated
from demo.simulated_aws.seed import RouterParameters, seed_asset_router

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
# Any number does: the ids of one start are those of the next.
RANDOM_SEED = 2019


class SimulatedAWS:
    """An AWS account of one's own, empty at each start: `with SimulatedAWS() as aws: aws.seed()`.

    There is one in a process at a time, as moto keeps what it knows in globals.
    """

    _running: ClassVar["SimulatedAWS | None"] = None

    def __init__(
        self,
        port: int = 0,
        host: str = LOOPBACK,
        around: Callable[[WSGIApplication], WSGIApplication] = lambda application: application,
    ) -> None:
        """What `around` returns sees every request first, and may count it or keep it waiting."""
        if host != LOOPBACK:
            raise ValueError(f"Everybody may do everything in there: only {LOOPBACK}, not {host}.")
        self._port = port
        self._around = around
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def endpoint_url(self) -> str:
        if self._server is None:
            raise RuntimeError("The simulated account is not running.")
        return f"http://{LOOPBACK}:{self._server.port}"

    def start(self) -> Self:
        """Answers when it returns. Raises OSError when the port is taken."""
        if SimulatedAWS._running is not None:
            raise RuntimeError("This process has a simulated account already: stop that one first.")
        apply_all()
        self.reset()
        with socket.create_server((LOOPBACK, self._port)) as listening:
            self._server = _Server(listening.fileno(), self._around)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="simulated-aws", daemon=True
        )
        self._thread.start()
        SimulatedAWS._running = self
        return self

    def stop(self) -> None:
        """Frees the port; what was in the account is gone."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server = self._thread = SimulatedAWS._running = None
        self.reset()

    def reset(self) -> None:
        """Empties the account."""
        BackendDict.reset()
        reset_model_data()
        mock_random.seed(RANDOM_SEED)

    def seed(self, gaps: Iterable[Gap] = GAPS) -> RouterParameters:
        """Builds the router with these gaps and returns its parameters."""
        return seed_asset_router(self.endpoint_url, gaps)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Handler(MotoRequestHandler):
    # Head and body of an answer are two small writes: they must not wait for one another.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        logger.debug(message, *args)


class _Server(ThreadedWSGIServer):
    def __init__(
        self, listening: int, around: Callable[[WSGIApplication], WSGIApplication]
    ) -> None:
        # A socket of our own, as werkzeug leaves the process when a port is taken.
        application = around(DomainDispatcherApplication(_create_app))
        super().__init__(LOOPBACK, 0, application, handler=_Handler, fd=listening)

    def log(self, type: str, message: str, *args: Any) -> None:
        logger.error(message, *args)


@cache
def _create_app(service: Any) -> Flask:
    # None is a service that moto does not know at all.
    app = create_backend_app(service) if service else Flask("unknown")
    app.register_error_handler(NotFound, _unknown_address)
    app.register_error_handler(NotImplementedError, _unknown_address)
    return app


def _unknown_address(_: Exception) -> Response:
    # An address that moto does not know is that of an operation that it does not know; a 404 would
    # read as "there is none of these". Where a header names the operation, the protocol is JSON.
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": NotSimulated.code, "message": NotSimulated.message})
    else:
        body = (
            f"<ErrorResponse><Error><Code>{NotSimulated.code}</Code>"
            f"<Message>{NotSimulated.message}</Message></Error></ErrorResponse>"
        )
    return Response(body, status=501, headers={"x-amzn-errortype": NotSimulated.code})
