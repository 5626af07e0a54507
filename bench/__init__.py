"""Benchmarks: `python -m bench` fills a scratch database, serves it as production does, measures.

All of it takes less than six minutes; `--database`, `--components` and `--only` choose parts. What
it prints it also writes as JSON to bench/results/. Everything it starts listens on loopback and
ends with it; the databases are its own. Figures mean something on a quiet machine only: the
calibration beside them tells. Last figures: docs/performance.md.
"""
