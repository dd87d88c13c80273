"""What happened at Harbour & Vine in its last five months: sixty-seven orders on their days, what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAYA, THEO, PRIYA = "maya", "theo", "priya"


@dataclass(frozen=True, slots=True)
class Sale:
    """One order. `day` counts back from the day the story ends; `goods` are SKUs, "hosting*3" for three of it and
    "site-pro-10%" for ten percent off. `card` is a test card to enter (without "pm_card_"), "saved" the one on file,
    "expiring" one that is good until the end of this month only, "" where nothing is charged."""

    day: int
    buyer: int
    seller: str
    goods: str
    outcome: str
    card: str = ""
    staff_notes: str = ""
    customer_notes: str = ""
    tags: tuple[str, ...] = ()
    starts_in: int | None = None  # days after the sale; None: at once
    from_first: bool = False  # recurring lines begin on the first of the next month
    periods: int | None = None


PAID, DECLINED, DECLINED_THEN_PAID, INVOICED = "paid", "declined", "declined_then_paid", "invoiced"
PAID_BY_ANOTHER_CARD, FOUND_OUT, ASKED_BY_BANK, ANSWERED_BY_CUSTOMER = (
    "paid_by_another",
    "found_out",
    "asked",
    "answered",
)
DRAFT, PENDING, RESUBMITTED, APPROVED, REFUSED = "draft", "pending", "resubmitted", "approved", "refused"
APPROVED_THEN_PAID, PAID_THEN_RETRIED, PAID_THEN_IGNORED = (
    "approved_then_paid",
    "paid_then_retried",
    "paid_then_ignored",
)
OFFERED, TALKED_OVER, OFFER_DECLINED, OFFER_RAN_OUT = "offered", "talked_over", "offer_declined", "offer_ran_out"
SIGNED_AND_PAID, SIGNED, DECLINED_ON_LINK = "signed_and_paid", "signed", "declined_on_link"
ARCHIVED, CANCELLATION, ARCHIVED_DRAFT = "archived", "cancellation", "archived_draft"

SALES: Final = (
    Sale(150, 0, THEO, "site-starter hosting care", PAID, "visa", "Opens a second shop in spring.", "Thank you, Dana!"),
    Sale(148, 1, PRIYA, "seo-local listings", PAID, "mastercard", tags=("Referral",)),
    Sale(146, 5, THEO, "site-pro-10% hosting ads-setup", PAID, "visa", "Ten percent as agreed with Maya."),
    Sale(143, 8, PRIYA, "social photo", DECLINED_THEN_PAID, "visa_chargeDeclinedInsufficientFunds"),
    Sale(140, 12, MAYA, "seo-growth ads", PAID, "amex", tags=("Key account",), periods=12),
    Sale(137, 17, THEO, "listings reputation", PAID, "visa"),
    Sale(133, 22, PRIYA, "audit", PAID, "discover"),
    Sale(
        130,
        2,
        THEO,
        "site-starter hosting domain",
        PAID_THEN_RETRIED,
        "visa",
        "The registrar wanted a fresh signature.",
    ),
    Sale(127, 9, THEO, "seo-local", PAID, "expiring", from_first=True),
    Sale(124, 15, PRIYA, "social-15% listings", PAID, "mastercard"),
    Sale(121, 6, MAYA, "audit seo-growth", INVOICED, customer_notes="Payable within 14 days, as agreed."),
    Sale(118, 19, PRIYA, "site-starter", DECLINED, "visa_chargeDeclined", tags=("Fair",)),
    Sale(116, 3, THEO, "photo listings", PAID, "visa"),
    Sale(113, 10, PRIYA, "site-starter hosting", PAID, "visa_debit", "Tax exempt; certificate is on file."),
    Sale(110, 13, THEO, "seo-local*2 photo", PAID, "amex"),
    Sale(107, 24, PRIYA, "audit", ARCHIVED, "visa"),
    Sale(104, 16, THEO, "social listings", PAID_BY_ANOTHER_CARD, "chargeCustomerFail", "Their own card is a new one."),
    Sale(101, 26, PRIYA, "site-starter domain", PAID_THEN_IGNORED, "visa", "They keep their old domain after all."),
    Sale(98, 7, THEO, "site-pro hosting care", ANSWERED_BY_CUSTOMER, "authenticationRequiredOnSetup"),
    Sale(95, 20, PRIYA, "email-20%", PAID, "visa"),
    Sale(92, 4, THEO, "reputation social", PAID, "mastercard"),
    Sale(89, 11, PRIYA, "seo-local listings", FOUND_OUT, "visa"),
    Sale(86, 27, THEO, "site-starter hosting", REFUSED, staff_notes="Wants half price."),
    Sale(84, 18, PRIYA, "photo site-pro", PAID, "visa", tags=("Fair",)),
    Sale(81, 21, THEO, "listings", PAID_BY_ANOTHER_CARD, "chargeCustomerFail"),
    Sale(78, 23, MAYA, "seo-growth-10%", APPROVED_THEN_PAID, "visa", tags=("Key account",)),
    Sale(75, 0, THEO, "social", PAID, "saved", "Upsell after the first quarter."),
    Sale(72, 14, PRIYA, "site-starter photo", ANSWERED_BY_CUSTOMER, "authenticationRequired"),
    Sale(69, 25, THEO, "ads-setup ads", DECLINED, "visa_chargeDeclinedLostCard"),
    Sale(66, 1, PRIYA, "photo", PAID, "saved"),
    Sale(63, 5, THEO, "care listings", PAID, "saved"),
    Sale(60, 12, MAYA, "email", PAID, "saved"),
    Sale(57, 29, PRIYA, "audit", ARCHIVED_DRAFT, staff_notes="Went with somebody nearer."),
    Sale(54, 6, MAYA, "listings*3", INVOICED),
    Sale(48, 24, PRIYA, "seo-local", PAID, "expiring", from_first=True),
    Sale(45, 13, THEO, "social", CANCELLATION, "saved", "Sold the winery's shop."),
    Sale(42, 20, PRIYA, "photo", PAID, "expiring"),
    Sale(39, 22, PRIYA, "reputation listings", PAID, "saved"),
    Sale(37, 28, PRIYA, "site-starter", OFFER_RAN_OUT),
    Sale(36, 27, THEO, "site-starter", RESUBMITTED, staff_notes="Now at the full price."),
    Sale(33, 16, THEO, "photo", DECLINED, "chargeDeclinedExpiredCard"),
    Sale(30, 3, THEO, "seo-local", PAID, "saved"),
    Sale(28, 28, PRIYA, "site-starter social", DRAFT, customer_notes="A first proposal, as we discussed."),
    Sale(26, 18, PRIYA, "hosting care", PAID, "saved"),
    Sale(24, 9, THEO, "photo", CANCELLATION, "saved"),
    Sale(23, 17, THEO, "photo listings", SIGNED_AND_PAID, "visa", "Signed on the phone, in the shop."),
    Sale(22, 15, PRIYA, "site-pro-5%", APPROVED, staff_notes="Maya agreed to five percent."),
    Sale(20, 8, PRIYA, "seo-local", PAID, "saved"),
    Sale(18, 26, PRIYA, "social*2", DECLINED, "chargeDeclinedProcessingError"),
    Sale(16, 2, THEO, "domain listings", PAID, "saved"),
    Sale(15, 6, MAYA, "seo-local", SIGNED),
    Sale(14, 10, PRIYA, "care photo", PAID, "saved", starts_in=30),
    Sale(12, 23, THEO, "ads", APPROVED, starts_in=20),
    Sale(10, 4, THEO, "seo-growth", PAID, "saved", starts_in=25, periods=6),
    Sale(8, 19, PRIYA, "site-starter hosting", PENDING, tags=("Fair",)),
    Sale(7, 22, PRIYA, "social", OFFER_DECLINED),
    Sale(6, 25, THEO, "listings reputation", PENDING),
    Sale(5, 0, THEO, "domain", PAID, "saved"),
    Sale(4, 21, THEO, "seo-local photo", DECLINED, "radarBlock"),
    Sale(4, 9, THEO, "site-pro-5% hosting", DECLINED_ON_LINK, "chargeDeclinedInsufficientFunds"),
    Sale(3, 7, THEO, "ads-setup ads", DRAFT, staff_notes="Waiting for their ad budget."),
    Sale(2, 14, PRIYA, "social", ASKED_BY_BANK, "saved"),
    Sale(1, 29, PRIYA, "photo listings", ASKED_BY_BANK, "authenticationRequired"),
    Sale(1, 1, PRIYA, "site-pro-10% care", DRAFT, customer_notes="As we talked about on Tuesday."),
    Sale(1, 24, THEO, "photo seo-local", TALKED_OVER),
    Sale(1, 16, PRIYA, "site-starter hosting care-10%", OFFERED, tags=("Referral",)),
    Sale(0, 11, PRIYA, "email", PAID, "saved"),
)

NEW_CARDS: Final = ((58, 6), (35, 21))
"""On these days these buyers bring a new card, and what they owe is charged to it."""

BY_INVOICE: Final = (6,)
"""Buyers who are sent invoices instead of being charged."""

VERIFIED: Final = (0, 5, 12)
"""Buyers whose card the bank was asked about, without an amount."""

DAYS: Final = max(sale.day for sale in SALES) + 2
