"""`handsel check-certificate`: what it says of a genuine certificate, and of one that is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handsel.cli import main
from handsel.documents.signature_check import check_signature
from tests.documents.certificates import certificate_document
from tests.security.forgery import Hand

HAND = Hand.new()
DOCUMENT = certificate_document()
GENUINE = HAND.certifies(DOCUMENT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(GENUINE)
    return path


def test_a_genuine_one_is_told_in_full(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offer, fingerprint = tmp_path / "offer.pdf", check_signature(GENUINE).fingerprint
    offer.write_bytes(DOCUMENT.offer_pdf)

    assert main(["check-certificate", str(file), "--offer", str(offer), "--fingerprint", fingerprint]) == 0

    told = capsys.readouterr().out
    for part in (
        f"Genuine: {file}", "O-000042, revision 2, of Northwind Digital", "Dana Whitfield <dana@whitfield.example>",
        "from 203.0.113.7", "I have read and accept the terms of service.", "Terms of service, version 3",
        "offer.signed", "payment.succeeded  91283 USD", "CN=Northwind Digital GmbH", fingerprint, "the one expected",
    ):  # fmt: skip
        assert part in told, part


def test_without_a_fingerprint_it_says_that_the_key_was_not_compared(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-certificate", str(file)]) == 0
    assert "not compared: name the seller's with --fingerprint" in capsys.readouterr().out


def test_what_is_wrong_is_told_and_the_command_ends_with_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(GENUINE.replace(b"Northwind", b"Southwind", 1) if b"Northwind" in GENUINE else GENUINE + b"\n")

    assert main(["check-certificate", str(file)]) == 1

    told = capsys.readouterr().out
    assert told.startswith(f"NOT GENUINE: {file}\n  The ")
    assert "Dana" not in told, "what does not hold is not repeated"


def test_another_key_and_another_offer_are_both_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = tmp_path / "other.pdf"
    offer.write_bytes(b"%PDF-1.7 something else")

    assert main(["check-certificate", str(file), "--offer", str(offer), "--fingerprint", "ab" * 32]) == 1

    told = capsys.readouterr().out
    assert "another key than the one expected" in told
    assert "not the document that was signed" in told


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", DOCUMENT.offer_pdf, b"\x00" * 1000])
def test_what_is_no_certificate_is_not_genuine(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert main(["check-certificate", str(file)]) == 1


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-certificate", str(tmp_path / "none.pdf")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_files_inside_are_written_where_asked(file: Path, tmp_path: Path) -> None:
    assert main(["check-certificate", str(file), "--extract", str(tmp_path / "inside")]) == 0

    assert (tmp_path / "inside" / "offer.pdf").read_bytes() == DOCUMENT.offer_pdf
    assert (tmp_path / "inside" / "signature.png").read_bytes() == DOCUMENT.image
    said = json.loads((tmp_path / "inside" / "evidence.json").read_bytes())
    assert said["evidence"]["name"] == "Dana Whitfield"


def test_it_needs_no_installation_no_database_and_no_secrets(file: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "HOME")}
    told = subprocess.run(
        [sys.executable, "-m", "handsel.cli", "check-certificate", str(file)],
        env=bare,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Genuine")
