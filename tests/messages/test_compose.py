"""From events to mails: who is told what, once."""

from __future__ import annotations

import datetime as dt
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now as real_now

from handsel.database.secrets import link_token
from handsel.database.tenancy import writing
from handsel.flows.billing.renew import collect_invoice
from handsel.flows.history.seal import seal_events
from handsel.flows.money.take import submit_with_payment
from handsel.flows.people.billing_settings import update_billing_settings
from handsel.flows.people.customers import add_contact, update_customer
from handsel.flows.people.members import update_member
from handsel.flows.sales.activate import activate
from handsel.flows.sales.moves import act
from handsel.flows.work import working
from handsel.messages import letters
from handsel.messages.compose import compose_mails
from handsel.messages.letters import LETTERS
from handsel.messages.letters_offers import OFFER_LETTERS
from handsel.messages.render import KINDS
from handsel.models import Credential, Mail, MailCursor, Member, Payment, Refund
from handsel.models.people import now_of
from handsel.rules.permissions import SYSTEM
from tests.flows.calendar import go_to, on_file
from tests.flows.money.desk import Desk
from tests.sandbox import SandboxServer


@pytest.fixture
def desk(sandbox: SandboxServer) -> Desk:
    return Desk()


def composed(desk: Desk) -> list[Mail]:
    """Every mail of this partner, after what happened so far was sealed and read."""
    while seal_events(desk.partner):
        pass
    while compose_mails(desk.partner):
        pass
    mails: list[Mail] = desk.rows(Mail)
    return mails


def kinds(mails: list[Mail]) -> list[tuple[str, str]]:
    return sorted((mail.kind, mail.recipient) for mail in mails)


def member(desk: Desk, name: str) -> Member:
    """Alice or Bob of this desk."""
    found: Member = Member.objects.select_related("user").get(partner=desk.partner, user__name=name)
    return found


def only(mails: list[Mail], kind: str) -> Mail:
    (mail,) = [mail for mail in mails if mail.kind == kind]
    return mail


def words(mail: Mail) -> str:
    return " ".join(mail.text.split())


def record(desk: Desk, event: str, subject: Any, **changes: Any) -> None:
    with working(desk.partner, SYSTEM) as work:
        work.record(event, subject, changes=changes)


def test_a_paid_order_brings_the_customer_a_receipt_and_the_owner_word(desk: Desk) -> None:
    order = desk.pay(desk.order())
    mails = composed(desk)

    assert kinds(mails) == sorted(
        [("receipt_customer", desk.dana.email), ("order_processed_staff", member(desk, "Bob").user.email)]
    )
    receipt = only(mails, "receipt_customer")
    (invoice,) = desk.invoices(order)
    assert receipt.attachments == [{"kind": "invoice", "id": str(invoice.id)}]
    assert receipt.subject == f"Receipt from {desk.partner.name}: $170.00"
    assert "your payment of $170.00 for Website and 2 more" in words(receipt)
    assert "Visa ···· 4242" in receipt.text
    assert receipt.next_attempt_at is not None
    assert receipt.next_attempt_at <= real_now()
    told = only(mails, "order_processed_staff")
    assert f"/orders/{order.shown_id}\n" in told.text
    assert "is activated" in words(told)
    assert invoice.number
    assert invoice.number in told.text


def test_an_order_with_nothing_due_says_so(desk: Desk) -> None:
    desk.pay(desk.order(desk.product("Gift", 0)), None)
    mails = composed(desk)

    assert [mail.kind for mail in mails] == ["order_processed_staff"]
    assert "Nothing was due from" in mails[0].text


def test_the_billing_recipient_of_the_order_comes_before_that_of_the_customer(desk: Desk) -> None:
    books = add_contact(desk.partner, desk.bob, desk.dana.id, name="Books", email="books@example.com")
    shop = add_contact(desk.partner, desk.bob, desk.dana.id, name="Shop", email="shop@example.com")
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"recipient_id": books.id})
    desk.pay(desk.order())
    desk.pay(desk.order(billing_recipient_id=shop.id))

    receipts = [mail for mail in composed(desk) if mail.kind == "receipt_customer"]
    assert [(mail.recipient, mail.recipient_name) for mail in receipts] == [
        ("books@example.com", "Books"),
        ("shop@example.com", "Shop"),
    ]


def test_a_declined_payment_is_told_to_both_sides_in_their_own_words(desk: Desk) -> None:
    order = desk.pay(desk.order(), "pm_card_chargeDeclinedInsufficientFunds")
    mails = composed(desk)

    assert kinds(mails) == sorted(
        [("payment_declined_customer", desk.dana.email), ("payment_declined_staff", member(desk, "Bob").user.email)]
    )
    customer, staff = only(mails, "payment_declined_customer"), only(mails, "payment_declined_staff")
    assert "was declined. There was not enough money or credit available for this payment." in words(customer)
    assert "insufficient_funds" not in customer.text
    assert "insufficient_funds" in staff.text
    assert f"/orders/{order.shown_id}\n" in staff.text


def test_a_stolen_card_is_not_told_to_whoever_holds_it(desk: Desk) -> None:
    desk.pay(desk.order(), "pm_card_chargeDeclinedStolenCard")
    mails = composed(desk)

    assert "stolen" not in only(mails, "payment_declined_customer").text.lower()
    assert "stolen" in only(mails, "payment_declined_staff").text.lower()


def test_the_customer_gets_the_link_on_which_their_bank_asks(desk: Desk) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    mails = composed(desk)

    assert kinds(mails) == [("confirm_payment_customer", desk.dana.email)]
    token = link_token(Credential.CHALLENGE_LINK, desk.payment(order).id)
    assert f"/confirm/{token}\n" in mails[0].text
    assert "Nothing has been charged yet" in mails[0].text


def test_no_link_is_mailed_for_a_question_that_was_answered(desk: Desk) -> None:
    order = desk.pay(desk.order(), "pm_card_authenticationRequired")
    with writing(desk.partner.id):
        Payment.objects.filter(debt_id=order.id).update(status="cancelled")

    assert composed(desk) == []


def test_a_declined_renewal_goes_to_the_payer_and_to_those_who_manage_billing(desk: Desk) -> None:
    order = approved_without_payment(desk)
    on_file(desk, "pm_card_chargeCustomerFail")
    (invoice,) = desk.invoices(order)
    collect_invoice(desk.partner, desk.alice, invoice.id)
    mails = [mail for mail in composed(desk) if mail.kind.startswith("renewal_failed")]

    assert kinds(mails) == sorted(
        [("renewal_failed_customer", desk.dana.email), ("renewal_failed_staff", member(desk, "Alice").user.email)]
    )
    staff = only(mails, "renewal_failed_staff")
    assert invoice.number
    assert invoice.number in staff.subject
    assert f"/invoices/{invoice.shown_id}\n" in staff.text


def approved_without_payment(desk: Desk) -> Any:
    order = desk.order()
    activate(desk.partner, desk.alice, order.id)
    return order


def test_an_order_activated_without_payment_brings_the_customer_its_invoice(desk: Desk) -> None:
    order = approved_without_payment(desk)
    (invoice,) = desk.invoices(order)
    sent = only(composed(desk), "invoice_customer")

    assert sent.recipient == desk.dana.email
    assert sent.attachments == [{"kind": "invoice", "id": str(invoice.id)}]
    assert sent.subject == f"Invoice {invoice.number} from {desk.partner.name}: $170.00"
    assert "Please pay $170.00 by" in words(sent)


@pytest.mark.parametrize(("collection", "mailed"), [("send_invoice", 1), ("automatic", 0)])
def test_a_renewal_is_mailed_as_an_invoice_where_it_is_to_be_paid_by_invoice(
    desk: Desk, collection: str, mailed: int
) -> None:
    desk.pay(desk.order(desk.hosting))
    update_billing_settings(desk.partner, desk.alice, desk.dana.id, {"collection": collection})
    go_to(desk, now_of(desk.partner) + dt.timedelta(days=32))

    assert len([mail for mail in composed(desk) if mail.kind == "invoice_customer"]) == mailed


def test_a_renewal_without_a_card_that_can_be_charged_is_told_too(desk: Desk) -> None:
    order = approved_without_payment(desk)
    (invoice,) = desk.invoices(order)
    record(desk, "invoice.collection_refused", invoice, code="method_expired")
    mails = [mail for mail in composed(desk) if mail.kind != "invoice_customer"]

    assert {mail.kind for mail in mails} == {"renewal_failed_customer", "renewal_failed_staff"}
    assert all("The card on file has expired." in words(mail) for mail in mails)


def test_a_failed_activation_tells_the_owner_what_was_paid_for_it(desk: Desk) -> None:
    order = desk.pay(desk.order())
    activation = next(row for row in desk.activations(order) if row.product_id == desk.hosting.id)
    with working(desk.partner, SYSTEM) as work:
        work.record("activation.failed", activation, personal={"reason": "The domain is taken."})
    failed = only(composed(desk), "activation_failed_staff")

    assert failed.recipient == member(desk, "Bob").user.email
    assert "The customer has paid $20.00 for this line" in words(failed)
    assert "The domain is taken." in failed.text


def test_an_admin_reads_of_an_order_that_awaits_approval_and_the_owner_of_its_decline(desk: Desk) -> None:
    order = desk.order(staff_notes="Starts on Monday")
    act(desk.partner, desk.bob, "submit_to_admin", order.id)
    act(desk.partner, desk.alice, "decline", order.id, reason="Too cheap.")
    mails = composed(desk)

    alice, bob = member(desk, "Alice").user.email, member(desk, "Bob").user.email
    assert kinds(mails) == sorted([("order_awaiting_approval_staff", alice), ("order_declined_staff", bob)])
    assert "Bob submitted order" in words(only(mails, "order_awaiting_approval_staff"))
    assert "Starts on Monday" in only(mails, "order_awaiting_approval_staff").text
    declined = only(mails, "order_declined_staff")
    assert "Alice declined your order" in words(declined)
    assert "Too cheap." in declined.text


def test_an_order_whose_owner_has_left_is_told_to_those_who_manage_orders(desk: Desk) -> None:
    bob = member(desk, "Bob")
    desk.pay(desk.order())
    update_member(desk.partner, desk.alice, bob.id, {"is_active": False})

    assert only(composed(desk), "order_processed_staff").recipient == member(desk, "Alice").user.email


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_money_that_came_late_is_told_to_the_owner_and_the_admins(desk: Desk, status: str) -> None:
    order = desk.pay(desk.order(), "pm_card_chargeDeclined")
    composed(desk)
    payment = desk.payment(order)
    with writing(desk.partner.id):
        Payment.objects.filter(id=payment.id).update(captured_minor=17_000)
        refund = Refund(
            partner=desk.partner,
            payment=payment,
            amount_minor=17_000,
            currency="USD",
            cause="late",
            created_at=real_now(),
        )
        refund.save(force_insert=True)
    record(desk, f"refund.{status}", refund)
    kind = {"succeeded": "late_money_refunded_staff", "failed": "refund_failed_staff"}[status]
    mails = [mail for mail in composed(desk) if mail.kind == kind]

    assert {mail.recipient for mail in mails} == {member(desk, name).user.email for name in ("Alice", "Bob")}
    assert all("$170.00" in mail.subject for mail in mails)
    assert all("after the payment was declined" in words(mail) for mail in mails)


def test_an_outcome_that_stays_unknown_is_told_to_staff_alone(desk: Desk) -> None:
    order = desk.pay(desk.order())
    composed(desk)
    record(desk, "payment.outcome_overdue", desk.payment(order), looks=5)
    overdue = [mail for mail in composed(desk) if mail.kind == "payment_overdue_staff"]

    assert {mail.recipient for mail in overdue} == {member(desk, name).user.email for name in ("Alice", "Bob")}
    assert all("do not take the money another way" in words(mail) for mail in overdue)


def test_amounts_are_written_as_the_reader_writes_them(desk: Desk) -> None:
    update_customer(desk.partner, desk.bob, desk.dana.id, {"locale": "en_GB"})
    desk.pay(desk.order())
    mails = composed(desk)

    assert "US$170.00" in only(mails, "receipt_customer").subject
    assert " $170.00" in only(mails, "order_processed_staff").subject


def test_a_customer_reads_in_their_own_language_throughout(desk: Desk) -> None:
    update_customer(desk.partner, desk.bob, desk.dana.id, {"locale": "de_DE"})
    desk.pay(desk.order(), "pm_card_visa_chargeDeclinedInsufficientFunds")
    desk.pay(desk.order())
    mails = composed(desk)
    receipt, declined = only(mails, "receipt_customer"), only(mails, "payment_declined_customer")

    assert receipt.subject.startswith("Zahlungsbeleg von")
    assert receipt.subject.endswith(": 170,00\xa0$")
    assert "Website und 2 weitere Positionen" in words(receipt)
    assert re.search(r"Bezahlt am: +\d{1,2}\.", receipt.text)
    assert "Für diese Zahlung war nicht genug Guthaben" in words(declined)
    assert "Es wurde nichts abgebucht." in words(declined)
    assert "insufficient" not in words(declined)


def test_a_reader_whose_language_has_no_words_gets_english_amounts_too(desk: Desk) -> None:
    update_customer(desk.partner, desk.bob, desk.dana.id, {"locale": "it_IT"})
    desk.pay(desk.order())
    receipt = only(composed(desk), "receipt_customer")

    assert receipt.subject.endswith(": $170.00")
    assert re.search(r"Paid on: +[A-Z][a-z]+ \d+, 20\d\d", receipt.text)


def test_each_event_makes_its_mails_once_though_two_workers_read(desk: Desk) -> None:
    desk.pay(desk.order())
    seal_events(desk.partner)
    start, read = threading.Barrier(4), []

    def reads() -> None:
        start.wait()
        read.append(compose_mails(desk.partner))
        connection.close()

    workers = [threading.Thread(target=reads) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len([count for count in read if count]) == 1
    assert len(desk.rows(Mail)) == 2


def test_a_cursor_that_was_set_back_makes_nothing_twice(desk: Desk) -> None:
    desk.pay(desk.order())
    before = [mail.id for mail in composed(desk)]
    with writing(desk.partner.id):
        MailCursor.objects.update(position=0)

    assert [mail.id for mail in composed(desk)] == before


def test_unsealed_events_wait(desk: Desk) -> None:
    composed(desk)
    desk.pay(desk.order())

    assert compose_mails(desk.partner) == 0
    assert desk.rows(Mail) == []


def test_many_payments_take_no_more_statements_than_one(desk: Desk) -> None:
    def statements() -> int:
        seal_events(desk.partner)
        with CaptureQueriesContext(connection) as asked:
            compose_mails(desk.partner)
        return len(asked)

    composed(desk)
    card = desk.saved_card()
    composed(desk)
    submit_with_payment(desk.partner, desk.bob, desk.order().id, card)
    one = statements()
    for _ in range(4):
        submit_with_payment(desk.partner, desk.bob, desk.order().id, card)

    assert statements() <= one
    assert one <= 20


def test_another_partners_events_are_not_read(desk: Desk) -> None:
    other = Desk()
    other.pay(other.order())
    composed(desk)
    seal_events(other.partner)
    compose_mails(desk.partner)

    assert other.rows(Mail) == []


def test_every_kind_of_mail_is_made_by_some_event_of_the_table() -> None:
    source = "".join(file.read_text() for file in Path(letters.__file__).parent.glob("letters*.py"))
    assert {kind for kind in KINDS if f'"{kind}"' in source} == set(KINDS)
    assert OFFER_LETTERS.items() <= LETTERS.items()


def test_the_message_id_is_kept_with_the_mail_and_unique(desk: Desk) -> None:
    desk.pay(desk.order())
    ids = [mail.message_id for mail in composed(desk)]

    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"<msg_[0-9a-z]{26}@127\.0\.0\.1>", message_id) for message_id in ids)
