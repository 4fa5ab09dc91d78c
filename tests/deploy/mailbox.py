"""A mail server that keeps what it is given; speaks as much SMTP as a client needs."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.keep(self._message())
            elif word == "QUIT":
                self._say("221 bye")
                return
            self._say("250 mailbox" if word in {"EHLO", "HELO"} else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on a free port of loopback from its making to ``close``."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.messages: list[EmailMessage] = []
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """The port to send mail to."""
        return int(self.server_address[1])

    def keep(self, content: bytes) -> None:
        """Add a received message."""
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self.messages.append(message)

    def subjects(self) -> list[str]:
        """The subjects of all messages, in the order of their coming."""
        with self._lock:
            return [str(message["Subject"]) for message in self.messages]

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()
