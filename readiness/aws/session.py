"""The way into one AWS account: credentials, a role, and read-only clients made once each."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from readiness.aws.errors import CredentialsRejected, Status, classify
from readiness.aws.fetch import HOME_REGIONS, Fetch, Read, refuse_unless_read
from readiness.aws.reader import Reader

CONNECT_SECONDS = 3
READ_SECONDS = 10
ATTEMPTS = 4
ROLE_SECONDS = 900  # the least STS grants; a run is over long before


@dataclass(frozen=True, slots=True)
class Keys:
    """Static credentials. Never stored: the environment has them, or the demo invents them."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A role to read through. `policy` narrows its session further, to what the checks need."""

    arn: str
    external_id: str | None = field(default=None, repr=False)
    session_name: str = "readiness"
    source_identity: str | None = None
    policy: Mapping[str, Any] | None = None


class Connection:
    """Clients for one account, each made once. Usable from many threads.

    Make one for each run: the session of a `role` lasts 15 minutes and is not renewed. Without
    `keys` or `profile` the SDK looks for credentials in its usual places. `endpoint_url` leads
    everything to one server instead of AWS; no environment variable or file can do that.
    """

    def __init__(
        self,
        *,
        keys: Keys | None = None,
        profile: str | None = None,
        role: Role | None = None,
        endpoint_url: str | None = None,
    ) -> None:
        self._keys = keys
        self._profile = profile
        self._role = role
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()  # boto3 makes clients safely in one thread only
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._reader = Reader(self.client)

    def reader(self) -> Read:
        """Reads one Fetch. The same one each time, so that all runs share its speed limits."""
        return self._reader

    def now(self) -> datetime:
        """AWS answers about the present."""
        return datetime.now(UTC)

    def client(self, service: str, region: str) -> Any:
        """A client that refuses to change anything.

        Raises CredentialsError (when the role cannot be assumed) or what boto3 raises.
        """
        with self._lock:
            if self._session is None:
                self._session = self._make_session()
            if (service, region) not in self._clients:
                client = self._make_client(self._session, service, region)
                self._clients[service, region] = client
            return self._clients[service, region]

    def account_id(self) -> str:
        """The twelve digits of the account that the credentials lead to. Asks AWS each time.

        Raises CredentialsError, or what botocore raises when AWS cannot be reached.
        """
        fetch = Fetch.of("sts", HOME_REGIONS["aws"], "get_caller_identity")
        try:
            answer = self.client(fetch.service, fetch.region).get_caller_identity()
        except Exception as error:
            classify(error, fetch)  # raises in our words if it is about credentials
            raise
        return str(answer["Account"])

    def _make_session(self) -> Any:
        if self._keys is None:
            session = _boto3_session(profile_name=self._profile)
        else:
            session = _boto3_session(
                aws_access_key_id=self._keys.access_key_id,
                aws_secret_access_key=self._keys.secret_access_key,
                aws_session_token=self._keys.session_token,
            )
        if self._role is None:
            return session
        keys = self._assume(session, self._role)
        return _boto3_session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def _assume(self, session: Any, role: Role) -> Mapping[str, str]:
        wishes = {
            "RoleArn": role.arn,
            "RoleSessionName": role.session_name,
            "DurationSeconds": ROLE_SECONDS,
            "ExternalId": role.external_id,
            "SourceIdentity": role.source_identity,
            "Policy": json.dumps(role.policy) if role.policy else None,
        }
        partition = role.arn.split(":")[1] if role.arn.count(":") > 1 else ""
        region = HOME_REGIONS.get(partition, HOME_REGIONS["aws"])
        sts = self._make_client(session, "sts", region)
        try:
            answer = sts.assume_role(**{name: wish for name, wish in wishes.items() if wish})
        except Exception as error:
            failure = classify(error, Fetch.of("sts", region, "assume_role"))
            hint = failure.reason
            if failure.status is Status.NOT_AUTHORISED:
                hint = "Check its trust policy, the external id and that the role exists."
            raise CredentialsRejected(f"We cannot assume {role.arn}. {hint}") from error
        credentials: Mapping[str, str] = answer["Credentials"]
        return credentials

    def _make_client(self, session: Any, service: str, region: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - see _boto3_session

        config = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=16,
            ignore_configured_endpoint_urls=True,
            # A single server on loopback has no host name per bucket.
            s3={"addressing_style": "path" if self._endpoint_url else "auto"},
            user_agent_appid="readiness",
        )
        client = session.client(
            service, region_name=region, endpoint_url=self._endpoint_url, config=config
        )
        client.meta.events.register_first("before-call.*.*", _refuse_changes)
        client.meta.events.register("before-call.s3", _follow_no_bucket)
        return client


def _boto3_session(**credentials: str | None) -> Any:
    from boto3.session import Session  # noqa: PLC0415 - web workers import Connection, not the SDK
    from botocore.session import Session as Core  # noqa: PLC0415

    core = Core()
    core.register_component("data_loader", _model_loader())
    # What the one endpoint for all regions hands out is no good where a region must be enabled.
    core.set_config_variable("sts_regional_endpoints", "regional")
    return Session(botocore_session=core, **credentials)


@lru_cache(maxsize=1)
def _model_loader() -> Any:
    """Shared by all connections: parsing AWS's service models is most of the cost of a client."""
    from botocore.loaders import create_loader  # noqa: PLC0415 - see _boto3_session

    return create_loader()


def _refuse_changes(model: Any, **_: object) -> None:
    """A hook that botocore calls before it sends anything, whoever asked for it."""
    from botocore import xform_name  # noqa: PLC0415 - see _boto3_session

    refuse_unless_read(xform_name(model.name))


def _follow_no_bucket(params: Any, **_: object) -> None:
    """A hook: botocore would ask on in whatever region the bucket is, and its answer would be taken
    for one of the region that was asked. This is how it marks a request that it redirected."""
    params["context"].setdefault("s3_redirect", {})["redirected"] = True
