"""Mails as subject, plain text and HTML, from the words in `texts/<language>/<kind>/`.

The words exist once, or are a partner's own (`MailText`). What a body is made of is in `rules.mail_wording`. A fact or
link without a value, and a paragraph without words, is left out. What a block is stands in the words and is decided
before any value is filled in, so no value can add a block, a link or a header. Values are strings that are ready to be
read: amounts and dates already written for the reader's locale.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString

from handsel.documents.colour import DEFAULT_ACCENT, readable_on_white
from handsel.documents.printable import printable
from handsel.rules.mail_wording import (
    BlockWords,
    ButtonWords,
    FactWords,
    ParagraphWords,
    as_markup,
    blocks_of,
    complaints,
)

TEXTS = Path(__file__).parent / "texts"
FALLBACK_LANGUAGE = "en"
TEXT_WIDTH = 76
LONGEST_SUBJECT = 200
SPACES_AND_BREAKS = re.compile("[ \n\u2028\u2029]+")

NEEDED: Mapping[str, str] = {
    "offer_customer": "offer_url",
    "message_customer": "offer_url",
    "confirm_payment_customer": "confirm_url",
    "payment_declined_customer": "pay_url",
    "renewal_failed_customer": "pay_url",
    "invoice_customer": "pay_url",
    "member_invited": "join_url",
}
"""Mails that lead to what only their link opens, whoever words them."""

EVERY_KIND = frozenset({"partner_name", "accent"})

KINDS: Mapping[str, frozenset[str]] = {
    kind: EVERY_KIND | frozenset(keys.split())
    for kind, keys in {
        "order_processed_staff": "order_number order_status customer_name amount method invoice_number order_url",
        "payment_declined_staff": "order_number customer_name amount method reason code retry_advice order_url",
        "payment_declined_customer": "amount purpose method reason pay_url contact_email",
        "receipt_customer": "amount purpose paid_on method invoice_number receipt_number invoice_url contact_email",
        "invoice_customer": "amount purpose due_on invoice_number pay_url contact_email",
        "confirm_payment_customer": "amount purpose method confirm_until confirm_url contact_email",
        "renewal_failed_customer": "amount purpose method reason invoice_number next_try_on pay_url contact_email",
        "renewal_failed_staff": (
            "amount purpose customer_name method reason code retry_advice invoice_number next_try_on invoice_url"
        ),
        "activation_failed_staff": "order_number customer_name product_name amount reason tries order_url",
        "payment_overdue_staff": "order_number customer_name amount method sent_at tries order_url",
        "late_money_refunded_staff": "order_number customer_name amount cause method arrived_on order_url",
        "refund_waiting_staff": "order_number customer_name amount asked_by reason order_url",
        "refund_customer": "amount purpose method reason credit_note_number invoice_url contact_email",
        "refund_unsent_staff": "order_number customer_name amount method reason code order_url",
        "refund_failed_staff": "order_number customer_name amount cause method code order_url",
        "order_awaiting_approval_staff": "order_number customer_name amount salesperson_name note order_url",
        "order_declined_staff": "order_number customer_name amount declined_by reason order_url",
        "offer_customer": "order_number amount purpose sender_name message valid_until offer_url contact_email",
        "offer_signed_customer": ("order_number amount purpose signer_name signed_at offer_url contact_email"),
        "offer_approved_staff": "order_number customer_name amount order_url",
        "offer_declined_staff": "order_number customer_name amount declined_by reason order_url",
        "offer_expired_staff": "order_number customer_name amount order_url",
        "offer_locked_staff": "order_number customer_name tries order_url",
        "message_customer": "author order_number message offer_url contact_email",
        "message_staff": "order_number customer_name author message order_url",
        "cancellation_requested_staff": "order_number customer_name amount salesperson_name reason order_url",
        "member_invited": "inviter_name role join_until join_url",
    }.items()
}
"""Every mail, and the keys that its context must have; a value may be empty, then what it would say is left out."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """`subject` is one line; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A partner's own words for a kind in one language, as they were written."""

    subject: str
    body: str


def render_mail(kind: str, locale: str, context: Mapping[str, object], own: OwnWords | None = None) -> RenderedMail:
    """The mail of a kind, in the language of `locale` ("de-AT") where its words exist, else in English; in the
    partner's `own` words for that language, unless they name what this mail does not have (any more).

    Raises KeyError for a kind that does not exist and for a key that is missing, ValueError for a link that is not
    http(s). Nothing is sent, and no settings of Django are needed.
    """
    missing = KINDS[kind] - context.keys()
    if missing:
        raise KeyError(f"{kind} needs {', '.join(sorted(missing))}")
    values = {name: "" if value is None else printable(str(value)) for name, value in context.items()}
    language = language_of(kind, locale)
    own = own if own and not complaints(own.subject, own.body, KINDS[kind], NEEDED.get(kind, "")) else None
    wording = _wording(language, kind) if own is None else _compiled_words(language, own)
    subject = _plain(wording.subject, values)
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1].rstrip() + "…"
    texts = [text for block in wording.blocks if (text := block.as_text(values))]
    signature = f"-- \n{_one_line(values['partner_name'])}\n"
    return RenderedMail(subject, "\n\n".join((*texts, signature)), _html(wording, subject, values))


def _html(wording: Wording, subject: str, values: Mapping[str, str]) -> str:
    layout = {
        "language": wording.language,
        "subject": subject,
        "partner_name": values["partner_name"],
        "accent": readable_on_white(values["accent"] or DEFAULT_ACCENT),
        "blocks": [block.as_html(values) for block in wording.blocks],
    }
    return _layout().render(Context(layout))


@dataclass(frozen=True, slots=True)
class Words:
    """One text, compiled twice: as it is read, and with everything but its values escaped for a page."""

    plain: Template
    markup: Template


@dataclass(frozen=True, slots=True)
class Paragraph:
    words: Words

    def as_text(self, values: Mapping[str, str]) -> str:
        return textwrap.fill(_plain(self.words, values), TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)

    def as_html(self, values: Mapping[str, str]) -> dict[str, object]:
        return {"paragraph": _escaped(self.words, values)}


@dataclass(frozen=True, slots=True)
class Facts:
    lines: tuple[tuple[str, Words], ...]

    def as_text(self, values: Mapping[str, str]) -> str:
        filled = [(label, text) for label, words in self.lines if (text := _plain(words, values))]
        width = max((len(label) for label, _ in filled), default=0) + 1
        return "\n".join(f"{label + ':':<{width}} {text}" for label, text in filled)

    def as_html(self, values: Mapping[str, str]) -> dict[str, object]:
        filled = [{"label": label, "text": _escaped(words, values)} for label, words in self.lines]
        return {"facts": [fact for fact in filled if fact["text"]]}


@dataclass(frozen=True, slots=True)
class Button:
    words: Words
    address: Words

    def as_text(self, values: Mapping[str, str]) -> str:
        address = self._checked_address(values)
        return f"{_plain(self.words, values)}:\n{address}" if address else ""

    def as_html(self, values: Mapping[str, str]) -> dict[str, object]:
        address = self._checked_address(values)
        return {"link": {"text": _escaped(self.words, values), "url": address} if address else None}

    def _checked_address(self, values: Mapping[str, str]) -> str:
        address = _plain(self.address, values)
        if address and (not address.startswith(("https://", "http://")) or " " in address):
            raise ValueError("a link in a mail must be http or https")
        return address


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind in one language, compiled."""

    language: str
    subject: Words
    blocks: tuple[Paragraph | Facts | Button, ...]


def language_of(kind: str, locale: str) -> str:
    """The language of `locale` if this kind was written in it. Only names that stand in the folder are looked at."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in {folder.parent.name for folder in TEXTS.glob(f"*/{kind}")} else FALLBACK_LANGUAGE


def our_words(language: str, kind: str) -> OwnWords:
    """The words that a kind has where the partner wrote none, as one would edit them."""
    folder = TEXTS / language / kind
    subject, body = ((folder / name).read_text(encoding="utf-8").strip() for name in ("subject.txt", "body.txt"))
    return OwnWords(subject, body)


def languages_of(kind: str) -> tuple[str, ...]:
    """The languages that a kind has words in, English first."""
    found = sorted(folder.parent.name for folder in TEXTS.glob(f"*/{kind}"))
    return tuple(sorted(found, key=lambda language: language != FALLBACK_LANGUAGE))


@functools.cache
def _wording(language: str, kind: str) -> Wording:
    return _compiled_words(language, our_words(language, kind))


@functools.lru_cache(maxsize=256)
def _compiled_words(language: str, words: OwnWords) -> Wording:
    return Wording(language, _compiled(words.subject), tuple(_block(block) for block in blocks_of(words.body)))


def _block(block: BlockWords) -> Paragraph | Facts | Button:
    match block:
        case FactWords(lines):
            return Facts(tuple((label, _compiled(value)) for label, value in lines))
        case ButtonWords(words, address):
            return Button(_compiled(words), _compiled(address))
        case ParagraphWords(words):
            return Paragraph(_compiled(words))


@functools.cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEXTS)], autoescape=True)


@functools.cache
def _layout() -> Template:
    return _engine().get_template("layout.html")


def _compiled(source: str) -> Words:
    return Words(Template(source, engine=_engine()), Template(as_markup(source), engine=_engine()))


def _plain(words: Words, values: Mapping[str, str]) -> str:
    return _one_line(words.plain.render(Context(dict(values), autoescape=False)))


def _escaped(words: Words, values: Mapping[str, str]) -> SafeString:
    return SafeString(words.markup.render(Context(dict(values), autoescape=True)).strip())


def _one_line(text: str) -> str:
    """Any run of spaces and line breaks as one space, as a header needs it; a no-break space stays what it is.

    `printable` has dropped every other character that a mail program could take for a line break.
    """
    return SPACES_AND_BREAKS.sub(" ", text).strip()
