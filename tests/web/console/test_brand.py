"""Branding and numbering, by the pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from handsel.models import Member, Partner
from tests.pictures import picture, png
from tests.web.console.world import signed_in


def upload(client: Client, content: bytes, name: str = "logo.png") -> int:
    sent = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post("/administration/branding/logo", {"logo": sent}).status_code


def logo_url(partner: Partner) -> str:
    return f"/branding/logo/{Partner.objects.get(id=partner.id).logo_sha256}"


def test_an_uploaded_logo_stands_in_the_frame_and_is_served_as_what_it_is(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    assert upload(client, picture("WEBP"), "logo.png") == 302
    url = logo_url(partner)
    assert url in client.get("/orders").content.decode()
    answer = client.get(url)
    assert (answer.content, answer["Content-Type"]) == (picture("WEBP"), "image/webp"), "its name said PNG"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer["Cache-Control"]
    assert client.get("/branding/logo/" + "0" * 64).status_code == 404


def test_every_member_sees_the_logo_and_nobody_elses_member_does(
    partner: Partner, alice: Member, bob: Member, charlie: Member
) -> None:
    upload(signed_in(alice), png())
    assert signed_in(bob).get(logo_url(partner)).status_code == 200
    assert signed_in(charlie).get(logo_url(partner)).status_code == 404
    assert Client().get(logo_url(partner)).status_code == 302


def test_what_is_no_picture_is_said_beside_the_field(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    sent = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
    answer = client.post("/administration/branding/logo", {"logo": sent})
    assert answer.status_code == 422
    assert 'id="error_logo"' in answer.content.decode()
    assert client.post("/administration/branding/logo").status_code == 422


def test_the_logo_is_removed_and_the_initials_are_back(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    upload(client, png())
    for _ in range(2):
        assert client.post("/administration/branding/logo/remove").status_code == 302
    assert "/branding/logo/" not in client.get("/orders").content.decode()


def test_the_colour_is_kept_and_shown_before(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    shown = client.get("/administration/branding/colour?accent=%23ffee00").content.decode()
    assert "too little to read" in shown
    assert "It is used as it is" in client.get("/administration/branding/colour?accent=%23123456").content.decode()
    assert "no colour yet" in client.get("/administration/branding/colour?accent=red;}").content.decode()
    assert "--brand:#" in client.get("/administration/branding/accent.css?accent=%23ffee00").content.decode()
    assert client.get("/administration/branding/accent.css?accent=red").content == b""
    framed = client.get("/administration/branding/preview")
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert client.post("/administration/branding", {"accent": "#A01010"}).status_code == 302
    assert Partner.objects.get(id=partner.id).accent == "#a01010"
    refused = client.post("/administration/branding", {"accent": "blue"})
    assert refused.status_code == 422
    assert "Write a colour such as" in refused.content.decode()


def test_prefixes_and_starts_are_kept(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    answer = client.post(
        "/administration/numbering", {"order_prefix": "HV-", "invoice_prefix": "HV-R-", "invoice_start": "43"}
    )
    assert answer.status_code == 302
    page = client.get("/administration/numbering").content.decode()
    assert "HV-00001" in page
    assert "HV-R-000043" in page
    refused = client.post("/administration/numbering", {"order_prefix": "HV-R-", "invoice_start": "one"})
    assert refused.status_code == 422
    assert "Write a whole number." in refused.content.decode()
    assert 'value="HV-R-"' in refused.content.decode(), "what was typed is kept"


@pytest.mark.parametrize("path", ["branding", "branding/logo", "branding/logo/remove", "numbering"])
def test_a_salesperson_and_a_stranger_change_nothing(partner: Partner, bob: Member, path: str) -> None:
    typed = {"accent": "#000000", "order_prefix": "X-", "logo": SimpleUploadedFile("a.png", png())}
    assert signed_in(bob).post(f"/administration/{path}", typed).status_code == 403
    assert Client().post(f"/administration/{path}", {}).status_code == 302
    now = Partner.objects.get(id=partner.id)
    assert (now.accent, now.order_prefix, now.logo_sha256) == ("#1f5d8c", "O-", "")
