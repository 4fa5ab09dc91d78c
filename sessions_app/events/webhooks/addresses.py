"""Which addresses a webhook may have, and which of them may be connected to."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 500
# Spaces and control characters, and the backslash, in which parsers of addresses disagree.
STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
KEPT_IN_PATHS = "/%:@!$&'()*+,;=~-._"
FIRST_FREE_PORT = 1024

GLOBAL_UNICAST = IPv6Network("2000::/3")
TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: the last 32 bits are the IPv4 address that is reached
# Not private by their registry, and yet nobody's public server: documentation, the old 6to4 relays, and
# where machines of one large cloud ask for their own secrets.
NOBODYS: tuple[Network, ...] = (
    IPv6Network("3fff::/20"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)


class Wrong(StrEnum):
    """What is wrong with an address that somebody wrote."""

    NO_ADDRESS = "no_address"
    TOO_LONG = "too_long"
    NOT_HTTPS = "not_https"
    LOG_IN = "log_in"
    PORT = "port"
    PRIVATE = "private"


class BadAddress(ValueError):
    """The address cannot be that of a webhook; ``wrong`` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


@dataclass(frozen=True)
class Target:
    """An address in its parts: ``host`` in ASCII and lower case, ``path`` with its query, ready to be sent."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """Return the host as the header of that name has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def parse(address: str, *, with_http: bool = False, allowed: Iterable[Network] = ()) -> Target:
    """Return the parts of an address; raise BadAddress when it cannot be one of a webhook.

    A host that is a number is judged here, however it is written; a name only when it is connected to.
    """
    if len(address) > LONGEST:
        raise BadAddress(Wrong.TOO_LONG)
    if STRANGE.search(address):
        raise BadAddress(Wrong.NO_ADDRESS)
    try:
        parts = urlsplit(address)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as error:  # also what cannot be a name, and a port that is none
        raise BadAddress(Wrong.NO_ADDRESS) from error
    if parts.scheme not in ("https", "http") or not HOST.fullmatch(host):
        raise BadAddress(Wrong.NO_ADDRESS)
    if parts.scheme == "http" and not with_http:
        raise BadAddress(Wrong.NOT_HTTPS)
    if parts.username is not None or parts.password is not None:
        raise BadAddress(Wrong.LOG_IN)
    usual = 443 if parts.scheme == "https" else 80
    port = usual if port is None else port
    if port != usual and port < FIRST_FREE_PORT:
        raise BadAddress(Wrong.PORT)
    if any(not may_reach(found, allowed) for found in _numbers(host)):
        raise BadAddress(Wrong.PRIVATE)
    path = quote(parts.path or "/", safe=KEPT_IN_PATHS)
    query = f"?{quote(parts.query, safe=KEPT_IN_PATHS + '?')}" if parts.query else ""
    return Target(parts.scheme == "https", host, port, path + query)


def may_reach(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Tell whether the address is one of the public internet, or lies in one of the allowed networks."""
    address = _reached(address)
    if any(address in network for network in allowed):
        return True
    if not address.is_global or address.is_multicast or any(address in network for network in NOBODYS):
        return False
    return isinstance(address, IPv4Address) or address in GLOBAL_UNICAST


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses that a name has now, in the system's order; raise OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_kind, sockaddr in found))


def _reached(address: Address) -> Address:
    """Return the IPv4 address that is meant by an IPv6 address which only carries one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _numbers(host: str) -> list[Address]:
    """Return the address that a host of figures means to the system, as in 2130706433 or 0x7f.1."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return []
    return [ip_address(sockaddr[0]) for *_kind, sockaddr in found]


def _ascii(host: str) -> str:
    """Return a name as it is looked up; raise ValueError for what cannot be one. Numbers with colons stay."""
    return host if ":" in host else host.encode("idna").decode("ascii").lower()
