"""Percentiles of latencies, in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 of durations in seconds, as milliseconds; NaN when there is none."""
    if not seconds:
        return {"p50": float("nan"), "p95": float("nan"), "p99": float("nan")}
    values = np.percentile(np.asarray(seconds) * 1000, (50, 95, 99)).tolist()
    return dict(zip(("p50", "p95", "p99"), values, strict=True))
