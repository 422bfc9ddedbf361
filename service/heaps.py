"""What the C library's allocator keeps for itself: memory that was freed and is not given back. glibc only."""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # of glibc's malloc.h


def share_heaps() -> None:
    """Two heaps for all threads. glibc would give each its own, and what is freed there stays there: 8 MB a thread."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def trim_heaps() -> None:
    """Give back what is free. Loading the models leaves 25 MB of what they were read from."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
