"""One attempt: to the address that was checked, nowhere else, and never longer than it may take."""

import contextlib
import datetime as dt
import ipaddress
import socket
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sessions_app.events.webhooks.outcomes import Fault
from sessions_app.events.webhooks.sending import ANSWER_BYTES, Limits, post
from tests.receivers import LOOPBACK, Receiver, drip, listening, talking

pytestmark = pytest.mark.any_database

LOCAL = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))
HERE = Limits(seconds=5, with_http=True, allowed=LOCAL)
SHORT = Limits(seconds=0.5, with_http=True, allowed=LOCAL)
ANYWHERE = Limits(seconds=5, with_http=True)


def send(address, limits=HERE, body=b'{"n":1}'):
    return post(
        address, headers={"Content-Type": "application/json", "webhook-id": "m"}, body=body, limits=limits
    )


def test_the_body_arrives_as_it_is_and_the_answer_comes_back():
    with listening(Receiver(status=200, body=b"thanks \xff\x00!")) as receiver:
        outcome = send(receiver.url("/a/b?c=d"))
    [got] = receiver.received
    assert (got.path, got.body) == ("/a/b?c=d", b'{"n":1}')
    assert got.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["Content-Type"] == "application/json"
    assert (outcome.fault, outcome.status, outcome.answer) == (None, 200, "thanks \ufffd!")


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (200, None), (201, None), (204, None), (302, Fault.REDIRECT), (304, Fault.REDIRECT), (400, Fault.REFUSED),
        (401, Fault.REFUSED), (404, Fault.REFUSED), (410, Fault.GONE), (429, Fault.BUSY), (500, Fault.BROKEN),
        (503, Fault.BROKEN),
    ],
)  # fmt: skip
def test_what_a_status_means(status, fault):
    with listening(Receiver(status=status)) as receiver:
        outcome = send(receiver.url())
    assert (outcome.status, outcome.fault) == (status, fault)


@pytest.mark.parametrize(
    ("asked", "pause"), [("120", 120), ("99999999", 3600), ("-1", 0), ("soon", 0), ("9" * 40, 0)]
)
def test_a_receiver_may_ask_for_a_pause(asked, pause):
    with listening(Receiver(status=503, headers={"Retry-After": asked})) as receiver:
        assert send(receiver.url()).pause == pause


def test_loopback_gets_nothing_unless_it_is_allowed():
    with listening(Receiver()) as receiver:
        for host in ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"):
            assert send(receiver.url(host=host), ANYWHERE).fault is Fault.ADDRESS
        # Names are judged by what they lead to.
        assert send(receiver.url(host="localhost"), ANYWHERE).fault is Fault.FORBIDDEN
        assert receiver.received == []
        assert send(receiver.url(host="localhost")).fault is None
        assert len(receiver.received) == 1


def test_a_redirect_is_not_followed():
    with listening(Receiver(host="127.0.0.1")) as inner:
        for status in (301, 302, 303, 307, 308):
            elsewhere = Receiver(status=status, headers={"Location": inner.url("/secret")})
            with listening(elsewhere) as receiver:
                assert send(receiver.url()).fault is Fault.REDIRECT
                assert len(receiver.received) == 1
    assert inner.received == []


@pytest.fixture
def names(monkeypatch):
    """Let the system's look-up answer what the test says, one list after the other."""
    answers, asked, real = {}, [], socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if host not in answers:
            return real(host, port, *args, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "a name")
        asked.append(host)
        found = answers[host].pop(0)
        kinds = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (kinds[ipaddress.ip_address(one).version], socket.SOCK_STREAM, 6, "", (one, port))
            for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers, asked


def test_a_name_is_looked_up_once_so_that_it_cannot_change_its_mind(names):
    answers, asked = names
    # First where it may lead, then, were it asked again, to the receiver that must not be reached.
    with listening(Receiver(host="127.0.0.2")) as inner:
        answers["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        outcome = send(f"http://rebinding.example:{inner.port}/")
        assert outcome.fault is Fault.UNREACHABLE
    assert asked == ["rebinding.example"]
    assert inner.received == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["fd00::7"], ["0.0.0.0"],  # noqa: S104 - refused, not bound
        ["93.184.216.34", "127.0.0.1"], ["2606:4700::1111", "fe80::1"], [],
    ],
)  # fmt: skip
def test_a_name_that_leads_to_a_private_address_gets_nothing(names, found):
    answers, _asked = names
    answers["inside.example"] = [found]
    assert send("https://inside.example/", ANYWHERE).fault is Fault.FORBIDDEN


def test_the_next_address_of_a_name_is_tried_when_the_first_takes_no_connection(names):
    answers, _asked = names
    with listening(Receiver()) as receiver:
        answers["two.example"] = [["::1", "127.0.0.1"]]
        assert send(receiver.url(host="two.example")).fault is None
    assert receiver.received[0].headers["Host"] == f"two.example:{receiver.port}"


def test_a_name_that_nobody_knows():
    assert send("https://nobody.invalid/", ANYWHERE).fault is Fault.NAME


def test_a_look_up_that_takes_too_long_holds_nobody_up(monkeypatch):
    over = threading.Event()
    real = socket.getaddrinfo

    def look_up(host, *args, **options):
        if host == "slow.example" and not options.get("flags", 0):
            over.wait(10)
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with listening(Receiver()) as receiver:
        began = time.monotonic()
        outcome = send(receiver.url(host="slow.example"), SHORT)
        assert outcome.fault is Fault.SLOW
        assert time.monotonic() - began < 3
        over.set()
        time.sleep(0.3)
        assert receiver.received == []  # too late is not at all


def test_nobody_listens():
    with talking(lambda line: None) as port:
        pass
    assert send(f"http://127.0.0.1:{port}/").fault is Fault.UNREACHABLE


OK = b"HTTP/1.1 200 OK\r\nX-Padding: "
SPEECHES = {
    "nothing at all": (lambda line: time.sleep(3), Fault.SLOW),
    "a head that never ends": (lambda line: drip(line, OK + b"x" * 1000), Fault.SLOW),
    "no HTTP": (lambda line: line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Fault.GARBLED),
    "a head of 10 MB": (lambda line: line.sendall(OK + b"x" * 10_000_000), Fault.GARBLED),
    "a thousand head lines": (
        lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1000 + b"\r\n"), Fault.GARBLED,
    ),
    "a hung up line": (lambda line: line.shutdown(socket.SHUT_RDWR), Fault.UNREACHABLE),
    "a status now and then": (lambda line: drip(line, b"HTTP/1.1 200 OK\r\n\r\n", every=0.3), Fault.SLOW),
}  # fmt: skip


@pytest.mark.parametrize("name", SPEECHES)
def test_whatever_a_receiver_says_it_takes_no_longer_than_it_may(name):
    say, expected = SPEECHES[name]

    def listen_first(line):
        line.recv(65536)
        say(line)

    with talking(listen_first) as port:
        began = time.monotonic()
        outcome = send(f"http://127.0.0.1:{port}/", SHORT)
        assert time.monotonic() - began < 2
    assert outcome.fault is expected


def test_a_status_in_time_counts_though_the_rest_is_slow():
    def say(line):
        line.recv(65536)
        line.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nso far")
        time.sleep(2)

    with talking(say) as port:
        outcome = send(f"http://127.0.0.1:{port}/", SHORT)
    assert (outcome.fault, outcome.status, outcome.answer) == (None, 202, "so far")


def test_of_ten_megabytes_only_the_beginning_is_read():
    with listening(Receiver(status=500, body=b"y" * 10_000_000)) as receiver:
        began = time.monotonic()
        outcome = send(receiver.url())
        assert time.monotonic() - began < 2
    assert outcome.answer == "y" * ANSWER_BYTES


def test_no_thread_is_left_behind():
    def alive():
        return [thread for thread in threading.enumerate() if thread.name == "webhook"]

    with talking(lambda line: drip(line, b"x" * 1000)) as port:
        send(f"http://127.0.0.1:{port}/", SHORT)
        until = time.monotonic() + 3
        while alive() and time.monotonic() < until:
            time.sleep(0.02)
    assert alive() == []


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """Return a function that makes a certificate for a name, of an authority that is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    now = dt.datetime.now(dt.UTC)

    def sign(subject, public, *, for_name=None):
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=for_name is None, path_length=None), critical=True)
        )  # fmt: skip
        if for_name is None:
            usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        else:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(for_name)]), critical=False
            )
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
            builder = builder.add_extension(issuer, critical=False)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority = tmp_path / "authority.pem"
    authority.write_bytes(sign(name, key.public_key()))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    def make(for_name):
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, for_name)])
        pem = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = tmp_path / f"{for_name}.pem"
        path.write_bytes(pem + sign(subject, own.public_key(), for_name=for_name))
        return path

    return make


def test_tls_is_for_the_name_though_the_connection_is_to_the_number(certified):
    with listening(Receiver(), certificate=certified("localhost")) as receiver:
        assert send(receiver.url(host="localhost")).fault is None
        assert receiver.received[0].headers["Host"] == f"localhost:{receiver.port}"
        assert send(receiver.url(host="127.0.0.1")).fault is Fault.CERTIFICATE
    with listening(Receiver(), certificate=certified("other.example")) as receiver:
        assert send(receiver.url(host="localhost")).fault is Fault.CERTIFICATE
        assert receiver.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(certified, monkeypatch):
    with listening(Receiver(), certificate=certified("localhost")) as receiver:
        monkeypatch.setenv("SSL_CERT_FILE", "")
        assert send(receiver.url(host="localhost")).fault is Fault.CERTIFICATE
        assert receiver.received == []


def test_a_server_without_tls_is_not_spoken_to_in_the_clear():
    with talking(lambda line: line.recv(65536)) as port:
        assert send(f"https://127.0.0.1:{port}/", SHORT).fault in (Fault.CERTIFICATE, Fault.UNREACHABLE)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    with listening(Receiver()) as proxy, listening(Receiver()) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert send(receiver.url()).fault is None
    assert (len(proxy.received), len(receiver.received)) == (0, 1)


def test_an_idle_receiver_does_not_stop_others():
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(talking(lambda line: time.sleep(1)))
        receiver = stack.enter_context(listening(Receiver()))
        send(f"http://{LOOPBACK}:{port}/", SHORT)
        assert send(receiver.url()).fault is None
