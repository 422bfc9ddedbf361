"""One process of the server: its log, its index and its app. Loads no web framework until the index is being opened."""

from __future__ import annotations

import ctypes
import gc
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from service.log import write_log
from service.settings import ServiceSettings
from service.state import make_state

if TYPE_CHECKING:
    from fastapi import FastAPI

M_ARENA_MAX = -8  # of glibc's malloc.h


def make_worker(settings: ServiceSettings | None = None) -> FastAPI:
    """The app of this process, its index being opened; settings that are not given come from the environment."""
    _share_heaps()
    write_log()
    state = make_state(settings or ServiceSettings())
    # Models load without the interpreter lock, in the half second that importing FastAPI takes. A fault is met again,
    # and told, when the app starts.
    threading.Thread(target=state.leases.follow, name="pincite-open").start()
    gc.disable()
    from service.app import make_app

    app = make_app(state)
    gc.freeze()  # the modules stay for good: no collection looks at them again
    gc.enable()
    return app


def _share_heaps() -> None:
    """Two heaps for all threads. glibc would give each its own, and what is freed there stays there: 8 MB a thread."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
