"""The checks, one module per AWS service. Importing this package registers every check."""

from readiness.aws.checks import (
    alarm_care,
    alarm_symptoms,
    alarms,
    cloudfront,
    logs,
    route53,
    s3,
    sns,
)
from readiness.aws.registry import CHECKS

#: A module whose checks count. A test holds that none of this folder is forgotten.
MODULES = (
    alarm_care,
    alarm_symptoms,
    alarms,
    cloudfront,
    logs,
    route53,
    s3,
    sns,
)

__all__ = ["CHECKS", "MODULES"]
