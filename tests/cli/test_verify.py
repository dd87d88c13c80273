"""`handsel verify`: clean books are clean, and each check finds the one thing that was broken for it.

Every check has its control here: a superuser with triggers and foreign keys off breaks one row, as no flow could.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from handsel.database.tenancy import reading
from handsel.flows.history.seal import seal_events
from handsel.flows.money.begin import NewMethod
from handsel.flows.money.take import approve_and_pay
from handsel.flows.sales.certify import certify_offer
from handsel.flows.sales.offers import ContactAsked, send_offer
from handsel.models import Invoice, Order, Partner, Payment, Subscription
from handsel.reads.verify import CHECKS, Finding, check_all
from tests.cast import acting, make_customer, make_member, make_order, make_partner, make_product, read_order
from tests.flows.sales.offering import answer_to, link_to
from tests.sandbox import SandboxServer


class Books:
    """A partner with one order that was signed and paid by its link, and sealed: a website, hosting by the month."""

    def __init__(self, token: str = "pm_card_visa") -> None:
        self.partner = make_partner()
        alice = acting(make_member(self.partner))
        customer = make_customer(self.partner, alice)
        goods = [make_product(self.partner, alice), make_product(self.partner, alice, interval="month")]
        order = make_order(self.partner, alice, customer, goods)
        offer = send_offer(
            self.partner, alice, order.id, contact=ContactAsked(name="Dana", email="d@x.example"), require_payment=True
        )
        approve_and_pay(self.partner, link_to(offer), answer_to(offer), NewMethod(token, save=True))
        certify_offer(self.partner, offer.id)
        self.order = read_order(self.partner, order.id)
        seal(self.partner)

    def one(self, model: type) -> object:
        with reading(self.partner.id):
            return model.objects.get()  # type: ignore[attr-defined]


def seal(partner: Partner) -> None:
    while seal_events(partner):
        pass


def found(partner: Partner) -> set[str]:
    return {finding.check for finding in check_all(partner.id)}


def superuser() -> psycopg.Connection:
    """On this process's database, with triggers and foreign keys asleep, row-level security bypassed."""
    name = urlsplit(os.environ["DATABASE_URL"]).path
    url = urlsplit(os.environ["HANDSEL_TEST_SUPERUSER_URL"])._replace(path=name).geturl()
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET session_replication_role = replica")
    return connection


@pytest.fixture
def books(sandbox: SandboxServer) -> Books:
    return Books()


@pytest.fixture
def broken() -> Iterator[psycopg.Connection]:
    with superuser() as connection:
        yield connection


def test_what_the_flows_wrote_is_clean(books: Books) -> None:
    assert books.order.status == "activated"
    assert check_all(books.partner.id) == []


def test_a_declined_payment_is_clean_too(sandbox: SandboxServer) -> None:
    books = Books("pm_card_visa_chargeDeclined")
    assert books.order.status == "declined"
    assert check_all(books.partner.id) == []


REFUND = """INSERT INTO refunds (partner_id, id, payment_id, cause, reason, reference, failure_code, attempts,
                                 created_at, ends_service, currency, status, amount_minor, needs_approval,
                                 next_attempt_at)
           SELECT partner_id, gen_random_uuid(), id, 'request', '', '', '', 0, now(), false, currency, {}
           FROM payments WHERE partner_id = %(p)s"""
CREDIT_NOTE = """INSERT INTO credit_notes (partner_id, id, number, invoice_id, customer_id, currency, issued_on, reason,
                                           parties, created_at, lines, net_minor, tax_minor, total_minor)
           SELECT partner_id, gen_random_uuid(), 'CN-000007', id, customer_id, currency, now(), '', '{{}}', now(), {}
           FROM invoices WHERE partner_id = %(p)s"""
"""As no flow writes them: what is left open is of which columns each control wants something wrong."""

BREAKS: dict[str, tuple[str, ...]] = {
    "debts_are_not_overpaid": ("UPDATE payments SET captured_minor = captured_minor + 1 WHERE partner_id = %(p)s",),
    "captures_are_settled": (
        "UPDATE payments SET captured_minor = 0 WHERE partner_id = %(p)s",
        "UPDATE payments SET settled_at = NULL WHERE partner_id = %(p)s",
        "UPDATE payments SET status = 'cancelled' WHERE partner_id = %(p)s",
    ),
    "captures_are_settled_once": (
        """INSERT INTO payments SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*
           FROM payments p WHERE partner_id = %(p)s""",
    ),
    "refunds_stay_within_captures": (
        "UPDATE payments SET refunded_minor = 1 WHERE partner_id = %(p)s",
        "UPDATE payments SET refunding_minor = 1 WHERE partner_id = %(p)s",
        REFUND.format("'pending', captured_minor + 1, false, now()"),
    ),
    "refunds_of_invoices_are_credited": (
        REFUND.format("'succeeded', 1, false, NULL"),
        REFUND.format("'pending', 1, false, now()"),
    ),
    "credit_notes_fit_their_invoice": (
        "UPDATE invoices SET credited_minor = 1 WHERE partner_id = %(p)s",
        CREDIT_NOTE.format("'[]', 1, 0, 1"),
        CREDIT_NOTE.format("""'[{"net_minor": 2, "tax_minor": 0, "total_minor": 2}]', 1, 0, 2"""),
    ),
    "credit_note_numbers_have_no_gap": (
        "INSERT INTO counters (partner_id, id, series, first, last) "
        "VALUES (%(p)s, gen_random_uuid(), 'credit_note', 1, 1)",
        CREDIT_NOTE.format("'[]', 1, 0, 1"),
    ),
    "outcomes_are_found_out": (
        """UPDATE payments SET status = 'unknown', first_sent_at = now() - interval '2 minutes',
                               next_look_at = now() + interval '1 hour' WHERE partner_id = %(p)s""",
        "UPDATE payments SET status = 'requires_action', next_look_at = NULL WHERE partner_id = %(p)s",
    ),
    "what_is_owed_has_a_date": (
        REFUND.format("'pending', 1, false, NULL"),
        REFUND.format("'pending', 1, true, now()"),
        REFUND.format("'succeeded', 1, true, NULL"),
        "UPDATE activations SET status = 'pending' WHERE partner_id = %(p)s",
        """INSERT INTO gateway_events (partner_id, id, account_id, event, type, object_kind, object_reference,
                                       payment_id, occurred_at, received_at, attempts, outcome)
           SELECT partner_id, gen_random_uuid(), account_id, 'evt_1', 'payment_intent.succeeded', 'payment_intent',
                  reference, id, now(), now() - interval '2 minutes', 3, '' FROM payments WHERE partner_id = %(p)s""",
    ),
    "invoices_are_paid_by_payments": (
        "UPDATE invoices SET status = 'due', paid_at = NULL WHERE partner_id = %(p)s",
        "UPDATE invoices SET paid_minor = paid_minor - 1 WHERE partner_id = %(p)s",
    ),
    "payments_have_their_invoice": ("UPDATE invoices SET order_id = NULL WHERE partner_id = %(p)s",),
    "invoices_add_up": (
        "UPDATE invoice_lines SET total_minor = total_minor + 1 WHERE partner_id = %(p)s",
        "DELETE FROM invoice_lines WHERE partner_id = %(p)s",
    ),
    "periods_are_billed_once_and_tile": (
        "UPDATE subscriptions SET periods_billed = 2 WHERE partner_id = %(p)s",
        """INSERT INTO invoice_lines
           SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),
                   'period_start_on', l.period_end_on - 1, 'period_end_on', l.period_end_on + 30))).*
           FROM invoice_lines l WHERE partner_id = %(p)s AND subscription_id IS NOT NULL""",
    ),
    "invoice_numbers_have_no_gap": (
        "UPDATE counters SET last = 2 WHERE partner_id = %(p)s AND series = 'invoice'",
        "UPDATE invoices SET number = 'INV-000007' WHERE partner_id = %(p)s",
    ),
    "sold_orders_are_approved_and_invoiced": (
        "DELETE FROM invoices WHERE partner_id = %(p)s",
        "DELETE FROM events WHERE partner_id = %(p)s AND type = 'order.paid'",
    ),
    "sold_lines_are_set_up": (
        "DELETE FROM subscriptions WHERE partner_id = %(p)s",
        "DELETE FROM activations WHERE partner_id = %(p)s",
        "UPDATE orders SET status = 'draft' WHERE partner_id = %(p)s",
    ),
    "orders_agree_with_their_activations": (
        "UPDATE activations SET status = 'errored' WHERE partner_id = %(p)s",
        "UPDATE orders SET status = 'activation_errors' WHERE partner_id = %(p)s",
    ),
    "paying_orders_have_a_live_payment": (
        "UPDATE orders SET status = 'processing_payment' WHERE partner_id = %(p)s",
        "UPDATE payments SET status = 'submitted' WHERE partner_id = %(p)s",
    ),
    "open_offers_agree_with_their_orders": (
        "UPDATE offers SET closed_at = NULL, closed_as = '' WHERE partner_id = %(p)s",
        "UPDATE orders SET status = 'awaiting_customer_approval' WHERE partner_id = %(p)s",
    ),
    "documents_are_their_bytes": (
        "UPDATE offers SET pdf = pdf || '\\x00' WHERE partner_id = %(p)s",
        "UPDATE offers SET sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
        "UPDATE signed_documents SET content = content || '\\x00' WHERE partner_id = %(p)s AND kind = 'certificate'",
        "UPDATE signatures SET kind = 'drawn', image = '\\x00' WHERE partner_id = %(p)s",
        "UPDATE signatures SET image_sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
    ),
    "accepted_offers_are_signed": (
        "DELETE FROM signatures WHERE partner_id = %(p)s",
        "UPDATE signatures SET revision = revision + 1 WHERE partner_id = %(p)s",
        "UPDATE offers SET sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
    ),
    "signatures_stand_in_the_history": (
        "DELETE FROM signatures WHERE partner_id = %(p)s",
        "DELETE FROM events WHERE partner_id = %(p)s AND type = 'offer.signed'",
        "UPDATE signatures SET evidence_sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
        "UPDATE signatures SET document_sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
    ),
    "certified_offers_have_both_documents": (
        "DELETE FROM signed_documents WHERE partner_id = %(p)s",
        "DELETE FROM signed_documents WHERE partner_id = %(p)s AND kind = 'certificate'",
        "UPDATE offers SET certified_at = NULL WHERE partner_id = %(p)s",
        "UPDATE offers SET pdf = overlay(pdf PLACING '\\x00' FROM 100) WHERE partner_id = %(p)s",
        "UPDATE signed_documents SET sha256 = repeat('0', 64) WHERE partner_id = %(p)s AND kind = 'offer'",
        "DELETE FROM events WHERE partner_id = %(p)s AND type = 'offer.certified'",
    ),
    "signatures_are_their_evidence": (
        "UPDATE signatures SET name = 'Mallory' WHERE partner_id = %(p)s",
        "UPDATE signatures SET email = 'm@x.example' WHERE partner_id = %(p)s",
        "UPDATE signatures SET consent = consent || '.' WHERE partner_id = %(p)s",
        "UPDATE signatures SET agreed = '[\"All\"]' WHERE partner_id = %(p)s",
        "UPDATE signatures SET address = '10.0.0.1' WHERE partner_id = %(p)s",
        "UPDATE signatures SET user_agent = 'x' WHERE partner_id = %(p)s",
        "UPDATE signatures SET signed_at = signed_at + interval '1 microsecond' WHERE partner_id = %(p)s",
        "UPDATE signatures SET sent_at = sent_at - interval '1 hour' WHERE partner_id = %(p)s",
        "UPDATE signatures SET viewed_at = viewed_at + interval '1 second' WHERE partner_id = %(p)s",
        "UPDATE signatures SET evidence_sha256 = repeat('0', 64) WHERE partner_id = %(p)s",
    ),
    "what_was_paid_by_link_was_signed": ("DELETE FROM signatures WHERE partner_id = %(p)s",),
    "orders_add_up": (
        "UPDATE orders SET total_minor = total_minor + 1 WHERE partner_id = %(p)s",
        "UPDATE orders SET line_count = 3 WHERE partner_id = %(p)s",
    ),
    "payments_are_posted": (
        "DELETE FROM ledger_postings WHERE partner_id = %(p)s AND debit = 'gateway'",
        """UPDATE ledger_postings SET amount_minor = amount_minor + 1 WHERE partner_id = %(p)s AND debit = 'gateway'""",
    ),
    "invoices_are_posted": ("DELETE FROM ledger_postings WHERE partner_id = %(p)s AND debit = 'receivable'",),
    "postings_name_their_cause": (
        "UPDATE ledger_postings SET invoice_id = NULL, payment_id = NULL WHERE partner_id = %(p)s",
        "UPDATE ledger_postings SET currency = 'EUR' WHERE partner_id = %(p)s",
    ),
    "no_account_is_overdrawn": (
        """UPDATE ledger_postings SET amount_minor = amount_minor + 1
           WHERE partner_id = %(p)s AND credit = 'receivable'""",
    ),
    "statuses_follow_their_events": (
        "UPDATE orders SET status = 'archived', previous_status = 'activated' WHERE partner_id = %(p)s",
        "UPDATE subscriptions SET status = 'past_due' WHERE partner_id = %(p)s",
        "DELETE FROM events WHERE partner_id = %(p)s AND type = 'order.payment_started'",
        "DELETE FROM events WHERE partner_id = %(p)s AND type = 'payment.created'",
    ),
    "the_chain_verifies": (
        "UPDATE events SET changes = changes || '{\"total_minor\": 1}' "
        "WHERE partner_id = %(p)s AND type = 'order.created'",
        "UPDATE events SET actor_id = 'x' WHERE partner_id = %(p)s AND type = 'payment.succeeded'",
        'UPDATE event_personal SET content = \'{"name": "Mallory"}\' WHERE partner_id = %(p)s',
        "DELETE FROM seals WHERE partner_id = %(p)s AND position = 3",
        "UPDATE seals SET hash = repeat('0', 64) WHERE partner_id = %(p)s AND position = 2",
    ),
    "events_are_sealed_in_time": (
        """DELETE FROM seals WHERE partner_id = %(p)s
           AND position = (SELECT max(position) FROM seals WHERE partner_id = %(p)s)""",
        """INSERT INTO unsealed_events (partner_id, id, event_id)
           SELECT partner_id, gen_random_uuid(), id FROM events WHERE partner_id = %(p)s""",
    ),
    "rows_point_at_their_own_partners_rows": (
        "UPDATE orders SET customer_id = (SELECT id FROM customers WHERE partner_id <> %(p)s LIMIT 1) "
        "WHERE partner_id = %(p)s",
    ),
}


@pytest.mark.parametrize(
    ("check", "statement"), [(name, statement) for name, all_ in BREAKS.items() for statement in all_]
)
def test_what_is_broken_is_found(books: Books, broken: psycopg.Connection, check: str, statement: str) -> None:
    make_customer(make_partner())  # another partner, for references that lead astray
    changed = broken.execute(statement, {"p": books.partner.id})
    assert changed.rowcount > 0
    assert check in found(books.partner)


def test_a_table_without_its_policy_is_found(books: Books, broken: psycopg.Connection) -> None:
    broken.execute("ALTER TABLE order_tags NO FORCE ROW LEVEL SECURITY")
    try:
        assert Finding(
            "tables_are_closed_to_other_partners",
            books.partner.slug,
            "table order_tags",
            "has no forced row-level security",
        ) in check_all(books.partner.id)
    finally:
        broken.execute("ALTER TABLE order_tags FORCE ROW LEVEL SECURITY")


def test_a_period_billed_twice_is_found_where_the_index_is_off(books: Books, broken: psycopg.Connection) -> None:
    index = "one_line_per_subscription_and_period"
    made_by = broken.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index]).fetchone()
    assert made_by is not None
    broken.execute(f"DROP INDEX {index}")
    twice = """INSERT INTO invoice_lines
               SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid()))).*
               FROM invoice_lines l WHERE partner_id = %s AND subscription_id IS NOT NULL RETURNING id"""
    row = broken.execute(twice, [books.partner.id]).fetchone()
    assert row is not None
    try:
        assert "periods_are_billed_once_and_tile" in found(books.partner)
    finally:
        broken.execute("DELETE FROM invoice_lines WHERE partner_id = %s AND id = %s", [books.partner.id, row[0]])
        broken.execute(made_by[0])


def test_every_check_has_its_control() -> None:
    assert {check.name for check in CHECKS} == {*BREAKS, "tables_are_closed_to_other_partners"}


def test_an_event_that_waits_too_long_is_found(books: Books, broken: psycopg.Connection) -> None:
    """Its id says when it was made; the partner's clock may say anything."""
    old = "00000000-0000-7000-8000-" + os.urandom(6).hex()
    broken.execute(
        """INSERT INTO unsealed_events (partner_id, id, event_id) VALUES (%s, gen_random_uuid(), %s)""",
        [books.partner.id, old],
    )
    assert "events_are_sealed_in_time" in found(books.partner)


def test_an_erased_personal_side_is_no_finding(books: Books, broken: psycopg.Connection) -> None:
    assert broken.execute("DELETE FROM event_personal WHERE partner_id = %s", [books.partner.id]).rowcount > 0
    assert check_all(books.partner.id) == []


def test_periods_that_were_skipped_while_a_line_did_not_work_are_no_finding(
    books: Books, broken: psycopg.Connection
) -> None:
    """Billing was held for two periods: their event says so, the next line begins where it says."""
    values = {"p": books.partner.id}
    broken.execute(
        """INSERT INTO events (partner_id, id, type, occurred_at, actor_kind, actor_id, role, source, subject_kind,
                               subject_id, changes, personal_digest)
           SELECT partner_id, gen_random_uuid(), 'subscription.billing_resumed', now(), 'system', '', '', 'clock',
                  'subscription', id, jsonb_build_object('from', period_end_on + 60, 'skipped', 2), ''
           FROM subscriptions WHERE partner_id = %(p)s""",
        values,
    )
    broken.execute(
        """INSERT INTO invoice_lines
           SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(),
                   'period_start_on', l.period_end_on + 60, 'period_end_on', l.period_end_on + 90))).*
           FROM invoice_lines l WHERE partner_id = %(p)s AND subscription_id IS NOT NULL""",
        values,
    )
    broken.execute("UPDATE subscriptions SET periods_billed = 4 WHERE partner_id = %(p)s", values)
    assert "periods_are_billed_once_and_tile" not in found(books.partner)
    broken.execute("UPDATE subscriptions SET periods_billed = 3 WHERE partner_id = %(p)s", values)
    assert "periods_are_billed_once_and_tile" in found(books.partner)


def test_the_books_of_another_partner_are_not_looked_at(books: Books, broken: psycopg.Connection) -> None:
    other = Books()
    broken.execute("UPDATE orders SET total_minor = 1 WHERE partner_id = %s", [other.partner.id])
    assert check_all(books.partner.id) == []


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handsel.cli", "verify", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_says_what_it_found_and_ends_with_1(books: Books, broken: psycopg.Connection) -> None:
    clean = verify("--partner", books.partner.slug)
    assert (clean.returncode, clean.stdout) == (0, f"0 findings by {len(CHECKS)} checks of 1 partner.\n")
    broken.execute("UPDATE orders SET total_minor = 1 WHERE partner_id = %s", [books.partner.id])
    off = verify("--partner", books.partner.slug)
    assert off.returncode == 1
    assert f"orders_add_up  {books.partner.slug}  {books.order.shown_id}  {books.order.number} says 1" in off.stdout


def test_an_unknown_partner_is_an_error() -> None:
    told = verify("--partner", "nobody-at-all")
    assert told.returncode == 2
    assert "no partner" in told.stderr


def test_the_models_that_the_controls_break_hold_something(books: Books) -> None:
    for model in (Order, Payment, Invoice, Subscription):
        assert books.one(model)
