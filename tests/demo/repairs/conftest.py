"""Each repair of moto, seen through boto3. Stock moto fails all but the controls among these."""

import pytest

from demo.simulated_aws.account import Account
from demo.simulated_aws.server import SimulatedAWS


@pytest.fixture(scope="package")
def server():
    with SimulatedAWS() as running:
        account = Account(running.endpoint_url)
        yield running, account
        account.close()


@pytest.fixture
def client(server):
    """Clients of an account that is empty at the start of each test."""
    running, account = server
    running.reset()
    return account.client
