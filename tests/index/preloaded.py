"""What the fork server of the crash tests loads once for all its children."""

from __future__ import annotations

from tests.fakes import tiny_embedder
from tests.index import builds  # noqa: F401

tiny_embedder(seed=0)
