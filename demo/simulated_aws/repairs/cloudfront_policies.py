"""Amazon CloudFront: what is kept beside a distribution, and that moto does not know at all.

Documentation: https://docs.aws.amazon.com/cloudfront/latest/APIReference/
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from moto.cloudfront import urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import CloudFrontBackend, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from demo.simulated_aws.repairs.patching import add, wrap

SUBSCRIPTION_PATH = r"{0}/2020-05-31/distributions/(?P<id>[^/]+)/monitoring-subscription/?$"
POLICY_PATHS = (
    r"{0}/2020-05-31/cache-policy$",
    r"{0}/2020-05-31/cache-policy/(?P<id>[^/]+)$",
    r"{0}/2020-05-31/cache-policy/(?P<id>[^/]+)/config$",
)


def apply() -> None:
    wrap(CloudFrontBackend, "__init__", keep_what_stands_beside)
    for operation in (
        create_monitoring_subscription,
        get_monitoring_subscription,
        delete_monitoring_subscription,
        create_cache_policy,
        get_cache_policy,
        get_cache_policy_config,
    ):
        add(CloudFrontResponse, operation.__name__, operation)
    for path in (SUBSCRIPTION_PATH, *POLICY_PATHS):
        urls.url_paths[path] = CloudFrontResponse.dispatch


def keep_what_stands_beside(
    original: Callable[..., None], self: Any, region_name: str, account_id: str
) -> None:
    # Subscriptions by the distribution, cache policies by their id.
    original(self, region_name, account_id)
    self.monitoring_subscriptions = {}
    self.cache_policies = {}


def create_monitoring_subscription(self: Any) -> ActionResult:
    # API_CreateMonitoringSubscription.html
    distribution, _ = self.backend.get_distribution(self._get_param("DistributionId"))
    subscription = self._get_param("MonitoringSubscription")
    self.backend.monitoring_subscriptions[distribution.distribution_id] = subscription
    return ActionResult({"MonitoringSubscription": subscription})


def get_monitoring_subscription(self: Any) -> ActionResult:
    # No subscription is another error than no distribution. API_GetMonitoringSubscription.html
    return ActionResult({"MonitoringSubscription": _subscriptions(self)[_subscribed(self)]})


def delete_monitoring_subscription(self: Any) -> EmptyResult:
    # API_DeleteMonitoringSubscription.html
    del _subscriptions(self)[_subscribed(self)]
    return EmptyResult()


def create_cache_policy(self: Any) -> ActionResult:
    # API_CreateCachePolicy.html
    identifier = str(UUID(int=mock_random.getrandbits(128)))
    policy = {
        "Id": identifier,
        "LastModifiedTime": utcnow(),
        "CachePolicyConfig": self._get_param("CachePolicyConfig"),
    }
    self.backend.cache_policies[identifier] = policy, random_id()
    return ActionResult({"CachePolicy": policy, "ETag": self.backend.cache_policies[identifier][1]})


def get_cache_policy(self: Any) -> ActionResult:
    # API_GetCachePolicy.html
    policy, etag = _cache_policy(self)
    return ActionResult({"CachePolicy": policy, "ETag": etag})


def get_cache_policy_config(self: Any) -> ActionResult:
    # API_GetCachePolicyConfig.html
    policy, etag = _cache_policy(self)
    return ActionResult({"CachePolicyConfig": policy["CachePolicyConfig"], "ETag": etag})


def _subscriptions(self: Any) -> dict[str, Any]:
    known: dict[str, Any] = self.backend.monitoring_subscriptions
    return known


def _subscribed(self: Any) -> str:
    distribution, _ = self.backend.get_distribution(self._get_param("DistributionId"))
    identifier = str(distribution.distribution_id)
    if identifier not in _subscriptions(self):
        raise CloudFrontException(
            "NoSuchMonitoringSubscription", "The distribution has no monitoring subscription."
        )
    return identifier


def _cache_policy(self: Any) -> tuple[dict[str, Any], str]:
    known: dict[str, tuple[dict[str, Any], str]] = self.backend.cache_policies
    if self._get_param("Id") not in known:
        raise CloudFrontException("NoSuchCachePolicy", "The cache policy does not exist.")
    return known[self._get_param("Id")]
