"""Where it is measured: a PostgreSQL of its own with durable settings, the web server, and a partner to sell at."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench import approving
from handsel.database import embedded
from handsel.database.bootstrap import Passwords, bootstrap
from handsel.processes import dies_with_parent

REPOSITORY = Path(__file__).resolve().parent.parent
WEB_PROCESSES, WEB_THREADS = 2, 8
READY_SECONDS = 60

_ADDRESS: Final[Any] = {
    "line1": "1 Main Street", "city": "Portland", "region": "OR", "postal_code": "97201", "country": "US",
}  # fmt: skip
_GOODS: Final = (("Website", 240_000, None), ("Hosting", 2_900, "month"), ("Care plan", 7_900, "year"))


@dataclass(slots=True)
class Stand:
    """What runs while it is measured."""

    cluster: embedded.Cluster
    web: subprocess.Popen[bytes]
    folder: Path
    app_url: str
    port: int

    def postgres_cpu(self) -> float:
        return cpu_seconds(self.cluster.pid)

    def web_cpu(self) -> float:
        return cpu_seconds(self.web.pid)

    @property
    def superuser_url(self) -> str:
        return self.cluster.superuser_url.rpartition("/")[0] + "/handsel"


@contextmanager
def stand(port: int) -> Iterator[Stand]:
    """Everything up, and down again. Django in this process uses the same database."""
    with TemporaryDirectory(prefix="handsel-bench-", dir=os.environ.get("HANDSEL_BENCH_DIR")) as name:
        folder = Path(name)
        folder.chmod(0o711)
        cluster = embedded.start(folder / "postgres")
        try:
            urls = bootstrap(cluster.superuser_url, "handsel", Passwords(owner="owner", app="app"))
            os.environ |= _environment(urls.app, port)
            migrating = [sys.executable, "-m", "handsel.cli", "migrate"]
            subprocess.run(migrating, env=os.environ | {"OWNER_DATABASE_URL": urls.owner}, check=True)
            with approving.installed() as path, _web(folder, path, port) as web:
                yield Stand(cluster, web, folder, urls.app, port)
        finally:
            cluster.stop()


def _environment(app_url: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": app_url,
        "DJANGO_SETTINGS_MODULE": "handsel.settings",
        "HANDSEL_SECRET_KEY": secrets.token_urlsafe(50),
        "HANDSEL_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "HANDSEL_BASE_URL": f"http://127.0.0.1:{port}",
        "HANDSEL_LOG_LEVEL": "WARNING",
        "HANDSEL_WEB_WORKERS": str(WEB_PROCESSES),
        "HANDSEL_WEB_THREADS": str(WEB_THREADS),
    }


@contextmanager
def _web(folder: Path, path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPATH": f"{path}{os.pathsep}{REPOSITORY}"}
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "handsel.cli", "web", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(15),  # type: ignore[arg-type]
        )
    try:
        _wait_until_ready(web, port, folder / "web.log")
        yield web
    finally:
        web.terminate()
        web.wait(20)


def _wait_until_ready(web: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except OSError as error:
            if web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The web server did not come up:\n{log.read_text()[-2000:]}") from error
            time.sleep(0.1)
        else:
            return


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, of its living descendants, and of those it has waited for."""
    ticks = 0
    for each in (pid, *_descendants(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return found
    for thread in threads:
        for child in (thread / "children").read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found


@dataclass(frozen=True, slots=True)
class Shop:
    """A partner that is charged at the approving gateway, with customers who have a card on file."""

    partner_id: uuid.UUID
    key: str
    products: tuple[str, ...]
    customers: tuple[tuple[str, str], ...]  # shown ids of a customer and of its card


def open_shop(customers: int) -> Shop:
    """Made by the flows, but for the cards and the account's name, which no flow would make without a gateway."""
    from handsel.flows.catalog.products import create_product
    from handsel.flows.people.api_keys import create_api_key
    from handsel.flows.people.customers import create_customer
    from handsel.flows.people.members import create_member
    from handsel.flows.people.partners import create_partner
    from handsel.rules.permissions import SYSTEM

    details: Any = {"name": "Bench", "legal_name": "Bench LLC", "tax_id": "1", "address": _ADDRESS}
    partner = create_partner(slug="bench", details=details)
    member = create_member(partner, SYSTEM, email="admin@bench.example", name="Bench", role="admin")
    admin = member.actor("api")
    products = [
        create_product(partner, admin, name=name, sku=name, price_minor=price, currency="USD", interval=interval)
        for name, price, interval in _GOODS
    ]
    account_id = _account(partner.id)
    buyers = []
    for number in range(customers):
        email = f"buyer{number}@example.com"
        customer = create_customer(
            partner, admin, name=f"Buyer {number}", email=email, currency="USD", address=_ADDRESS
        )
        buyers.append((customer.shown_id, _card(partner.id, customer.id, account_id, number)))
    _, key = create_api_key(partner, admin, member, "bench")
    return Shop(partner.id, key, tuple(product.shown_id for product in products), tuple(buyers))


def _account(partner_id: uuid.UUID) -> uuid.UUID:
    from handsel.database.secrets import encrypt
    from handsel.database.tenancy import writing
    from handsel.models import GatewayAccount

    with writing(partner_id):
        account = GatewayAccount(
            partner_id=partner_id,
            name=approving.NAME,
            secret_key_encrypted=encrypt("none"),
            event_secret_encrypted=encrypt(secrets.token_hex()),
            publishable_key="none",
            script_url="none",
        )
        account.save(force_insert=True)
    return account.id


def _card(partner_id: uuid.UUID, customer_id: uuid.UUID, account_id: uuid.UUID, number: int) -> str:
    """A card on file, the customer's default; its shown id."""
    from handsel.database.tenancy import writing
    from handsel.models import BillingSettings, GatewayCustomer, PaymentMethod

    ids: dict[str, Any] = {"partner_id": partner_id, "customer_id": customer_id, "account_id": account_id}
    with writing(partner_id):
        GatewayCustomer(reference=f"cus_{number}", **ids).save(force_insert=True)
        card = PaymentMethod(
            reference=f"pm_{number}",
            customer_reference=f"cus_{number}",
            kind="card",
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            **ids,
        )
        card.save(force_insert=True)
        BillingSettings.objects.filter(customer_id=customer_id).update(default_payment_method=card)
    return card.shown_id
