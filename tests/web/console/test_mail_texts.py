"""E-mail texts by their pages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from handsel.database.tenancy import reading
from handsel.models import Mail, MailText, Member, Partner
from tests.web.console.world import signed_in

URL = "/administration/mail-texts/receipt_customer/en"
WORDS = {"subject": "Thanks, {{ amount }}", "body": "We got {{ amount }}."}


def page(answer: Any) -> str:
    return str(html.unescape(answer.content.decode()))


def kept(partner: Partner) -> list[MailText]:
    with reading(partner.id):
        return list(MailText.objects.all())


def test_the_list_says_who_gets_what_and_whose_words_it_has(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    assert "Yours" not in page(client.get("/administration/mail-texts"))
    client.post(URL, WORDS)
    listed = page(client.get("/administration/mail-texts"))
    assert "Yours" in listed
    assert "A payment succeeded; with the invoice as PDF." in listed
    assert "Who manages orders" in listed


def test_words_are_kept_and_shown_as_the_reader_sees_them(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    before = page(client.get(URL))
    assert "Our words" in before
    assert "{{ receipt_number }}" in before
    assert client.post(URL, WORDS).status_code == 302
    after = client.get(URL)
    assert "Your words" in page(after)
    assert "We got $1,240.00." in page(after)
    frames = re.search(r"frame-src ([^;]+)", after["Content-Security-Policy"])
    assert frames is not None
    assert "'self'" in frames[1]
    (row,) = kept(partner)
    assert (row.subject, row.body) == (WORDS["subject"], WORDS["body"])


def framed(answer: Any) -> str:
    found = re.search(r'src="([^"]+/body\?[^"]+)"', answer.content.decode())
    assert found is not None
    return html.unescape(found[1])


def test_the_preview_follows_what_is_typed_and_is_framed_without_rights(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    part = client.post(f"{URL}/preview", {"subject": "Hi", "body": "<script>x</script> {{ amount }}"})
    assert 'sandbox title="The mail “Hi”"' in part.content.decode()
    body = client.get(framed(part))
    assert b"&lt;script&gt;x&lt;/script&gt; $1,240.00" in body.content
    assert "sandbox" in body["Content-Security-Policy"]
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert kept(partner) == []
    assert b"Thank you. We received" in client.get(f"{URL}/body").content, "as it is sent now"
    wrong = page(client.post(f"{URL}/preview", {"subject": "Hi", "body": "{{ amount|safe }} {{ nonsense }}"}))
    assert "Not yet a mail" in wrong
    assert "There is no value “nonsense” in this mail." in wrong


@pytest.mark.parametrize("words", ["", "x", "eyJhIjoxfQ:1abc:def"])
def test_the_frame_shows_no_words_that_somebody_else_wrote_into_an_address(alice: Member, words: str) -> None:
    assert signed_in(alice).get(f"{URL}/body?words={words}").status_code == 404


def test_a_mistake_keeps_what_was_typed_and_says_what_is_wrong(partner: Partner, alice: Member) -> None:
    answer = signed_in(alice).post(URL, {"subject": "Thanks", "body": "Dear {{ name }},\n\n{% include 'x' %}"})
    assert answer.status_code == 422
    assert "There is no value “name” in this mail." in page(answer)
    assert "Dear {{ name }}," in page(answer)
    assert kept(partner) == []


def test_a_test_mail_is_sent_to_oneself_and_nothing_is_saved(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    answer = client.post(f"{URL}/test", WORDS)
    assert answer.status_code == 200
    assert f"On its way to {alice.user.email}" in page(answer)
    assert 'value="Thanks, {{ amount }}"' in page(answer), "what is typed stays"
    with reading(partner.id):
        (mail,) = Mail.objects.all()
    assert (mail.recipient, mail.subject) == (alice.user.email, "Thanks, $1,240.00")
    assert kept(partner) == []
    assert client.post(f"{URL}/test", {"subject": "", "body": ""}).status_code == 422


def test_back_to_our_words(partner: Partner, alice: Member) -> None:
    client = signed_in(alice)
    client.post(URL, WORDS)
    assert "Back to our words?" in page(client.get(URL))
    for _ in range(2):
        assert client.post(f"{URL}/remove").status_code == 302
    assert kept(partner) == []
    assert "Thank you. We received" in page(client.get(URL))


@pytest.mark.parametrize("path", ["", "/preview", "/test", "/remove"])
def test_a_salesperson_and_a_stranger_word_nothing(partner: Partner, bob: Member, path: str) -> None:
    assert signed_in(bob).post(URL + path, WORDS).status_code == 403
    assert Client().post(URL + path, WORDS).status_code == 302
    assert kept(partner) == []


@pytest.mark.parametrize("place", ["nonsense/en", "receipt_customer/xx", "layout/en"])
def test_a_mail_that_does_not_exist_is_not_found(alice: Member, place: str) -> None:
    client = signed_in(alice)
    assert client.get(f"/administration/mail-texts/{place}").status_code == 404
    assert client.post(f"/administration/mail-texts/{place}", WORDS).status_code == 404
    assert client.get(f"/administration/mail-texts/{place}/body?words=x").status_code == 404
