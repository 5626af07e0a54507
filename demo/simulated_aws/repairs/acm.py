"""AWS Certificate Manager."""

from moto import settings
from moto.acm.models import CertBundle

from demo.simulated_aws.repairs.patching import expect


def apply() -> None:
    # AWS issues a certificate once it sees the validation record; moto waits a minute by the
    # clock, so that no certificate of a fresh account would be valid.
    # https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    expect(CertBundle.check, "ACM_VALIDATION_WAIT")
    settings.ACM_VALIDATION_WAIT = -1
