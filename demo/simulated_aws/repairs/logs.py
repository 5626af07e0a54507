"""Amazon CloudWatch Logs.

Documentation: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
"""

import json

from moto.logs.responses import LogsResponse

from demo.simulated_aws.repairs.patching import add


def apply() -> None:
    add(LogsResponse, "describe_account_policies", describe_account_policies)


def describe_account_policies(self: LogsResponse) -> str:
    # moto takes no policies for a whole account, so there are none.
    # API_DescribeAccountPolicies.html
    return json.dumps({"accountPolicies": []})
