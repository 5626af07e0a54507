"""The checks, a module or more per AWS service. Importing this package registers every check."""

from importlib import import_module
from pkgutil import iter_modules

from readiness.aws.registry import CHECKS

__all__ = ["CHECKS"]

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")
