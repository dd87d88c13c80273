"""Somebody who types what should be typed nowhere: into every field of every form and every body, every header, every
query. What they type is told apart by being used in these tests only."""

from __future__ import annotations

import copy
import html.parser
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.test import Client

CARD = "4000129083470012"
WRITTEN = (CARD, "4000 1290 8347 0012", "4000-1290-8347-0012", "3714 496353 98449")
KEYS = ("hk_Canary0Canary1Canary2Canary3Cana", "sk_live_51CanaryCanaryCanary", "whsec_Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYQ==")
CODE = "CVC-7391-canary"
CARD_FIELDS = ("card_number", "number", "card[number]", "cvc", "cvv", "security_code", "pan")
CANARIES = (CARD, "371449635398449", *KEYS, CODE)


def found_in(text: str) -> list[str]:
    """The canaries that stand in `text`, however a card number is written there."""
    without_blanks = text.translate(str.maketrans("", "", " -\xa0+"))
    return [canary for canary in CANARIES if canary in text or (canary.isdigit() and canary in without_blanks)]


@dataclass
class Form:
    """What a browser would send for one form of a page, with the fields that text can be typed into."""

    url: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class _Reader(html.parser.HTMLParser):
    """The forms of a page; fields outside any form count as one form of the page's own address."""

    TYPED = {"text", "search", "email", "tel", "url", "password", "number", "date", "hidden", "datetime-local"}

    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms = [Form(url)]
        self._open = self.forms[0]
        self._select = ""
        self._by_id: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("hx-post") or given.get("action") or self.forms[0].url)
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        form = self._by_id.get(given["form"], self._open) if given.get("form") else self._open
        name = given.get("name", "")
        if tag == "option" and self._select and ("selected" in given or self._select not in form.values):
            form.values[self._select] = given.get("value", "")
        if tag == "select":
            self._select = name
        if not name or tag not in ("input", "textarea"):
            return
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        form.values[name] = given.get("value", "")
        if tag == "textarea" or (kind in self.TYPED and name != "csrfmiddlewaretoken"):
            form.typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = self.forms[0]
        if tag == "select":
            self._select = ""


def forms_of(page: str, url: str) -> list[Form]:
    """Every form of a page that has something to type into."""
    reader = _Reader(url)
    reader.feed(page)
    return [form for form in reader.forms if form.typed]


def headers(text: str) -> dict[str, str]:
    """Everything a program may say about itself."""
    return {
        "User-Agent": text,
        "Referer": f"https://example.com/{quote(text)}",
        "Accept-Language": text,
        "X-Forwarded-For": text,
        "X-Request-Id": text,
        "HX-Current-URL": f"http://testserver/{quote(text)}",
    }


def type_into_form(client: Client, form: Form, texts: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The form is sent once for each field with one of the texts in it, and once with fields that it does not have."""
    place = urlsplit(form.url).path or "/"
    for name in dict.fromkeys(form.typed):
        yield name, client.post(place, {**form.values, name: next(texts)})
    yield "card fields", client.post(place, {**form.values, **dict.fromkeys(CARD_FIELDS, CODE)})
    query = dict.fromkeys(("q", "next", "sort", "status", "tag", "as"), next(texts))
    yield "query", client.get(f"{place}?{urlencode(query)}")


def leaves(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """The path of every text that a body of this schema may hold."""
    if "$ref" in schema:
        yield from leaves(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    for part in schema.get("anyOf", []) + schema.get("allOf", []):
        yield from leaves(part, document)
    if schema.get("type") == "string":
        yield ()
    if schema.get("type") == "array":
        yield from ((0, *rest) for rest in leaves(schema.get("items", {}), document))
    for name, part in schema.get("properties", {}).items():
        yield from ((name, *rest) for rest in leaves(part, document))


def with_text(body: Any, path: tuple[str | int, ...], text: str) -> Any:
    """`body` with `text` at `path`, and with what is missing on the way."""
    if not path:
        return text
    step, *rest = path
    if isinstance(step, int):
        first = body[0] if isinstance(body, list) and body else {}
        return [with_text(first, tuple(rest), text)]
    made = copy.deepcopy(body) if isinstance(body, dict) else {}
    made[step] = with_text(made.get(step), tuple(rest), text)
    return made


def bodies(valid: Any, schema: dict[str, Any], document: dict[str, Any], texts: Iterator[str]) -> Iterator[str]:
    """The valid body with a text in each of its places, one at a time, and with card fields that no body has."""
    for path in dict.fromkeys(leaves(schema, document)):
        yield json.dumps(with_text(valid, path, next(texts)))
    yield json.dumps({**valid, "card": dict.fromkeys(CARD_FIELDS, CODE)})
    yield json.dumps({**valid, "metadata": {CODE: next(texts)}})
    yield f'{{"cut off": "{next(texts)}'
