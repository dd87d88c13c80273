"""No URL that somebody typed reaches an inner address, however it is written (RELIABILITY.md T30)."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from handsel.database.tenancy import writing
from handsel.flows.sales.activation import start_due
from handsel.messages.addresses import AddressRefused, AddressUnknown, public_destination
from handsel.models import Activation, Partner, Product
from tests.flows.activation.vendor import VendorServer
from tests.flows.calendar import fresh
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

INNER = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST:8000/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:101::1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::10.0.0.1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[100::1]/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1:80\\@example.com/",
]
NO_URL = ["", "vendor.example", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "http://", "http:///x",
          "https://example.com:99999/", "https://example.com:x/", "javascript:alert(1)", "//example.com/"]  # fmt: skip


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names mean: the addresses of each, one list; whoever asks again gets the list as it is then."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in known:
            return [found for address in known[name] for found in real(address, port, type=socket.SOCK_STREAM)]
        return real(host, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return known


@pytest.mark.parametrize("url", INNER)
def test_no_inner_address_is_asked_in_live_mode(url: str) -> None:
    with pytest.raises((AddressRefused, AddressUnknown)):
        public_destination(url, loopback_allowed=False)


@pytest.mark.parametrize("url", [url for url in INNER if "127" not in url and "::1]" not in url])
def test_test_mode_opens_loopback_and_nothing_else(url: str) -> None:
    if "localhost" in url.lower():
        assert public_destination(url, loopback_allowed=True).server_name == "localhost"
        return
    try:
        found = public_destination(url, loopback_allowed=True)
    except (AddressRefused, AddressUnknown):
        return
    assert "127.0.0.1" in found.url  # 2130706433 and its like


@pytest.mark.parametrize("url", NO_URL)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        public_destination(url, loopback_allowed=True)


@pytest.mark.parametrize(
    ("url", "pinned", "host"),
    [
        ("https://vendor.example/a?b=c#d", "https://93.184.216.34/a?b=c", "vendor.example"),
        ("https://vendor.example:8443", "https://93.184.216.34:8443/", "vendor.example:8443"),
        ("http://six.example/x", "http://[2606:2800:220:1::1]/x", "six.example"),
        ("https://[2606:2800:220:1::1]:99/", "https://[2606:2800:220:1::1]:99/", "[2606:2800:220:1::1]:99"),
    ],
)
def test_the_checked_address_is_the_one_to_connect_to(
    names: dict[str, list[str]], url: str, pinned: str, host: str
) -> None:
    names["vendor.example"], names["six.example"] = ["93.184.216.34"], ["2606:2800:220:1::1"]
    found = public_destination(url, loopback_allowed=False)

    assert (found.url, found.host_header) == (pinned, host)


def test_one_inner_address_among_public_ones_is_enough(names: dict[str, list[str]]) -> None:
    names["mixed.example"] = ["93.184.216.34", "10.0.0.7"]
    with pytest.raises(AddressRefused):
        public_destination("https://mixed.example/", loopback_allowed=True)


def test_a_name_without_an_address_is_unknown_and_asked_again() -> None:
    with pytest.raises(AddressUnknown):
        public_destination("https://nobody.invalid/", loopback_allowed=False)


@pytest.fixture
def vendor() -> Iterator[VendorServer]:
    server = VendorServer()
    yield server
    server.close()


def attempted(desk: Desk, url: str) -> Activation:
    """The activation of a product whose vendor has this address, whatever the catalogue would say to it, after one
    attempt."""
    product = desk.product("Vendor's", 1_000, vendor_url="https://vendor.example/")
    with writing(desk.partner.id):
        Product.objects.filter(id=product.id).update(vendor_url=url)
    order = desk.pay(desk.order(product))
    (activation,) = desk.activations(order)
    start_due(desk.partner, activation.id)
    row: Activation = fresh(desk, activation)
    return row


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    sandbox: SandboxServer, vendor: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []

    def rebinding(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host == "rebinds.example":
            asked.append(host)
            address = "127.0.0.1" if len(asked) == 1 else "10.255.255.1"
            return real(address, port, type=socket.SOCK_STREAM)
        return real(host, port, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    activation = attempted(Desk(), f"http://rebinds.example:{vendor.port}/hook")

    assert activation.status == "activated"
    assert len(asked) == 1
    assert vendor.told[0].headers["host"] == f"rebinds.example:{vendor.port}"


def test_an_inner_address_fails_the_line_and_nothing_is_sent(sandbox: SandboxServer) -> None:
    activation = attempted(Desk(), "http://169.254.169.254/latest/")

    assert (activation.status, activation.reason) == ("errored", "The address is not a public one.")


def test_a_partner_in_live_mode_reaches_no_vendor_on_this_machine(sandbox: SandboxServer, vendor: VendorServer) -> None:
    desk = Desk()
    desk.partner.mode = Partner.LIVE  # as the row would say; its gateway stays the sandbox
    activation = attempted(desk, vendor.url)

    assert activation.status == "errored"
    assert vendor.told == []


def test_a_redirect_is_not_followed(sandbox: SandboxServer, vendor: VendorServer) -> None:
    vendor.says((307, ""))
    activation = attempted(Desk(), vendor.url)

    assert (activation.status, len(vendor.told)) == ("pending", 1)


def test_tls_asks_for_the_name_and_not_for_the_number(
    sandbox: SandboxServer, names: dict[str, list[str]], tmp_path: Path
) -> None:
    names["vendor.example"] = ["127.0.0.1"]
    with TlsServer(tmp_path) as server:
        activation = attempted(Desk(), f"https://vendor.example:{server.port}/")

    assert server.asked_for == ["vendor.example"]
    assert (activation.status, activation.attempts) == ("pending", 1)  # its certificate is signed by nobody we know


class TlsServer:
    """Shakes hands with a certificate of its own making, and notes which name it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked_for: list[str | None] = []
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        _write_certificate(key, certificate)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.sni_callback = lambda _, name, __: self.asked_for.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> TlsServer:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
            with connection, self._context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
        except OSError:
            return

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(5)


def _write_certificate(key_file: Path, certificate_file: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=vendor.example")
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("vendor.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    certificate_file.write_bytes(certificate.public_bytes(pem))
