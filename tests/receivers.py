"""Real receivers of webhooks on this machine: they note what comes and answer as they are told."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers ``status``, ``headers`` and ``body``; ``act`` may do something else instead."""

    host: str = LOOPBACK
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    received: list[Received] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    def url(self, path: str = "/hook", host: str = "") -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"


@contextlib.contextmanager
def listening(receiver: Receiver, *, certificate: Path | None = None) -> Iterator[Receiver]:
    """Let the receiver listen while the block runs; with a certificate (and its key in the same file) by TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.received.append(Received(self.path, dict(self.headers.items()), body))
            if receiver.act is not None:
                receiver.act(self)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            if receiver.body:
                self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who does not read on has hung up
                self.wfile.write(receiver.body)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server((receiver.host, 0), Handler)
    receiver.port = server.server_port
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        receiver.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def talking(say: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on a port that it yields, and let ``say`` talk to each who connects, in any protocol."""
    server = socket.create_server((LOOPBACK, 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _address = server.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                say(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        with contextlib.suppress(OSError):
            socket.create_connection(server.getsockname(), timeout=1).close()
        server.close()
        thread.join(5)


def drip(line: socket.socket, what: bytes, *, every: float = 0.05) -> None:
    """Say something a byte at a time."""
    for sign in what:
        line.sendall(bytes([sign]))
        time.sleep(every)
