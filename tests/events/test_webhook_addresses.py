"""Webhooks reach servers of the open internet only, however an address is spelt."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.events.webhooks.addresses import BadAddress, Wrong, may_reach, parse

PUBLIC = (
    "93.184.216.34",
    "8.8.8.8",
    "2606:4700::1111",
    "2a02:6b8::2:242",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
)
PRIVATE = (
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254",  # noqa: S104 - refused, not bound
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "168.63.129.16",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1", "100::1",
    "2002:7f00:1::", "2002:808:808::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    "5f00::1", "4000::1", "::ffff:0:8.8.8.8",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address):
    assert may_reach(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_other_addresses_may_not(address):
    assert not may_reach(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_what_carries_a_private_address_is_as_private(address):
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | int(address))
    translated = ipaddress.IPv6Address((0x64FF9B << 96) | int(address))
    assert may_reach(mapped) == may_reach(translated) == may_reach(address)
    assert not may_reach(ipaddress.IPv6Address(int(address)))


@given(st.ip_addresses())
def test_nothing_is_reached_that_the_registries_do_not_call_global(address):
    if may_reach(address):
        assert address.is_global or address in ipaddress.ip_network("64:ff9b::/96") or address.ipv4_mapped
        for what in ("private", "loopback", "multicast", "link_local"):
            assert not getattr(address, f"is_{what}")


def test_a_network_can_be_allowed():
    allowed = (ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("::1/128"))
    assert may_reach(ipaddress.ip_address("10.20.1.1"), allowed)
    assert may_reach(ipaddress.ip_address("::ffff:10.20.1.1"), allowed)
    assert may_reach(ipaddress.ip_address("::1"), allowed)
    assert not may_reach(ipaddress.ip_address("10.21.0.1"), allowed)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1", "0x7f.1", "0177.0.0.1",
        "017700000001", "0", "0.0.0.0", "10.0.0.1", "0xa9fea9fe", "2852039166", "169.254.169.254", "3232235777",  # noqa: S104 - refused, not bound
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[::ffff:7f00:1]", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::7f00:1]", "１２７.0.0.1", "127。0。0。1", "⑯⑨。②⑤④。⑯⑨。②⑤④",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_private_number_is_refused_in_every_spelling(host, scheme):
    with pytest.raises(BadAddress) as refused:
        parse(f"{scheme}://{host}/hook", with_http=True)
    assert refused.value.wrong in (Wrong.PRIVATE, Wrong.NO_ADDRESS)


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("", Wrong.NO_ADDRESS),
        ("example.org/hook", Wrong.NO_ADDRESS),
        ("https://", Wrong.NO_ADDRESS),
        ("https:///hook", Wrong.NO_ADDRESS),
        ("ftp://example.org/", Wrong.NO_ADDRESS),
        ("file:///etc/passwd", Wrong.NO_ADDRESS),
        ("gopher://example.org:70/_x", Wrong.NO_ADDRESS),
        ("javascript:alert(1)", Wrong.NO_ADDRESS),
        ("https://example.org:70000/", Wrong.NO_ADDRESS),
        ("https://example.org:x/", Wrong.NO_ADDRESS),
        ("https://[::1/", Wrong.NO_ADDRESS),
        ("https://exa mple.org/", Wrong.NO_ADDRESS),
        ("https://example.org/\r\nX-Other: 1", Wrong.NO_ADDRESS),
        ("https://example.org/\x00", Wrong.NO_ADDRESS),
        ("https://127.0.0.1\\@example.org/", Wrong.NO_ADDRESS),
        ("https://" + "a" * 64 + ".example/", Wrong.NO_ADDRESS),
        ("http://example.org/hook", Wrong.NOT_HTTPS),
        ("https://user:secret@example.org/", Wrong.LOG_IN),
        ("https://example.org@127.0.0.1/", Wrong.LOG_IN),
        ("https://@example.org/", Wrong.LOG_IN),
        ("https://example.org:22/", Wrong.PORT),
        ("https://example.org:25/", Wrong.PORT),
        ("https://example.org:80/", Wrong.PORT),
        ("https://example.org:0/", Wrong.PORT),
        ("https://example.org/" + "x" * 500, Wrong.TOO_LONG),
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused_with_its_reason(address, wrong):
    with pytest.raises(BadAddress) as refused:
        parse(address)
    assert refused.value.wrong is wrong


def test_an_address_is_taken_apart_once_and_for_all():
    target = parse("https://Example.ORG:8443/a%20b/ü?x=1&y=ж#part")
    assert (target.is_secure, target.host, target.port) == (True, "example.org", 8443)
    assert target.path == "/a%20b/%C3%BC?x=1&y=%D0%B6"
    assert target.named == "example.org:8443"
    assert parse("https://example.org").path == "/"
    assert parse("https://example.org:443/").named == "example.org"
    assert parse("https://пример.рф/").host == "xn--e1afmkfd.xn--p1ai"
    assert parse("https://[2606:4700::1111]:8443/").named == "[2606:4700::1111]:8443"


@given(st.text(max_size=80))
def test_any_text_is_taken_apart_or_refused(text):
    for address in (text, "https://" + text):
        try:
            target = parse(address, with_http=True)
        except BadAddress:
            continue
        assert target.host.isascii()
        assert not set(target.host + target.path) & set("\r\n\t \\")
        assert "@" not in target.host
