"""Sends one message to a receiver: to the very address that was checked, without following it elsewhere, in time.

The standard library is used below its convenient level, because the connection must be made here: a client
that resolves the name once more could be led to another address than the one that was checked.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sessions_app.events.webhooks.addresses import BadAddress, Network, Target, may_reach, parse, resolve
from sessions_app.events.webhooks.outcomes import Fault, Outcome, fault_of

ANSWER_BYTES = 2_000
LONGEST_PAUSE = 3_600


@dataclass(frozen=True)
class Limits:
    """How long all of it may take, and where it may lead beside https to public addresses."""

    seconds: float = 10.0
    with_http: bool = False
    allowed: tuple[Network, ...] = ()


class _NotThere(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def post(address: str, *, headers: Mapping[str, str], body: bytes, limits: Limits) -> Outcome:
    """Send the body once and return what came of it, at the latest when the time is over.

    A receiver whose status came in time has answered, even if the rest of its answer is slow.
    """
    began = time.monotonic()
    try:
        target = parse(address, with_http=limits.with_http, allowed=limits.allowed)
    except BadAddress:
        return Outcome(Fault.ADDRESS)
    exchange = _Exchange(target, headers, body, limits)
    # A thread, because no other means ends a look-up of a name, or a server that sends a byte now and then.
    thread = threading.Thread(target=exchange.run, daemon=True, name="webhook")
    thread.start()
    thread.join(limits.seconds)
    if thread.is_alive():
        exchange.give_up()
    return exchange.outcome(time.monotonic() - began)


class _Exchange:
    """One connection with its request and answer; ``run`` belongs to the thread, the rest to who waits."""

    def __init__(self, target: Target, headers: Mapping[str, str], body: bytes, limits: Limits) -> None:
        self.target, self.headers, self.body, self.limits = target, headers, body, limits
        self.deadline = time.monotonic() + limits.seconds
        self.fault = Fault.SLOW
        self.status: int | None = None
        self.answer = b""
        self.pause = 0
        self._line: socket.socket | None = None
        self._given_up = threading.Event()

    def run(self) -> None:
        try:
            with contextlib.closing(self._connect()) as connection:
                self._ask(connection)
        except _NotThere as error:
            self.fault = error.fault
        except ssl.SSLError:
            self.fault = Fault.CERTIFICATE
        except TimeoutError:
            self.fault = Fault.SLOW
        except OSError:
            self.fault = Fault.UNREACHABLE
        except (http.client.HTTPException, ValueError):
            self.fault = Fault.GARBLED
        finally:
            if self._line is not None:
                self._line.close()

    def give_up(self) -> None:
        """End the connection, so that the thread ends too."""
        self._given_up.set()
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def outcome(self, seconds: float) -> Outcome:
        """Return what is known so far."""
        if self.status is None:
            return Outcome(Fault.SLOW if self._given_up.is_set() else self.fault, seconds=seconds)
        # PostgreSQL keeps no NUL.
        answer = self.answer.decode("utf-8", "replace").replace("\0", "")
        return Outcome(fault_of(self.status), self.status, answer, seconds, self.pause)

    def _connect(self) -> socket.socket:
        target = self.target
        try:
            addresses = resolve(target.host, target.port)
        except OSError as error:
            raise _NotThere(Fault.NAME) from error
        # One that is not public among several is no accident.
        if not addresses or not all(may_reach(address, self.limits.allowed) for address in addresses):
            raise _NotThere(Fault.FORBIDDEN)
        for number, address in enumerate(addresses, start=1):
            try:
                plain = socket.create_connection((str(address), target.port), timeout=self._left())
            except OSError:
                if number == len(addresses):
                    raise
                continue
            break
        try:
            self._line = plain.dup()  # the same connection, whatever becomes of the object
            plain.settimeout(self._left())
            if not target.is_secure:
                return plain
            return tls(os.environ.get("SSL_CERT_FILE")).wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise

    def _ask(self, connected: socket.socket) -> None:
        target = self.target
        connected.settimeout(self._left())
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock, connection.auto_open = connected, 0
        headers = {"Host": target.named, "Connection": "close", **self.headers}
        connection.request("POST", target.path, body=self.body, headers=headers)
        with contextlib.closing(connection.getresponse()) as response:
            asked = response.headers.get("Retry-After", "")
            self.pause = min(int(asked), LONGEST_PAUSE) if asked.isdecimal() and len(asked) < 10 else 0
            self.status = response.status
            while len(self.answer) < ANSWER_BYTES:
                part = response.read1(ANSWER_BYTES - len(self.answer))
                if not part:
                    break
                self.answer += part

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0 or self._given_up.is_set():
            raise TimeoutError
        return left


@functools.lru_cache(maxsize=2)
def tls(authorities: str | None) -> ssl.SSLContext:
    """Return the settings of TLS with the system's authorities, or those of the file ``SSL_CERT_FILE``."""
    return ssl.create_default_context()
