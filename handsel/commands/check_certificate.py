"""Checks a certificate of signature, from the file alone: no database, no network, no installation.

It verifies the digital signature and that it covers every byte of the file, the evidence inside with the offer, the
terms and the drawn signature that it names, and the chain of what happened. The exit status is 1 when anything is
wrong, with one line for each finding. Without --fingerprint whoever signed is taken at their word: compare the key's
fingerprint with the one that the seller publishes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handsel.documents.certificate_check import Checked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the certificate, a PDF")
    parser.add_argument("--offer", metavar="PDF", type=Path, help="the offer that was signed")
    parser.add_argument("--fingerprint", metavar="HEX", default="", help="SHA-256 of the key's certificate")
    parser.add_argument("--extract", metavar="DIR", type=Path, help="write the files inside the certificate there")


def run(arguments: argparse.Namespace) -> int:
    from handsel.documents.certificate_check import check_certificate

    try:
        pdf = arguments.file.read_bytes()
        offer = arguments.offer.read_bytes() if arguments.offer else None
    except OSError as error:
        print(f"handsel check-certificate: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    checked = check_certificate(pdf, offer=offer, fingerprint=arguments.fingerprint)
    if checked.findings:
        print(f"NOT GENUINE: {arguments.file}")
        for finding in checked.findings:
            print(f"  {finding}")
        return 1
    print(f"Genuine: {arguments.file}")
    for label, text in _report(checked, pinned=bool(arguments.fingerprint)):
        print(f"  {label + ':':<18}{text}")
    if arguments.extract:
        _extract(checked.files, arguments.extract)
    return 0


def _report(checked: Checked, *, pinned: bool) -> Iterator[tuple[str, str]]:
    said, signed = checked.said, checked.signed
    assert signed is not None
    evidence = said["evidence"]
    yield "Offer", f"{evidence['number']}, revision {evidence['revision']}, of {said['seller']}"
    yield "Document", f"SHA-256 {evidence['document_sha256']}"
    yield "Signed by", f"{evidence['name']} <{evidence['email']}>, {evidence['kind']}"
    yield "Signed at", f"{evidence['signed_at']}, from {evidence['address']} with {evidence['user_agent'] or '?'}"
    for sentence in dict.fromkeys((evidence["consent"], *evidence["agreed"])):
        yield "Agreed", sentence
    if said["terms"]:
        yield "Terms", f"{said['terms']['title']}, version {said['terms']['version']}"
    for entry in said["trail"]:
        yield "Trail", f"{entry['at']}  {entry['type']}{_amount(entry['details'])}"
    yield "Sealed by", f"{signed.name}, {signed.signed_at}"
    yield "Fingerprint", signed.fingerprint
    yield "Key", "the one expected" if pinned else "not compared: name the seller's with --fingerprint"


def _amount(details: dict[str, Any]) -> str:
    return f"  {details['amount_minor']} {details['currency']}" if "amount_minor" in details else ""


def _extract(files: dict[str, bytes], folder: Path) -> None:
    """The names are our own (`check_certificate` allows no others), so none leads out of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        print(f"  Wrote {folder / name}")
