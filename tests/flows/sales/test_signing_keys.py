"""The key that signs a partner's documents: made on first need, or brought."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.db import connection

from handsel.database.secrets import decrypt
from handsel.database.tenancy import reading, writing
from handsel.flows.sales.signing_keys import bring_signing_key, key_material, signing_key
from handsel.models import Event, Member, Partner, SigningKey
from handsel.rules.errors import Invalid, NotAllowed
from tests.cast import acting, event_types, make_partner
from tests.flows.sales.signing_pairs import DAY, NOW, certificate, curve_key, key_pem


def keys_of(partner: Partner) -> list[SigningKey]:
    with reading(partner.id):
        return list(SigningKey.objects.order_by("id"))


def test_the_first_need_makes_a_key_and_the_next_finds_it(partner: Partner) -> None:
    key = signing_key(partner)

    made = x509.load_pem_x509_certificate(key.certificate.encode())
    assert made.subject.rfc4514_string() == "CN=Harbour Agency LLC"
    assert made.issuer == made.subject
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey)
    assert 3649 <= (made.not_valid_after_utc - made.not_valid_before_utc).days <= 3652
    assert key.fingerprint == made.fingerprint(hashes.SHA256()).hex()
    assert not key.is_own
    assert signing_key(partner).id == key.id
    assert event_types(partner, key.id) == ["signing_key.created"]


def test_a_partner_without_a_legal_name_signs_by_its_name() -> None:
    partner = make_partner(name="N" * 90, legal_name="")

    made = x509.load_pem_x509_certificate(signing_key(partner).certificate.encode())
    assert made.subject.rfc4514_string() == f"CN={'N' * 64}"


def test_the_key_is_encrypted_at_rest_and_shown_nowhere(partner: Partner) -> None:
    key = signing_key(partner)
    material = key_material(key)

    assert "BEGIN PRIVATE KEY" in material.key_pem
    assert material.key_pem == decrypt(key.key_encrypted)
    body = material.key_pem.splitlines()[1]
    with reading(partner.id):
        told = [str(event.changes) for event in Event.objects.all()]
    assert body not in f"{key!r} {key} {material!r} {material} {told} {key.key_encrypted}"


def test_two_workers_at_once_make_one_key(partner: Partner) -> None:
    def ask(_: int) -> object:
        try:
            return signing_key(partner).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        asked = set(threads.map(ask, range(4)))

    assert len(asked) == 1
    assert [key.id for key in keys_of(partner)] == list(asked)


def test_a_key_whose_certificate_has_run_out_is_replaced(partner: Partner) -> None:
    first = signing_key(partner)
    partner.clock_offset_seconds = int(dt.timedelta(days=11 * 365).total_seconds())
    with writing(partner.id):
        partner.save(update_fields=["clock_offset_seconds"])

    second = signing_key(partner)

    assert second.id != first.id
    assert [key.retired_at is None for key in keys_of(partner)] == [False, True]


@pytest.mark.parametrize(
    "key",
    [
        curve_key(),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["P-256", "P-384", "RSA"],
)
def test_a_key_that_is_brought_takes_the_place_of_ours(
    partner: Partner, alice: Member, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    ours = signing_key(partner)

    theirs = bring_signing_key(partner, acting(alice), key_pem(key), certificate(key))

    assert theirs.is_own
    assert signing_key(partner).id == theirs.id
    assert [row.retired_at is None for row in keys_of(partner)] == [False, True]
    with reading(partner.id):
        event = Event.objects.get(subject_id=theirs.id)
    assert event.type == "signing_key.brought"
    assert event.changes == {"fingerprint": theirs.fingerprint, "replaces": ours.fingerprint}


def test_a_key_comes_with_those_who_vouch_for_it(partner: Partner, alice: Member) -> None:
    root, own = curve_key(), curve_key()
    chain = certificate(own, issuer=("Root", root)) + certificate(root, "Root", authority=True)

    brought = bring_signing_key(partner, acting(alice), key_pem(own), chain)

    assert brought.certificate.count("BEGIN CERTIFICATE") == 2


KEY, OTHER, ROOT = curve_key(), curve_key(), curve_key()
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is refused
EDWARDS = ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize(
    ("key", "chain", "where", "why"),
    [
        ("", certificate(KEY), "key_pem", "not a private key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", certificate(KEY), "key_pem", "not a private"),
        ("x" * 60_000, certificate(KEY), "key_pem", "too long"),
        (key_pem(KEY, b"a phrase"), certificate(KEY), "key_pem", "passphrase"),
        (key_pem(SMALL), certificate(SMALL), "key_pem", "2048 bits"),
        (key_pem(EDWARDS), certificate(EDWARDS), "key_pem", "elliptic curve"),
        (key_pem(KEY), "", "certificate_pem", "not a certificate"),
        (key_pem(KEY), key_pem(KEY), "certificate_pem", "not a certificate"),
        (key_pem(KEY), "x" * 60_000, "certificate_pem", "too long"),
        (key_pem(KEY), certificate(OTHER), "certificate_pem", "another key"),
        (key_pem(KEY), certificate(KEY, ends=NOW - DAY / 2), "certificate_pem", "expired"),
        (key_pem(KEY), certificate(KEY, begins=NOW + DAY), "certificate_pem", "does not hold yet"),
        (key_pem(KEY), certificate(KEY, may_sign=False), "certificate_pem", "not for signing"),
        (key_pem(KEY), certificate(KEY) + certificate(ROOT, "Root"), "certificate_pem", "only those may stand"),
        (key_pem(KEY), certificate(KEY, issuer=("Root", OTHER)) + certificate(ROOT, "Root", authority=True),
         "certificate_pem", "only those may stand"),
    ],
)  # fmt: skip
def test_what_cannot_sign_is_refused_by_name_and_changes_nothing(
    partner: Partner, alice: Member, key: str, chain: str, where: str, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        bring_signing_key(partner, acting(alice), key, chain)

    assert [error.loc for error in refused.value.errors] == [where]
    assert why in refused.value.message
    assert keys_of(partner) == []


def test_a_salesperson_brings_no_key(partner: Partner, bob: Member) -> None:
    with pytest.raises(NotAllowed):
        bring_signing_key(partner, acting(bob), key_pem(KEY), certificate(KEY))
