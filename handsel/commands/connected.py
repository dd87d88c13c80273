"""How an operator's command finds the database: the embedded one of a data folder, or the one of DATABASE_URL."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handsel.commands.secrets_file import read_or_make
from handsel.commands.supervisor import say


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=lambda text: Path(text).expanduser(),
        metavar="DIR",
        help="the data folder of `handsel up` (default: DATABASE_URL, else HANDSEL_DATA, else ~/.handsel)",
    )


@contextmanager
def connected(folder: Path | None) -> Iterator[None]:
    """Django, with the product's database: joined where `handsel up` runs in the folder, else started for as long as
    this takes. Ends the program with a message where there is none."""
    if folder is None and "DATABASE_URL" in os.environ:
        _set_up()
        yield
        return
    folder = folder or Path(os.environ.get("HANDSEL_DATA", "~/.handsel")).expanduser()
    if not (folder / "secrets.json").exists():
        say(f"There is no installation in {folder}: name its folder with --data, or set DATABASE_URL.")
        raise SystemExit(2)
    with _embedded(folder.absolute()) as url:
        kept = read_or_make(folder / "secrets.json")
        os.environ |= {name: value for name, value in kept.items() if name.startswith("HANDSEL_")}
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("HANDSEL_BASE_URL", "http://127.0.0.1:8000")
        _set_up()
        yield


@contextmanager
def _embedded(folder: Path) -> Iterator[str]:
    from handsel.database import bootstrap, embedded

    kept = read_or_make(folder / "secrets.json")
    port = embedded.running_port(folder / "postgres")
    cluster = None if port else embedded.start(folder / "postgres")
    try:
        place = f"postgresql://127.0.0.1:{port or (cluster and cluster.port)}/handsel"
        yield bootstrap.with_login(place, bootstrap.APP, kept["app_password"])
    except embedded.EmbeddedServerError as error:
        say(str(error))
        raise SystemExit(2) from error
    finally:
        if cluster is not None:
            cluster.stop()


def _set_up() -> None:
    os.environ["HANDSEL_POOL_SIZE"] = "0"  # One thread, and nobody returns connections: a pool would outlive the work.
    os.environ.setdefault("HANDSEL_LOG_LEVEL", "WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handsel.settings")
    import django

    django.setup()
