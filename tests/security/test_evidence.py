"""T29: a certificate of signature in which anything was changed, moved, added or left out is found out offline, from
the file alone. A small dose; `HANDSEL_DOSE` multiplies it (50 makes 20,000 changed bytes, and as many changed values).
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handsel.documents import signature_check
from handsel.documents.certificate_check import check_certificate
from handsel.documents.signature_check import check_signature
from handsel.rules.certificate import OFFER_FILE, certificate_json, check_certificate_json
from handsel.rules.evidence import canonical
from tests.documents.certificates import certificate_document, drawing, evidence_for, trail_for
from tests.documents.offers import offer_content
from tests.security.forgery import Hand

DOSE = int(os.environ.get("HANDSEL_DOSE", "1"))
BYTES, FIELD_BYTES, VALUES = 280 * DOSE, 120 * DOSE, 400 * DOSE

SELLER, FORGER = Hand.new(), Hand.new()
DOCUMENT = certificate_document()
GENUINE = SELLER.certifies(DOCUMENT)
FINGERPRINT = check_signature(GENUINE).fingerprint
SIGNED_OFFER = SELLER.signs(DOCUMENT.offer_pdf, "HandselOffer")


def findings(pdf: bytes, **more: Any) -> tuple[str, ...]:
    return check_certificate(pdf, **more).findings


def field_of(pdf: bytes) -> range:
    """Where the signature stands, with the zeros that fill its field."""
    *_, (start, end) = re.findall(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", pdf)
    return range(int(start), int(end))


def flipped(pdf: bytes, position: int, by: int) -> bytes:
    return pdf[:position] + bytes([pdf[position] ^ by]) + pdf[position + 1 :]


def test_what_is_genuine_holds_with_and_without_the_offer_and_the_fingerprint() -> None:
    assert findings(GENUINE) == ()
    assert findings(GENUINE, offer=DOCUMENT.offer_pdf, fingerprint=FINGERPRINT) == ()
    assert findings(GENUINE, offer=SIGNED_OFFER, fingerprint=FINGERPRINT.upper()) == ()
    assert findings(SELLER.certifies(certificate_document("fr_FR", drawn=False))) == ()


def test_a_changed_byte_is_found_wherever_it_is() -> None:
    chance = random.Random(29)
    for _ in range(BYTES):
        position, by = chance.randrange(len(GENUINE)), chance.randrange(1, 256)
        assert findings(flipped(GENUINE, position, by)), f"byte {position} ^ {by} went unseen"


def test_a_changed_byte_of_the_signature_or_of_its_padding_is_found() -> None:
    chance, field = random.Random(30), field_of(GENUINE)
    for _ in range(FIELD_BYTES):
        position, by = chance.choice(field), chance.randrange(1, 256)
        assert findings(flipped(GENUINE, position, by)), f"byte {position} ^ {by} went unseen"


def test_a_signature_in_other_letters_is_found() -> None:
    """Hexadecimal in small letters means the same to every reader of PDFs."""
    field = field_of(GENUINE)
    small = GENUINE[: field.start] + GENUINE[field.start : field.stop].lower() + GENUINE[field.stop :]

    assert small != GENUINE
    assert findings(small) == ("Beside the signature its field holds something else than zeros.",)


@pytest.mark.parametrize("cut", [1, 2, 10, 100, 1_000, 10_000])
def test_a_file_that_was_cut_off_is_found(cut: int) -> None:
    assert findings(GENUINE[:-cut])
    assert findings(GENUINE[cut:])


@pytest.mark.parametrize("more", [b"\n", b" ", b"\x00", b"%%EOF\n", GENUINE, DOCUMENT.offer_pdf])
def test_a_file_to_which_something_was_added_is_found(more: bytes) -> None:
    assert findings(GENUINE + more)
    assert findings(more + GENUINE)


def test_bytes_that_were_left_out_put_in_or_swapped_are_found() -> None:
    chance = random.Random(31)
    for _ in range(40 * DOSE):
        first, second = sorted(chance.sample(range(len(GENUINE)), 2))
        length = chance.randrange(1, 40)
        part = GENUINE[first : first + length]
        assert findings(GENUINE[:first] + GENUINE[first + length :])
        assert findings(GENUINE[:second] + part + GENUINE[second:])
        swapped = bytearray(GENUINE)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        assert findings(bytes(swapped)) or bytes(swapped) == GENUINE


def test_an_update_by_another_hand_is_found() -> None:
    """A second signature on top, as a PDF program adds it: the newest one is looked at, and it is another's."""
    again = FORGER.signs(GENUINE, "Again")

    assert findings(again, fingerprint=FINGERPRINT) == ("It was signed with another key than the one expected.",)


# ---- The evidence inside, even if whoever holds the seller's key changed it


def proof() -> tuple[dict[str, Any], dict[str, bytes]]:
    """The evidence as it is read back, and the files beside it."""
    checked = check_certificate(GENUINE)
    return copy.deepcopy(checked.said), dict(checked.files)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every single value."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from leaves(each, (*path, name))
    if not isinstance(value, dict | list):
        yield path


def put(value: Any, path: tuple[Any, ...], new: Callable[[Any], Any]) -> None:
    *way, last = path
    for name in way:
        value = value[name]
    value[last] = new(value[last])


def another(chance: random.Random, value: Any) -> Any:
    """Something else of the same kind: a number beside it, a text with one other letter, or nothing."""
    match value:
        case None:
            return "something"
        case int():
            return value + chance.choice((-1, 1, 1_000))
        case str() if value and chance.random() < 0.9:
            position = chance.randrange(len(value))
            other = chance.choice([letter for letter in "0123456789abcdefXYZ é" if letter != value[position]])
            return value[:position] + other + value[position + 1 :]
        case _:
            return None


def test_every_single_value_of_the_evidence_counts() -> None:
    said, files = proof()
    every = list(leaves(said))
    assert len(every) > 80
    chance = random.Random(32)
    for number in range(max(VALUES, len(every))):
        path = every[number % len(every)]
        changed = copy.deepcopy(said)
        put(changed, path, lambda value: another(chance, value))
        assert changed != said
        assert check_certificate_json(canonical(changed), files), f"{path} went unseen"


def test_a_value_that_is_missing_or_more_than_there_should_be_is_found() -> None:
    said, files = proof()
    for path in leaves(said):
        *way, last = path
        for change in ("missing", "more"):
            changed = copy.deepcopy(said)
            inner: Any = changed
            for name in way:
                inner = inner[name]
            if change == "missing":
                del inner[last]
            elif isinstance(inner, dict):
                inner["more"] = 1
            else:
                inner.append("more")
            assert check_certificate_json(canonical(changed), files), f"{change} at {path} went unseen"


def test_rows_of_the_trail_that_were_swapped_left_out_or_repeated_are_found() -> None:
    said, files = proof()
    count = len(said["trail"])
    for first in range(count):
        without = {**said, "trail": [row for position, row in enumerate(said["trail"]) if position != first]}
        assert check_certificate_json(canonical(without), files), f"row {first} left out went unseen"
        twice = {**said, "trail": [*said["trail"][: first + 1], *said["trail"][first:]]}
        assert check_certificate_json(canonical(twice), files), f"row {first} twice went unseen"
        for second in range(first + 1, count):
            rows = list(said["trail"])
            rows[first], rows[second] = rows[second], rows[first]
            assert check_certificate_json(canonical({**said, "trail": rows}), files), f"{first}, {second} swapped"
    assert check_certificate_json(canonical({**said, "trail": []}), files)


def test_evidence_in_another_form_is_found() -> None:
    said, files = proof()
    for other in (
        json.dumps(said).encode(), canonical(said) + b"\n", canonical(said).replace(b'"offer"', b'"x":1,"x"', 1),
        b"", b"[]", b"null", b"{}", b'{"format":"handsel-certificate-1"}', b"\xff", b"[" * 100_000,
    ):  # fmt: skip
        assert check_certificate_json(other, files), other[:40]


def test_other_files_beside_the_evidence_are_found() -> None:
    said, files = proof()
    content = canonical(said)
    for name in ("offer.pdf", "signature.png"):
        assert check_certificate_json(content, {each: files[each] for each in files if each != name})
        assert check_certificate_json(content, {**files, name: files[name] + b"\x00"})
    assert check_certificate_json(content, {**files, "more.txt": b""})


@pytest.mark.parametrize("by", [SELLER, FORGER], ids=["with the seller's key", "with another key"])
def test_evidence_that_was_changed_and_embedded_again_is_found(by: Hand) -> None:
    def renamed(content: bytes) -> bytes:
        return content.replace(b"Dana Whitfield", b"Dana Whitfeild")

    def shortened(content: bytes) -> bytes:
        said = json.loads(content)
        return canonical({**said, "trail": said["trail"][:-1]})

    for alter in (renamed, shortened):
        forged = by.forges(DOCUMENT, alter)
        assert check_signature(forged), "the signature itself holds"
        assert findings(forged)


@pytest.mark.parametrize(
    "changes",
    [{"image": drawing() + b"\x00"}, {"image": None}, {"offer_pdf": DOCUMENT.offer_pdf + b"\n"}],
    ids=["another picture", "no picture", "another offer"],
)
def test_another_picture_or_offer_inside_is_found(changes: dict[str, Any]) -> None:
    assert findings(SELLER.certifies(dataclasses.replace(DOCUMENT, **changes)))


def test_the_offer_beside_the_certificate_is_compared_to_the_last_byte() -> None:
    for other in (DOCUMENT.offer_pdf + b"\n", DOCUMENT.offer_pdf[:-1], flipped(DOCUMENT.offer_pdf, 500, 1), b""):
        assert findings(GENUINE, offer=other)
    assert findings(GENUINE, offer=flipped(SIGNED_OFFER, len(SIGNED_OFFER) - 700, 1))
    assert findings(GENUINE, offer=FORGER.signs(DOCUMENT.offer_pdf)) == (
        "The offer beside it was signed with another key.",
    )


def test_the_original_offer_can_be_told_from_its_signed_file() -> None:
    assert SIGNED_OFFER[: len(DOCUMENT.offer_pdf)] == DOCUMENT.offer_pdf
    assert check_signature(SIGNED_OFFER).fingerprint == FINGERPRINT


# ---- What these tests would miss


def test_control_without_the_look_at_the_rest_of_the_file_a_change_goes_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_check, "check_nothing_outside", lambda *_: None)
    last_zero = field_of(GENUINE).stop - 2
    changed = (flipped(GENUINE, last_zero, 1), flipped(GENUINE, last_zero - 40, 4))

    assert [each for each in changed if not findings(each)], "then what the check adds is proved by nothing"


def test_control_without_the_chain_a_missing_row_goes_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    said, files = proof()
    shorter = canonical({**said, "trail": said["trail"][1:]})
    assert check_certificate_json(shorter, files)

    monkeypatch.setattr("handsel.rules.certificate._trail", lambda _: iter(()))

    assert check_certificate_json(shorter, files) == []


def test_control_a_whole_forgery_holds_unless_the_key_is_compared() -> None:
    """Whoever makes everything anew, with a key that names the seller, is told apart by the fingerprint alone."""
    content = dataclasses.replace(offer_content(), due_now_minor=1)
    evidence = evidence_for(content, DOCUMENT.offer_pdf, DOCUMENT.image)
    document = dataclasses.replace(DOCUMENT, content=content, evidence=evidence, trail=trail_for(evidence))
    forged = FORGER.certifies(document)

    assert findings(forged) == ()
    assert findings(forged, fingerprint=FINGERPRINT) == ("It was signed with another key than the one expected.",)


def test_the_same_facts_give_the_same_evidence() -> None:
    given = (DOCUMENT.evidence, DOCUMENT.content.terms, DOCUMENT.trail, DOCUMENT.content.seller.name, DOCUMENT.made_at)
    said, files = proof()

    assert certificate_json(*given) == certificate_json(*given) == canonical(said)
    assert files[OFFER_FILE] == DOCUMENT.offer_pdf
