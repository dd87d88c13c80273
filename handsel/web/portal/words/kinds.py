"""The words of the customer's pages, as fields: a language that lacks one fails mypy and the import.

Templates in braces are filled with `str.format`. What partners and customers typed is never translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWords:
    """What the page around the matter and its components say themselves."""

    skip: str
    test_mode: str
    test_mode_note: str
    scripts_blocked: str
    collected_with: str
    messages: str
    dismiss: str
    close: str
    one_moment: str
    optional: str
    was: str
    one_error: str
    more_errors: str  # follows the number
    nothing_changed: str
    card: str
    card_loading: str
    card_note: str
    card_noscript: str
    card_unreachable: str
    card_unreadable: str
    server_unreachable: str
    server_failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWords:
    """One state of an offer or a payment: what it is called, and what it means for the reader."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """The page of an offer."""

    title: str
    lead: str
    valid_until: str
    document: str
    pdf: str
    lines: str
    charges: str
    today: str
    nothing_now: str
    billed_later: str
    then: str
    if_accepted_today: str
    notes: str
    files: str
    terms_version: str
    terms_read: str
    sign_title: str
    name: str
    how: str
    typed: str
    drawn: str
    typed_hint: str
    drawn_hint: str
    drawing: str
    clear: str
    signed_by: str
    signature_stays: str
    consent: str
    pay_title: str
    keep_card: str
    keep_card_charge: str
    keep_card_hint: str
    keep_card_joint: str
    keep_title: str
    keep_text: str
    keep: str
    keeping: str
    kept: str
    sign: str
    sign_and_pay: str
    pay: str
    signing: str
    paying: str
    decline: str
    decline_text: str
    decline_reason: str
    decline_back: str
    declining: str
    your_reason: str
    conversation: str
    conversation_empty: str
    message: str
    send: str
    sending: str
    you: str
    summary: str
    questions: str
    write_to: str
    bank_go: str
    bank_opening: str
    bank_title: str
    bank_text: str
    bank_on: str
    cancel: str
    cancelling: str
    look_again: str
    documents: str
    receipt: str
    invoice: str
    signed_document: str
    certificate: str
    documents_coming: str
    no_retry: str
    name_missing: str
    drawing_missing: str
    drawing_unreadable: str
    tick_missing: str
    reason_missing: str
    message_missing: str
    text_too_long: str
    text_refused: str
    problem: str
    paying_now: StateWords
    challenge: StateWords
    challenge_waits: str
    finding_out: StateWords
    clearing: StateWords
    bank_declined: StateWords
    done_paid: StateWords
    done_signed: StateWords
    declined: StateWords
    expired: StateWords
    recalled: StateWords
    replaced: StateWords
    locked: StateWords
    unavailable: StateWords
    refusals: Mapping[str, str]  # by the code of the refusal
    refused: str  # for any other code


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmWords:
    """The page on which a customer answers their bank; what it shares with an offer's page stands there."""

    your_payment: str
    confirm_payment: str
    paid: str
    amount: str
    to: str
    payer: str
    asks: str
    confirm: str
    waits: StateWords
    done: StateWords
    cancelled: StateWords
    over: StateWords
    answered: StateWords  # for whom we cannot tell which link they came from


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalWords:
    """One language."""

    frame: FrameWords
    offer: OfferWords
    confirm: ConfirmWords
