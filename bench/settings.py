"""The product's settings; only the collected static files lie in the benchmark's own folder."""

import os
from pathlib import Path

from readiness.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
