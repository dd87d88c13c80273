"""Sending: the mail leaves once it is owed, with its documents, and a server that says no is asked again later."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from django.utils.timezone import now as real_now
from pypdf import PdfReader

from handsel.database.tenancy import writing
from handsel.flows import due
from handsel.flows.history.seal import seal_events
from handsel.flows.money.refund import drive_refund
from handsel.flows.money.refund_requests import refund_payment
from handsel.flows.people.customers import update_customer
from handsel.messages.compose import compose_mails
from handsel.messages.send import AGAIN_SECONDS, TRIES, send_mail
from handsel.models import Event, Mail
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer, free_port


class Post:
    """A mail server that keeps what it gets, or answers with `refusal`."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A real mail server on this machine, named in the settings."""
    box = Post()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    settings.MAIL_FROM = "Handsel <post@handsel.example>"
    yield box
    server.stop()


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def owed(desk: Desk, kind: str = "receipt_customer") -> Mail:
    """The mail of a paid order, composed and not sent."""
    desk.pay(desk.order())
    seal_events(desk.partner)
    compose_mails(desk.partner)
    (mail,) = desk.rows(Mail, kind=kind)
    return mail


def again(desk: Desk, mail: Mail) -> Mail:
    (row,) = desk.rows(Mail, id=mail.id)
    return row


def make_due(desk: Desk, mail: Mail, **changes: Any) -> None:
    with writing(desk.partner.id):
        Mail.objects.filter(id=mail.id).update(**{"next_attempt_at": real_now(), **changes})


def test_word_of_a_refund_leaves_with_the_credit_note(desk: Desk, post: Post) -> None:
    order = desk.pay(desk.order())
    refund = refund_payment(desk.partner, desk.alice, desk.payment(order).id, reason="Sold by mistake")
    drive_refund(desk.partner, refund.id)
    seal_events(desk.partner)
    compose_mails(desk.partner)
    (mail,) = desk.rows(Mail, kind="refund_customer")
    send_mail(desk.partner, mail.id)
    (message,) = post.received
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "CN-000001.pdf"
    printed = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    for words in ("Credit note", "CN-000001", "INV-000001", "$170.00", "Sold by mistake"):
        assert words in printed


def test_a_receipt_leaves_with_the_paid_invoice(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    send_mail(desk.partner, mail.id)

    (message,) = post.received
    assert message["To"] == f"Dana's Bakery <{desk.dana.email}>"
    assert message["From"].addresses[0].addr_spec == "post@handsel.example"
    assert message["From"].addresses[0].display_name == desk.partner.name
    assert message["Reply-To"] == desk.partner.email
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == mail.subject
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "$170.00" in plain.get_content()
    assert "<table" in html.get_content()
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "INV-000001.pdf")
    text = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    assert "INV-000001" in text
    assert "170.00" in text

    sent = again(desk, mail)
    assert (sent.attempts, sent.next_attempt_at, sent.last_error) == (1, None, "")
    assert sent.sent_at is not None


def test_the_attached_invoice_keeps_the_address_of_its_day(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    update_customer(desk.partner, desk.bob, desk.dana.id, {"address": {"line1": "9 New Road"}})
    send_mail(desk.partner, mail.id)

    (attached,) = post.received[0].iter_attachments()
    text = PdfReader(io.BytesIO(attached.get_content())).pages[0].extract_text()
    assert "100 Oak Street" in text
    assert "New Road" not in text


def test_a_mail_that_was_sent_is_not_sent_again(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    send_mail(desk.partner, mail.id)
    send_mail(desk.partner, mail.id)

    assert len(post.received) == 1
    assert (desk.partner.id, mail.id) not in due.mails_to_send()


def test_who_died_after_sending_sends_the_same_message_id(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    send_mail(desk.partner, mail.id)
    make_due(desk, mail, sent_at=None)
    send_mail(desk.partner, mail.id)

    assert [message["Message-ID"] for message in post.received] == [mail.message_id] * 2


def test_a_mail_that_is_not_due_waits(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    make_due(desk, mail, next_attempt_at=real_now() + dt.timedelta(minutes=1))
    send_mail(desk.partner, mail.id)

    assert post.received == []
    assert again(desk, mail).attempts == 0


def test_a_server_that_refuses_is_asked_again_later(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    post.refusal = f"451 try later, {desk.dana.email}"
    send_mail(desk.partner, mail.id)

    waiting = again(desk, mail)
    assert (waiting.attempts, waiting.sent_at, waiting.last_error) == (1, None, "SMTPDataError 451")
    assert waiting.next_attempt_at is not None
    assert waiting.next_attempt_at - real_now() > dt.timedelta(seconds=AGAIN_SECONDS[0] - 10)

    post.refusal = ""
    make_due(desk, mail)
    send_mail(desk.partner, mail.id)
    assert (again(desk, mail).attempts, again(desk, mail).last_error) == (2, "")
    assert len(post.received) == 1


def test_no_server_at_all_is_a_failure_like_any_other(desk: Desk, post: Post, settings: Any) -> None:
    settings.EMAIL_PORT = free_port()
    mail = owed(desk)
    send_mail(desk.partner, mail.id)

    assert again(desk, mail).last_error == "ConnectionRefusedError"


def test_after_the_last_try_it_is_given_up_and_history_says_so(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    post.refusal = "550 no such box"
    for _ in range(TRIES):
        make_due(desk, mail)
        send_mail(desk.partner, mail.id)
    assert (again(desk, mail).attempts, again(desk, mail).last_error) == (TRIES, "SMTPDataError 550")

    make_due(desk, mail)
    send_mail(desk.partner, mail.id)
    assert again(desk, mail).next_attempt_at is None
    (event,) = desk.rows(Event, type="mail.given_up")
    assert (event.subject_id, event.changes) == (mail.id, {"kind": "receipt_customer", "tries": TRIES})


def test_the_demo_keeps_mails_in_a_folder(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    mail = owed(desk)
    send_mail(desk.partner, mail.id)

    (file,) = (tmp_path / "mails").iterdir()
    assert mail.message_id in file.read_text()
    assert again(desk, mail).sent_at is not None


def test_a_name_cannot_add_a_header_or_a_recipient(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    make_due(desk, mail, recipient_name='Dana" <x@evil.example>, "y')
    send_mail(desk.partner, mail.id)

    (message,) = post.received
    assert [address.addr_spec for address in message["To"].addresses] == [desk.dana.email]


def test_logs_name_neither_the_address_nor_what_was_written(desk: Desk, post: Post) -> None:
    mail = owed(desk)
    with structlog.testing.capture_logs() as lines:
        send_mail(desk.partner, mail.id)
        post.refusal = f"550 {desk.dana.email} is unknown"
        make_due(desk, mail, sent_at=None)
        send_mail(desk.partner, mail.id)

    assert {line["event"] for line in lines} >= {"mail_sent", "mail_not_sent"}
    assert not re.search(r"example\.com|Dana|170", str(lines))
