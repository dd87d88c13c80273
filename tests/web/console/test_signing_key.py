"""The signing key's page: what is shown, what is downloaded, and a key of one's own."""

from __future__ import annotations

from cryptography import x509
from django.test import Client

from handsel.database.tenancy import reading
from handsel.flows.sales.signing_keys import signing_key
from handsel.models import Member, Partner, SigningKey
from tests.flows.sales.signing_pairs import certificate, curve_key, key_pem
from tests.web.console.world import signed_in

URL = "/administration/signing-key"


def test_before_the_first_signature_the_page_says_that_nothing_is_to_be_done(alice: Member) -> None:
    assert "Nothing has to be done" in signed_in(alice).get(URL).content.decode()


def test_the_key_in_use_is_shown_by_its_fingerprint_and_downloaded_as_certificate(
    partner: Partner, alice: Member
) -> None:
    key = signing_key(partner)
    client = signed_in(alice)

    shown = client.get(URL).content.decode()
    file = client.get(f"{URL}/{key.shown_id}")

    assert key.fingerprint in shown
    assert "CN=Harbour Agency LLC" in shown
    assert file["Content-Disposition"] == f'attachment; filename="signing-{key.fingerprint[:16]}.pem"'
    assert x509.load_pem_x509_certificate(file.content)
    assert b"PRIVATE" not in file.content


def test_a_key_of_ones_own_is_brought_once(partner: Partner, alice: Member) -> None:
    key, client = curve_key(), signed_in(alice)
    form = {"key_pem": key_pem(key), "certificate_pem": certificate(key)}

    first = client.post(URL, form)
    shown = client.get(URL).content.decode()

    assert (first.status_code, first["Location"]) == (302, URL)
    assert "Your own, brought by you" in shown
    assert "BEGIN PRIVATE KEY" not in shown


def test_what_is_refused_stands_beside_its_field_and_no_key_is_shown_again(partner: Partner, alice: Member) -> None:
    key = curve_key()
    answer = signed_in(alice).post(URL, {"key_pem": key_pem(key), "certificate_pem": certificate(curve_key())})

    assert answer.status_code == 422
    assert "This certificate belongs to another key" in answer.content.decode()
    assert "BEGIN CERTIFICATE" in answer.content.decode()
    assert key_pem(key).splitlines()[1] not in answer.content.decode()
    with reading(partner.id):
        assert not SigningKey.objects.exists()


def test_strangers_salespeople_and_other_partners_get_nothing(partner: Partner, bob: Member, charlie: Member) -> None:
    key = signing_key(partner)
    pair = curve_key()
    form = {"key_pem": key_pem(pair), "certificate_pem": certificate(pair)}

    assert Client().get(URL).status_code == 302
    assert signed_in(bob).get(URL).status_code == 403
    assert signed_in(bob).post(URL, form).status_code == 403
    assert signed_in(bob).get(f"{URL}/{key.shown_id}").status_code == 403
    assert signed_in(charlie).get(f"{URL}/{key.shown_id}").status_code == 404
    assert key.fingerprint not in signed_in(charlie).get(URL).content.decode()
    assert signing_key(partner).id == key.id
