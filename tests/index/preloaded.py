"""What the fork server of the crash tests loads once for all its children."""

from __future__ import annotations

from tests.fakes import tiny_embedder
from tests.index import builds as builds

tiny_embedder(seed=0)
