"""Service Quotas. Documentation: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/

An account that never asked for more has no value of its own for a quota: what holds is the default.
"""

import json
from typing import Any

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from demo.simulated_aws.repairs.patching import add

DEFAULTS: dict[tuple[str, str], dict[str, Any]] = {
    ("lambda", "L-B99A9384"): {
        "ServiceName": "AWS Lambda",
        "QuotaName": "Concurrent executions",
        "Value": 1000.0,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    },
}


def apply() -> None:
    add(ServiceQuotasResponse, "get_aws_default_service_quota", get_aws_default_service_quota)


def get_aws_default_service_quota(self: ServiceQuotasResponse) -> str:
    # What AWS allows before anybody asks for more. API_GetAWSDefaultServiceQuota.html
    asked = json.loads(self.body)
    codes = asked["ServiceCode"], asked["QuotaCode"]
    if codes not in DEFAULTS:
        raise NoSuchResource
    service, quota = codes
    return json.dumps({"Quota": DEFAULTS[codes] | {"ServiceCode": service, "QuotaCode": quota}})
