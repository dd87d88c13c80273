"""How the sandbox is started: flags, each with an environment variable behind it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    host: str
    port: int
    data: Path
    secret_key: str
    publishable_key: str
    public_url: str | None = None  # how browsers reach it, where that is not the address they call
    webhook_url: str | None = None
    webhook_secret: str | None = None
    test: bool = True


def read_config(arguments: Sequence[str] | None = None) -> Config:
    """Flags win over `HANDSEL_SANDBOX_*`; nonsense ends the program with a message."""
    parser = argparse.ArgumentParser(prog="handsel_sandbox", description="A gateway to try payments on.")

    def option(name: str, fallback: str | None, text: str) -> None:
        variable = f"HANDSEL_SANDBOX_{name.upper().replace('-', '_')}"
        default = os.environ.get(variable, fallback)
        parser.add_argument(f"--{name}", default=default, help=f"{text} (or {variable})")

    option("host", "127.0.0.1", "address to listen on")
    option("port", "8001", "port to listen on; 0 takes a free one")
    option("data", None, "folder for its storage")
    option("secret-key", "sk_test_handsel", "the secret key that servers use")
    option("publishable-key", "pk_test_handsel", "the key that the card frame uses")
    option("public-url", None, "its origin as browsers see it")
    option("webhook-url", None, "where events are sent")
    option("webhook-secret", None, "what they are signed with")
    test = os.environ.get("HANDSEL_SANDBOX_TEST", "1") not in ("0", "false", "no")
    parser.add_argument("--test", action=argparse.BooleanOptionalAction, default=test, help="serve /_test")
    read = parser.parse_args(arguments)
    if not read.data:
        parser.error("--data is needed: the folder for its storage")
    if not str(read.port).isdecimal() or int(read.port) > 65535:
        parser.error("--port must be between 0 and 65535")
    if bool(read.webhook_url) != bool(read.webhook_secret):
        parser.error("--webhook-url and --webhook-secret belong together")
    if not read.secret_key.startswith("sk_test_") or not read.publishable_key.startswith("pk_test_"):
        parser.error("the keys must begin with sk_test_ and pk_test_: no real money moves here")
    return Config(
        host=read.host,
        port=int(read.port),
        data=Path(read.data),
        secret_key=read.secret_key,
        publishable_key=read.publishable_key,
        public_url=read.public_url.rstrip("/") if read.public_url else None,
        webhook_url=read.webhook_url,
        webhook_secret=read.webhook_secret,
        test=read.test,
    )
