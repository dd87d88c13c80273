"""Mails in a partner's own words: checked, kept, tried, taken back; and never anything but words."""

from __future__ import annotations

import pytest

from handsel.database.tenancy import reading, writing
from handsel.flows.history.seal import seal_events
from handsel.messages.compose import compose_mails
from handsel.messages.kinds import LANGUAGE_NAMES, TOLD
from handsel.messages.own_texts import remove_mail_text, save_mail_text, send_test_mail, values_for
from handsel.messages.render import KINDS, NEEDED, OwnWords, languages_of, our_words, render_mail
from handsel.messages.samples import sample_values
from handsel.models import Event, Mail, MailText, Member, Partner
from handsel.rules.errors import Invalid, NotAllowed, NotFound
from handsel.rules.mail_wording import complaints
from tests.cast import acting
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer

RECEIPT = ("receipt_customer", "en")
WORDS = {"subject": "Thanks, {{ amount }}", "body": "We got {{ amount }}.\n\n- How: {{ method }}"}


def events(partner: Partner, prefix: str) -> list[Event]:
    with reading(partner.id):
        return list(Event.objects.filter(type__startswith=prefix).order_by("id"))


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_words_pass_the_check_in_every_language(kind: str) -> None:
    for language in languages_of(kind):
        ours = our_words(language, kind)
        assert complaints(ours.subject, ours.body, values_for(kind), NEEDED.get(kind, "")) == [], language


def test_every_kind_is_told_with_who_and_when_and_every_language_has_a_name() -> None:
    assert set(TOLD) == set(KINDS)
    assert {language for kind in KINDS for language in languages_of(kind)} == set(LANGUAGE_NAMES)


def test_a_kept_text_is_what_the_customer_gets(sandbox: SandboxServer) -> None:
    desk = Desk()
    save_mail_text(desk.partner, desk.alice, *RECEIPT, **WORDS)
    desk.pay(desk.order())
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    (mail,) = desk.rows(Mail, kind="receipt_customer")
    assert mail.subject == "Thanks, $170.00"
    assert mail.text.startswith("We got $170.00.\n\nHow: Visa ···· 4242")
    (other,) = desk.rows(Mail, kind="order_processed_staff")
    assert "is activated" in other.subject, "another kind keeps our words"


def test_words_are_kept_once_changed_and_taken_back(partner: Partner, alice: Member) -> None:
    for _ in range(2):
        save_mail_text(partner, acting(alice), *RECEIPT, **WORDS)
    save_mail_text(partner, acting(alice), *RECEIPT, subject="Thanks", body="Got it.")
    for _ in range(2):
        remove_mail_text(partner, acting(alice), *RECEIPT)
    first, second, removed = events(partner, "mail_text.")
    assert [each.type for each in (first, second, removed)] == [
        "mail_text.updated", "mail_text.updated", "mail_text.removed",
    ]  # fmt: skip
    assert first.changes["sha256"][0] == ""
    assert second.changes["sha256"] == [first.changes["sha256"][1], removed.changes["sha256"][0]]
    assert removed.changes == {
        "kind": "receipt_customer",
        "language": "en",
        "sha256": [second.changes["sha256"][1], ""],
    }
    with reading(partner.id):
        assert not MailText.objects.exists()


def test_each_language_has_its_own(partner: Partner, alice: Member) -> None:
    save_mail_text(
        partner, acting(alice), "offer_customer", "de",
        subject="Ihr Angebot", body="Bitte.\n\n=> Lesen: {{ offer_url }}",
    )  # fmt: skip
    with reading(partner.id):
        assert [(row.kind, row.language) for row in MailText.objects.all()] == [("offer_customer", "de")]


@pytest.mark.parametrize(
    ("subject", "body", "fields"),
    [
        ("", "Words.", ["subject"]),
        ("Thanks", "", ["body"]),
        ("{{ amount|safe }}", "{% include 'layout.html' %}", ["subject", "body"]),
        ("Thanks", "{% load static %}", ["body"]),
        ("Thanks", "{% debug %}", ["body"]),
        ("Thanks", "{{ order_url }}", ["body"]),
        ("Thanks", "{{ accent }}", ["body"]),
        ("Thanks", "Pay 4000 1290 8347 0012", ["body"]),
        ("Thanks", "sk_live_51CanaryCanaryCanary", ["body"]),
        ("T" * 201, "Words.", ["subject"]),
        ("Thanks", "{% if amount %}", ["body"]),
    ],
)
def test_what_is_no_mail_is_refused_and_not_kept(
    partner: Partner, alice: Member, subject: str, body: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        save_mail_text(partner, acting(alice), *RECEIPT, subject=subject, body=body)
    assert [error.loc for error in refused.value.errors] == fields
    assert events(partner, "mail_text.") == []


@pytest.mark.parametrize("kind", NEEDED)
def test_a_link_that_its_reader_needs_cannot_be_left_out(partner: Partner, alice: Member, kind: str) -> None:
    with pytest.raises(Invalid, match="needs a button"):
        save_mail_text(partner, acting(alice), kind, "en", subject="Hello", body="No link here.")


def test_markup_in_a_partners_words_is_text(partner: Partner) -> None:
    own = OwnWords(
        "<b>Hi</b> {{ amount }}", '<script>alert(1)</script> & <a href="x">{{ purpose }}</a>\n\n- <i>A</i>: <u>b</u>'
    )
    mail = render_mail(
        "receipt_customer", "en", {**sample_values("receipt_customer", "en", partner), "purpose": "<p>"}, own
    )
    for markup in ("<script>alert", '<a href="x">', "<i>A", "<u>b", "<b>Hi", "<p>&lt;"):
        assert markup not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;a href=&quot;x&quot;&gt;&lt;p&gt;&lt;/a&gt;" in mail.html
    assert "&lt;i&gt;A&lt;/i&gt;" in mail.html
    assert "<script>alert(1)</script>" in mail.text, "as text it is what was typed"


def test_words_that_came_past_the_check_are_not_compiled(sandbox: SandboxServer) -> None:
    """A row that somebody wrote with psql, or that names a value which this mail has no more: our words go out."""
    desk = Desk()
    save_mail_text(desk.partner, desk.alice, *RECEIPT, **WORDS)
    with writing(desk.partner.id):
        MailText.objects.update(body="{% include 'layout.html' %}{{ settings.SECRET_KEY }}")
    desk.pay(desk.order())
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    (mail,) = desk.rows(Mail, kind="receipt_customer")
    assert mail.text.startswith("Thank you. We received your payment of $170.00")


def test_a_test_mail_goes_to_the_member_alone_and_says_what_is_typed(partner: Partner, alice: Member) -> None:
    mail = send_test_mail(partner, acting(alice), alice, *RECEIPT, **WORDS)
    with reading(partner.id):
        (kept,) = Mail.objects.all()
    (event,) = events(partner, "mail_text.")
    assert (kept.id, kept.recipient, kept.event_id) == (mail.id, alice.user.email, event.id)
    assert event.type == "mail_text.tested"
    assert kept.subject == "Thanks, $1,240.00"
    assert kept.next_attempt_at is not None
    with reading(partner.id):
        assert not MailText.objects.exists()


def test_it_needs_the_grant_and_a_mail_that_exists(partner: Partner, alice: Member, bob: Member) -> None:
    with pytest.raises(NotAllowed):
        save_mail_text(partner, acting(bob), *RECEIPT, **WORDS)
    with pytest.raises(NotAllowed):
        remove_mail_text(partner, acting(bob), *RECEIPT)
    with pytest.raises(NotAllowed):
        send_test_mail(partner, acting(bob), bob, *RECEIPT, **WORDS)
    for kind, language in (
        ("nonsense", "en"),
        ("../layout", "en"),
        ("receipt_customer", "xx"),
        ("receipt_customer", ".."),
    ):
        with pytest.raises(NotFound):
            save_mail_text(partner, acting(alice), kind, language, **WORDS)


def test_another_partner_keeps_its_words(partner: Partner, alice: Member, charlie: Member) -> None:
    save_mail_text(partner, acting(alice), *RECEIPT, **WORDS)
    remove_mail_text(charlie.partner, acting(charlie), *RECEIPT)
    with reading(partner.id):
        assert MailText.objects.count() == 1


@pytest.mark.parametrize(("language", "amount"), [("en", "1,240.00"), ("de", "1.240,00"), ("fr", "1\u202f240,00")])
def test_samples_are_written_as_their_readers_write(partner: Partner, language: str, amount: str) -> None:
    values = sample_values("receipt_customer", language, partner)
    assert amount in values["amount"]
    assert values["partner_name"] == partner.name
