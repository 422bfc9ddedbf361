"""Every vector index against the exact oracle: one contract for all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.vectors import ExactVectors, FlatVectors, VectorIndex, Vectors, map_rows

DIM = 32
Make = Callable[[Vectors], VectorIndex]


@pytest.fixture(params=["exact", "flat"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def flat(rows: Vectors) -> VectorIndex:
        rows.tofile(tmp_path / "rows.f32")
        return FlatVectors(map_rows(tmp_path / "rows.f32", DIM))

    return {"exact": ExactVectors, "flat": flat}[request.param]


def coarse(n: int, seed: int = 0) -> Vectors:
    """Rows whose dot products are exact in float32, so that equal scores are equal in every implementation."""
    return np.random.default_rng(seed).integers(-3, 4, (n, DIM)).astype(np.float32) / 64


def brute(rows: Vectors, query: Vectors, k: int, allowed: set[int]) -> list[int]:
    scored = [(-float(rows[row] @ query), row) for row in sorted(allowed)]
    return [row for _, row in sorted(scored)[:k]]


@pytest.mark.parametrize("k", [1, 7, 100, 500])
def test_finds_the_nearest_rows_best_first(make: Make, k: int) -> None:
    rows, queries = coarse(300), coarse(5, seed=1)
    scores, found = make(rows).search(queries, k)
    assert found.shape == scores.shape == (5, min(k, 300))
    for query, line, values in zip(queries, found, scores, strict=True):
        assert line.tolist() == brute(rows, query, k, set(range(300)))
        assert values.tolist() == (rows[line] @ query).tolist()


@pytest.mark.parametrize(
    "allowed",
    [
        [17],
        list(range(100, 140)),  # one document: its rows stand together
        [0, 3, 4, 5, 250, 299],  # several documents
        [],
    ],
)
@pytest.mark.parametrize("k", [1, 5, 50])
def test_a_filter_gives_exactly_min_k_matches(make: Make, allowed: list[int], k: int) -> None:
    rows, (query,) = coarse(300), coarse(1, seed=2)
    _, found = make(rows).search(query[np.newaxis], k, allowed=np.array(allowed, np.int64))
    assert found[0].tolist() == brute(rows, query, k, set(allowed))


def test_equal_rows_are_ordered_by_row_wherever_the_cut_falls(make: Make) -> None:
    rows = coarse(40_000)
    rows[11:39_000:7] = rows[0] = 1  # nearest of all, and many of them
    equal = [0, *range(11, 39_000, 7)]
    for k in (1, 2, 100):
        _, found = make(rows).search(rows[:1], k)
        assert found[0].tolist() == equal[:k]


def test_an_empty_index_finds_nothing(make: Make) -> None:
    index = make(coarse(0))
    scores, found = index.search(coarse(2), 3)
    assert len(index) == 0
    assert found.shape == scores.shape == (2, 0)
