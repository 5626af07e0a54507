"""Real boto3 clients that answer from a script and never reach a network."""

import io
import threading

from boto3.session import Session
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

from readiness.aws.reader import Reader
from readiness.aws.session import Connection, Keys

#: Reading the service models takes most of the time of making a client, and is kept in here.
SESSION = Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")


class Body(io.BytesIO):
    def stream(self, **_):
        yield self.read()


def connection(**more):
    made = Connection(keys=Keys("AKIDEXAMPLE", "secret"), **more)
    made._session = SESSION
    return made


def stubbed(made, service, region="us-east-1"):
    """A client of that connection with botocore's Stubber in it: (client, stubber)."""
    client = made.client(service, region)
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def answering(made, service, region, *bodies, status=200, headers=None):
    """Let that client receive these bodies, one for each request, the last for all further."""
    client = made.client(service, region)
    left = list(bodies)
    sent = []

    def answer(request, **_):
        sent.append(request)
        body = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(body, Exception):
            raise body
        return AWSResponse(request.url, status, headers or {}, Body(body))

    client.meta.events.register("before-send.*.*", answer)
    return sent


def read(made, fetch, stop=None, **more):
    return Reader(made.client, **more)(fetch, stop or threading.Event())
