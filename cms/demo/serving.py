"""Runs the demo's web server and worker as children, and stops both together.

Knows no Django: it takes the place of the command that has prepared everything, so that
only the two children take memory. Ends with 0 after Ctrl-C or SIGTERM, with 1 when a child
has ended by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType

from cms.demo.content import EVENTS, FORUM, read

PATIENCE = 60.0  # seconds until the web server must answer
GRACE = 5.0  # seconds that children get to end by themselves
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Starts children by name, waits for the first that ends or for a signal, stops all."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.wanted_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.wanted_to_stop.set()

    def start(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches it only through us."""
        self.children[name] = subprocess.Popen(  # noqa: S603 only our own modules
            [sys.executable, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def ended(self) -> str | None:
        """Return the name of a child that has ended by itself, or None."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether to go on: nobody asked to stop and all children live."""
        return not self.wanted_to_stop.wait(seconds) and self.ended() is None

    def stop(self) -> None:
        """End all children, kindly first, and everything that they have started."""
        for child in self.children.values():
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
        for child in self.children.values():
            _signal_group(child, signal.SIGKILL)
            child.wait()


def _die_with_parent() -> None:
    """Ask the kernel to end this child when its parent is killed outright."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def child_environment(port: int) -> dict[str, str]:
    """Return the environment of the children: the demo's settings, and few memory pools."""
    environment = dict(os.environ)
    environment.setdefault("PLENUM_BASE_URL", f"http://127.0.0.1:{port}")
    environment |= {"PLENUM_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    # Each thread's own memory pool costs tens of MB and gains nothing for a few readers.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    return environment


def answers(port: int) -> bool:
    """Tell whether the web server says that it is well."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


def welcome(port: int) -> str:
    """Return addresses and log-ins as a text for the terminal."""
    base = f"http://127.0.0.1:{port}"
    forum, session, kazan = FORUM, EVENTS[0], EVENTS[1]
    places = [
        ("Home", "/"),
        ("On now", f"/events/{forum}/"),
        ("Strategic session", f"/events/{session}/"),
        ("Two days apart", f"/events/{kazan}/"),
        ("Back office", "/admin/"),
        ("Mail", "/demo/mail/"),
    ]
    logins = read("logins.toml")
    width = max(len(item["email"]) for item in logins["login"])
    label = max(len(item["label"][0]) for item in logins["login"])
    lines = ["", f"Plenum runs on {base}/", ""]
    lines += [f"  {name:<18} {base}{path}" for name, path in places]
    lines += ["", f"Log in at {base}/account/login/ – the password is always  {logins['password']}", ""]
    lines += [
        f"  {item['label'][0]:<{label}}  {item['email']:<{width}}  {item['opens'][0]}"
        for item in logins["login"]
    ]
    lines += ["", "All mail, with the codes in it, lands at /demo/mail/. Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def serve(port: int) -> int:
    """Start both children, say where they are, wait for the end; return the exit code."""
    supervisor = Supervisor()
    environment = child_environment(port)
    started = time.monotonic()
    web = ["-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2"]
    supervisor.start("web server", web, environment)
    supervisor.start("worker", ["-m", "cms.demo.working"], environment)
    try:
        while supervisor.wait(0.1):
            if answers(port):
                say(f"  web server and worker ({time.monotonic() - started:.1f} s)")
                say(welcome(port))
                break
            if time.monotonic() - started > PATIENCE:
                say(f"The web server does not answer within {PATIENCE:.0f} seconds.")
                return 1
        while supervisor.wait(0.5):
            pass
        if not supervisor.wanted_to_stop.is_set() and (name := supervisor.ended()):
            code = supervisor.children[name].returncode
            say(f"\nThe {name} has ended by itself (exit code {code}); stopping the rest.")
            return 1
        say("\nStopping …")
        return 0
    finally:
        supervisor.stop()


def main() -> int:
    """Read the port from the command line and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    return serve(parser.parse_args().port)


if __name__ == "__main__":
    sys.exit(main())
