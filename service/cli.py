"""Running the service: bind, start, and say when it is ready and how to ask."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
import tempfile
import threading
import urllib.request
from argparse import Namespace
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from index.errors import PinciteError
from index.home import current_id
from service.app import make_app
from service.observe import METRICS_FOLDER, write_log
from service.settings import ServiceSettings, to_environment

BACKLOG = 2048
M_ARENA_MAX = -8  # of glibc's malloc.h
# Who is stopped waits so long for the requests in flight, and no longer: a rebuild's event stream lasts for minutes.
GRACE_S = 5
# Log lines and request ids are ours (service.observe); uvicorn's own would say everything twice.
_UVICORN: dict[str, Any] = {
    "http": "httptools",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": GRACE_S,
}
QUESTION = "How much did it cost to train DeepSeek-V3?"


class AddressUnavailable(PinciteError):
    """The address to listen on is taken, or not ours."""

    code = "address-unavailable"
    retryable = True


def run(arguments: Namespace) -> int:
    """``pincite serve``."""
    serve(ServiceSettings(), arguments.host, arguments.port)
    return 0


def serve(settings: ServiceSettings, host: str | None = None, port: int | None = None) -> None:
    """Serve until interrupted; ``host`` and ``port`` override the settings. The last line printed is a curl command.

    Raises:
        AddressUnavailable: somebody else listens there.
    """
    _share_heaps()
    listener = bind(settings.host if host is None else host, settings.port if port is None else port)
    write_log()
    if current_id(settings.home) is None:
        print(f"Nothing is indexed yet under {str(settings.home)!r}. Run: pincite ingest corpus/", file=sys.stderr)
    with listener:
        if settings.processes == 1:
            _Server(uvicorn.Config(make_app(settings), **_UVICORN), curl_command(listener)).run(sockets=[listener])
        else:
            _serve_from_many(settings, listener)


def _serve_from_many(settings: ServiceSettings, listener: socket.socket) -> None:
    """Several processes answer on one socket. The supervisor starts them anew when they die."""
    with tempfile.TemporaryDirectory(prefix="pincite-metrics-") as shared:
        os.environ.update(to_environment(settings) | {METRICS_FOLDER: shared})
        config = uvicorn.Config("service.cli:make_worker", factory=True, workers=settings.processes, **_UVICORN)
        threading.Thread(target=_announce, args=(listener,), daemon=True).start()
        Multiprocess(config, sockets=[listener]).run()


def make_worker() -> FastAPI:
    """The app of one server process of several: its settings come from the environment."""
    _share_heaps()
    write_log()
    return make_app(ServiceSettings())


def _share_heaps() -> None:
    """Two heaps for all threads. glibc would give each its own, and what is freed there stays there: 8 MB a thread."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _announce(listener: socket.socket) -> None:
    """The socket listens before anybody serves it: this request is answered by the first process that is up."""
    with urllib.request.urlopen(f"{_address(listener)}/healthz") as response:
        response.read()
    print(curl_command(listener), flush=True)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio switches Nagle's algorithm off only where it sees TCP; else every answer on
    # a kept connection comes 40 ms late.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Without it a server that was stopped a moment ago would keep its port for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise AddressUnavailable(
            f"Cannot listen on {host}:{port}: {'the port is taken' if taken else error.strerror}.",
            hint="Stop the other server, or choose another port: pincite serve --port 8001.",
        ) from error
    return listener


def curl_command(listener: socket.socket) -> str:
    """A question that works when it is pasted into a shell."""
    body = f'{{"question": "{QUESTION}"}}'
    return f"curl -s {_address(listener)}/v1/ask -H 'content-type: application/json' -d '{body}'"


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    return f"http://{name}:{port}"


class _Server(uvicorn.Server):
    """Prints one line once it answers."""

    def __init__(self, config: uvicorn.Config, ready_line: str) -> None:
        super().__init__(config)
        self._ready_line = ready_line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        print(self._ready_line, flush=True)
