"""What may stand in a field, whoever sent it: page, API or command line. All complaints of a request come at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError

from handsel.rules.errors import FieldError, HandselError, Invalid
from handsel.rules.money import CURRENCIES, MAX_MINOR
from handsel.rules.sensitive import holds_card_number, holds_secret_key

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
NOTES_LENGTH = 10_000
REASON_LENGTH = 2_000
_LINE_BREAKS = frozenset("\n\t")
_IDENTIFIERS = frozenset({"sku", "tax_id"})
"""Fields in which long numbers with a checksum are at home."""


class Fields:
    """Reads the fields of one request: each reader answers with the value as it is stored, or notes a complaint under
    the API's name of the field. `check` then raises `Invalid` with all of them."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def complain(self, loc: str, msg: str) -> None:
        self.errors.append(FieldError(loc, msg))

    def check(self) -> None:
        """Raises `Invalid` if anything was complained about."""
        if len(self.errors) == 1:
            raise Invalid(message=self.errors[0].msg, errors=self.errors)
        if self.errors:
            raise Invalid(errors=self.errors)

    def read(self, sent: Mapping[str, Any], readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
        """The columns of those fields that were sent; a field without a reader is a mistake of the caller's."""
        assert sent.keys() <= readers.keys(), f"nothing reads {sorted(sent.keys() - readers.keys())}"
        return {name: reader(sent[name]) for name, reader in readers.items() if name in sent}

    def text(self, loc: str, value: str, most: int, *, needed: bool = False, breaks: bool = False) -> str:
        """One line, or with `breaks` several: without surrounding blanks, at most `most` characters, no controls, and
        nothing that must be kept nowhere, such as a card number."""
        text = value.replace("\r\n", "\n").strip()
        if needed and not text:
            self.complain(loc, "This is needed.")
        elif len(text) > most:
            self.complain(loc, f"This may have at most {most:,} characters.")
        elif any(_is_control(letter) and not (breaks and letter in _LINE_BREAKS) for letter in text):
            self.complain(loc, "This contains characters that cannot be printed.")
        else:
            self._refuse_secrets(loc, text)
        return text

    def _refuse_secrets(self, loc: str, text: str) -> None:
        if holds_card_number(text, identifier=loc.rpartition(".")[2] in _IDENTIFIERS):
            self.complain(
                loc,
                "This looks like a card number. Type card numbers into the card fields only; they are kept nowhere.",
            )
        elif holds_secret_key(text):
            self.complain(loc, "This looks like a secret key. Keep it where only those see it who need it, not here.")

    def email(self, loc: str, value: str, *, needed: bool = True) -> str:
        """Lower-cased: e-mails are compared and found as they are stored."""
        email = value.strip().lower()
        if not email and not needed:
            return ""
        try:
            validate_email(email)
        except ValidationError:
            self.complain(loc, "Write an e-mail address, such as dana@example.com.")
        if len(email) > 254:
            self.complain(loc, "This may have at most 254 characters.")
        self._refuse_secrets(loc, email)
        return email

    def currency(self, loc: str, value: str) -> str:
        if value not in CURRENCIES:
            self.complain(loc, "This is not a currency code of ISO 4217, such as USD.")
        return value

    def country(self, loc: str, value: str) -> str:
        """ISO 3166-1 alpha-2, or empty."""
        country = value.strip().upper()
        if country and country not in _countries():
            self.complain(loc, "This is not a country code of ISO 3166, such as US.")
        return country

    def timezone(self, loc: str, value: str) -> str:
        if value not in _zones():
            self.complain(loc, "This is not a time zone, such as Europe/Berlin.")
        return value

    def locale(self, loc: str, value: str) -> str:
        """As CLDR writes it: language, and territory where one is named, such as en_US."""
        try:
            locale = str(Locale.parse(value, sep="-" if "-" in value else "_"))
        except (UnknownLocaleError, ValueError, TypeError):
            locale = ""
        if not 0 < len(locale) <= 10:
            self.complain(loc, "This is not a language and country, such as en_US.")
        return locale

    def choice(self, loc: str, value: str, choices: Collection[str]) -> str:
        if value not in choices:
            self.complain(loc, f"This must be one of {', '.join(choices)}.")
        return value

    def whole(self, loc: str, value: int, least: int, most: int) -> int:
        if not least <= value <= most:
            self.complain(loc, f"This must be from {least:,} to {most:,}.")
        return value

    def price(self, loc: str, value: int) -> int:
        """Minor units, not negative."""
        return self.whole(loc, value, 0, MAX_MINOR)

    def day(self, loc: str, value: dt.date | None) -> dt.date | None:
        """A day on which something could begin: beyond these years only typing errors lie."""
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            self.complain(loc, f"This must be from {FIRST_DAY} to {LAST_DAY}.")
        return value

    def url(self, loc: str, value: str, *, loopback: bool) -> str:
        """An https address without credentials, or empty. With `loopback` plain http to this machine is one too."""
        url = self.text(loc, value, 500)
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            _ = parts.port
        except ValueError:
            parts, host = urlsplit(""), ""
        local = loopback and parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}
        spaced = re.search(r"\s", url) is not None
        if url and (not host or parts.username or spaced or not (parts.scheme == "https" or local)):
            self.complain(loc, "Write an address that begins with https://.")
        return url


@contextlib.contextmanager
def once(constraint: str, refusal: HandselError) -> Iterator[None]:
    """Where the database says that there is one like this already, by the named constraint, raise `refusal`."""
    try:
        yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise refusal from error


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    not_countries = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    known = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha() and code not in not_countries)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "posixrules", "Factory"}
