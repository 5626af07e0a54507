"""Where stock moto answers otherwise than AWS, put right in this process: one module per service.

A repair takes the place of one method of moto and says which behaviour of AWS it restores. It is
checked against moto when it is put in (see `patching`), so that a moto that has moved on stops the
start instead of misleading quietly.
"""

from functools import cache

from demo.simulated_aws.repairs import (
    acm,
    cloudfront,
    cloudfront_policies,
    cloudwatch,
    core,
    lambda_,
    logs,
    route53,
    s3,
    servicequotas,
    sns,
)


@cache
def apply_all() -> None:
    """Repairs moto for the rest of this process; a second call does nothing."""
    for module in (
        core,
        acm,
        cloudfront,
        cloudfront_policies,
        cloudwatch,
        lambda_,
        logs,
        route53,
        s3,
        servicequotas,
        sns,
    ):
        module.apply()
