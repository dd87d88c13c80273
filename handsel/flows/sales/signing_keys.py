"""The key that a partner's signed documents carry: made on first need, or the partner's own.

The certificate that we make is self-signed: it proves that all documents of a partner come from one hand, and nothing
changed them since. Who wants a public authority's word for whose hand that is brings a key with its certificate.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from handsel.database.secrets import decrypt, encrypt
from handsel.database.tenancy import reading
from handsel.documents.signing import KeyMaterial
from handsel.flows.work import Work, working
from handsel.models import Partner, SigningKey
from handsel.models.people import now_of
from handsel.rules.errors import Invalid
from handsel.rules.permissions import SYSTEM, Actor, Grant, check_grant

VALID = dt.timedelta(days=10 * 365)
BEFORE = dt.timedelta(days=1)
"""How far back a certificate of ours holds: clocks differ."""
LEAST_RSA_BITS = 2048
MOST_PEM = 50_000
MOST_CHAIN = 8
_COMMON_NAME_LENGTH = 64  # RFC 5280, upper bound of a common name

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def signing_key(partner: Partner) -> SigningKey:
    """The key in use. Where there is none, or its certificate has run out in the partner's time, one is made."""
    with reading(partner.id):
        key = _in_use()
        if key is not None and _is_valid(key, now_of(partner)):
            return key
    with working(partner, SYSTEM) as work:
        return _make(work)


def key_material(key: SigningKey) -> KeyMaterial:
    """The key and its certificate as the signer takes them, decrypted for this one use."""
    return KeyMaterial(decrypt(key.key_encrypted), key.certificate)


def bring_signing_key(partner: Partner, actor: Actor, key_pem: str, certificate_pem: str) -> SigningKey:
    """Sign with the partner's own key from now on; what is signed already keeps the signature it has. Raises
    NotAllowed, Invalid (`key_pem`, `certificate_pem`)."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    now = now_of(partner)
    key = _read_key(key_pem)
    chain = _read_chain(certificate_pem, key, now)
    with working(partner, actor) as work:
        _one_at_a_time(work)
        return _use(work, key, chain, is_own=True)


def _in_use() -> SigningKey | None:
    found: SigningKey | None = SigningKey.objects.filter(retired_at=None).first()
    return found


def _is_valid(key: SigningKey, now: dt.datetime) -> bool:
    return now <= x509.load_pem_x509_certificate(key.certificate.encode()).not_valid_after_utc


def _one_at_a_time(work: Work) -> None:
    """A key that is not there yet cannot be locked, so its partner is: else each of two would retire the other's."""
    Partner.objects.select_for_update(no_key=True).get(id=work.partner.id)


def _make(work: Work) -> SigningKey:
    _one_at_a_time(work)
    there = _in_use()
    if there is not None and _is_valid(there, work.now):
        return there  # Another worker made one while this one waited.
    key = ec.generate_private_key(ec.SECP256R1())
    return _use(work, key, [_self_signed(work, key)], is_own=False)


def _self_signed(work: Work, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    common_name = (work.partner.legal_name or work.partner.name)[:_COMMON_NAME_LENGTH]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(work.now - BEFORE)
        .not_valid_after(work.now + VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _use(work: Work, key: PrivateKey, chain: Sequence[x509.Certificate], *, is_own: bool) -> SigningKey:
    """Retire the key in use, if there is one, and put this one in its place."""
    before: SigningKey | None = SigningKey.objects.select_for_update(no_key=True).filter(retired_at=None).first()
    if before is not None:
        before.retired_at = work.now
        before.save(update_fields=["retired_at"])
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    row = SigningKey(
        partner_id=work.partner.id,
        key_encrypted=encrypt(pem),
        certificate="".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in chain),
        fingerprint=chain[0].fingerprint(hashes.SHA256()).hex(),
        is_own=is_own,
        created_at=work.now,
    )
    row.save(force_insert=True)
    work.record(
        "signing_key.brought" if is_own else "signing_key.created",
        row,
        changes={"fingerprint": row.fingerprint, "replaces": before.fingerprint if before else None},
    )
    return row


def _read_key(pem: str) -> PrivateKey:
    """An elliptic curve key, or RSA of 2048 bits or more. What was sent is in no message."""
    if len(pem) > MOST_PEM:
        raise Invalid.at("key_pem", "This is too long for a private key.")
    try:
        key = serialization.load_pem_private_key(pem.strip().encode(), password=None)
    except TypeError:
        raise Invalid.at("key_pem", "This key has a passphrase; bring it without one. It is encrypted here.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid.at("key_pem", "This is not a private key in PEM form.") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    raise Invalid.at("key_pem", "Bring an elliptic curve key (P-256, P-384, P-521), or RSA with at least 2048 bits.")


_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


def _read_chain(pem: str, key: PrivateKey, now: dt.datetime) -> list[x509.Certificate]:
    """The certificate of this key, and those that vouch for it, each by the next."""
    where = "certificate_pem"
    if len(pem) > MOST_PEM:
        raise Invalid.at(where, "This is too long for a certificate.")
    try:
        chain = x509.load_pem_x509_certificates(pem.strip().encode())
        matches = chain[0].public_key() == key.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid.at(where, "This is not a certificate in PEM form.") from None
    if not matches:
        raise Invalid.at(where, "This certificate belongs to another key. Put the key's own certificate first.")
    if not chain[0].not_valid_before_utc <= now <= chain[0].not_valid_after_utc:
        raise Invalid.at(where, "This certificate has expired, or does not hold yet.")
    if not _may_sign(chain[0]):
        raise Invalid.at(where, "This certificate is not for signing documents.")
    if len(chain) > MOST_CHAIN or not all(_vouches(above, below) for below, above in itertools.pairwise(chain)):
        raise Invalid.at(where, "Below its certificate only those may stand that issued the one above them.")
    return chain


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _vouches(above: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
