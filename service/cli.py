"""Running the service: bind, start, and say when it is ready and how to ask."""

from __future__ import annotations

import errno
import socket
import sys
from argparse import Namespace

import uvicorn

from index.errors import PinciteError
from index.home import current_id
from service.app import make_app
from service.observe import write_log
from service.settings import ServiceSettings

BACKLOG = 2048
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
    listener = bind(settings.host if host is None else host, settings.port if port is None else port)
    write_log()
    if current_id(settings.home) is None:
        print(f"Nothing is indexed yet under {str(settings.home)!r}. Run: pincite ingest corpus/", file=sys.stderr)
    # Log lines and request ids are ours (service.observe); uvicorn's own would say everything twice.
    config = uvicorn.Config(make_app(settings), log_config=None, access_log=False, server_header=False)
    with listener:
        _Server(config, curl_command(listener)).run(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
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
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    body = f'{{"question": "{QUESTION}"}}'
    return f"curl -s http://{name}:{port}/v1/ask -H 'content-type: application/json' -d '{body}'"


class _Server(uvicorn.Server):
    """Prints one line once it answers."""

    def __init__(self, config: uvicorn.Config, ready_line: str) -> None:
        super().__init__(config)
        self._ready_line = ready_line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        print(self._ready_line, flush=True)
