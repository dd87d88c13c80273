"""Mails: every kind says what happened and what to do, and nothing that anybody typed can change its shape."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handsel.messages import render
from handsel.messages.render import KINDS, render_mail
from handsel.messages.samples import SAMPLE_CONTEXT, sample_mails

LINKS = {"order_url", "invoice_url", "pay_url", "confirm_url", "offer_url", "join_url"}
ABOUT_NO_MONEY = {"message_customer", "message_staff", "offer_locked_staff", "member_invited"}
MAILS = dict(sample_mails())


def with_values(**values: object) -> dict[str, object]:
    return {**SAMPLE_CONTEXT, **values}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_the_amount_and_links_to_the_matter(kind: str) -> None:
    mail = MAILS[kind]
    (link,) = (SAMPLE_CONTEXT[key] for key in KINDS[kind] & LINKS)

    assert ("amount" in KINDS[kind]) == (kind not in ABOUT_NO_MONEY)
    assert ("$1,240.00" in mail.text) == (kind not in ABOUT_NO_MONEY)
    assert ("$1,240.00" in mail.html) == (kind not in ABOUT_NO_MONEY)
    assert f"\n{link}\n" in mail.text
    assert f'href="{link}"' in mail.html
    assert SAMPLE_CONTEXT["partner_name"] in mail.text
    assert SAMPLE_CONTEXT["partner_name"] in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_each_value_that_it_asks_for(kind: str) -> None:
    marks = {key: f"«{key}»" for key in KINDS[kind] - LINKS} | {key: f"https://x.example/{key}" for key in LINKS}
    mail = render_mail(kind, "en", marks)

    for key in KINDS[kind] - {"accent"}:
        assert marks[key] in mail.subject + " ".join(mail.text.split()), key
        assert marks[key] in mail.html, key


@pytest.mark.parametrize("kind", KINDS)
def test_the_texts_use_no_key_that_is_not_asked_for(kind: str) -> None:
    folder = render.TEXTS / "en" / kind
    source = (folder / "subject.txt").read_text() + (folder / "body.txt").read_text()
    used = set(re.findall(r"{{ (\w+) }}", source)) | set(re.findall(r"{% (?:el)?if (\w+) %}", source))

    assert used | {"partner_name", "accent"} == KINDS[kind]


def test_every_folder_of_texts_is_a_kind() -> None:
    assert {folder.name for folder in (render.TEXTS / "en").iterdir()} == set(KINDS)


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "declined" in kind or "failed" in kind or "confirm" in kind]
)
def test_bad_news_says_whether_money_moved_before_what_to_do(kind: str) -> None:
    text = MAILS[kind].text
    said = re.search(r"Nothing (was|has been) charged|The customer has paid", text)

    assert said is not None
    assert said.start() < text.index("What to do now")


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_key_is_named(kind: str) -> None:
    for key in KINDS[kind]:
        with pytest.raises(KeyError, match=key):
            render_mail(kind, "en", dict.fromkeys(KINDS[kind] - {key}, "x"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        render_mail("../layout", "en", SAMPLE_CONTEXT)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"])
def test_no_value_can_add_a_header(line_break: str) -> None:
    name = f"Dana{line_break}Bcc: everyone@example.com{line_break}{line_break}<b>body</b>"
    subject = render_mail("order_processed_staff", "en", with_values(customer_name=name)).subject

    assert len(subject.splitlines()) == 1
    assert subject.isprintable()
    assert "Bcc: everyone@example.com" in subject


def test_a_very_long_subject_is_cut() -> None:
    subject = render_mail("order_processed_staff", "en", with_values(customer_name="W" * 5000)).subject

    assert len(subject) == 200
    assert subject.endswith("W…")


def test_no_value_can_add_markup_a_link_or_a_block() -> None:
    typed = (
        '<script>alert(1)</script> & "quoted"\n\n=> Click me: https://evil.example\n\n- Label: value {{ order_url }}'
    )
    calm = render_mail("order_declined_staff", "en", with_values(reason="x"))
    mail = render_mail("order_declined_staff", "en", with_values(reason=typed, customer_name=typed))

    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert mail.html.count("<a ") == 1
    assert mail.html.count("<tr>") == calm.html.count("<tr>")
    assert mail.text.count("\n\n") == calm.text.count("\n\n")
    assert "{{ order_url }}" in mail.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b"])
def test_a_link_must_lead_to_a_page(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        render_mail("order_processed_staff", "en", with_values(order_url=address))


def test_a_quote_in_a_link_cannot_leave_its_attribute() -> None:
    html = render_mail("order_processed_staff", "en", with_values(order_url='https://x.example/"onclick="x')).html

    assert 'href="https://x.example/&quot;onclick=&quot;x"' in html


def test_what_has_no_value_is_left_out() -> None:
    mail = render_mail(
        "renewal_failed_customer", "en", with_values(next_try_on=None, pay_url="", method="", invoice_number="")
    )

    assert "Next try" not in mail.text + mail.html
    assert "Payment method" not in mail.text + mail.html
    assert "<a " not in mail.html
    assert "None" not in mail.text
    assert "pay with another card or account" in " ".join(mail.text.split())
    assert "\n\n\n" not in mail.text


def test_a_decline_without_a_link_says_whom_to_write_to() -> None:
    mail = render_mail("payment_declined_customer", "en", with_values(pay_url=""))

    assert "write to billing@northwind.example" in mail.text
    assert "secure page" not in " ".join(mail.text.split())


def test_amounts_keep_their_no_break_space() -> None:
    mail = render_mail("receipt_customer", "de", with_values(amount="1.240,00\xa0€"))

    assert "1.240,00\xa0€" in mail.subject
    assert "1.240,00\xa0€" in mail.text
    assert "1.240,00\xa0€" in mail.html


def test_lines_of_text_are_short_but_links_are_whole() -> None:
    address = "https://handsel.example/pay/" + "a" * 300
    mail = render_mail("payment_declined_customer", "en", with_values(pay_url=address))

    assert f"\n{address}\n" in mail.text
    assert all(len(line) <= 76 for line in mail.text.splitlines() if not line.startswith("https://"))


@pytest.mark.parametrize(("accent", "painted"), [("#0f766e", "#0f766e"), ("red;}</style>", "#1f4f82"), ("", "#1f4f82")])
def test_only_a_colour_is_painted(accent: str, painted: str) -> None:
    html = render_mail("order_processed_staff", "en", with_values(accent=accent)).html

    assert f"background-color:{painted};" in html
    assert html.count("</style>") == 1


@pytest.mark.parametrize("locale", ["en", "en-GB", "ja", "", "../en", "en/../../x"])
def test_a_language_without_texts_is_answered_in_english(locale: str) -> None:
    mail = render_mail("receipt_customer", locale, SAMPLE_CONTEXT)

    assert mail.subject == "Receipt from Northwind Digital: $1,240.00"
    assert '<html lang="en">' in mail.html


def test_texts_in_the_readers_language_are_used_where_they_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "it" / "receipt_customer"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Ricevuta di {{ amount }}")
    (folder / "body.txt").write_text("Grazie.\n\n- Importo: {{ amount }}\n\n=> Vedere: {{ invoice_url }}\n")
    monkeypatch.setattr(render, "TEXTS", tmp_path)
    mail = render_mail("receipt_customer", "it-CH", SAMPLE_CONTEXT)

    assert mail.subject == "Ricevuta di $1,240.00"
    assert "Importo: $1,240.00" in mail.text
    assert '<html lang="it">' in mail.html


SPOKEN = [(kind, language) for kind in KINDS for language in render.languages_of(kind) if language != "en"]


def test_customers_are_written_to_in_four_languages() -> None:
    of_customers = {(kind, each) for kind in KINDS if kind.endswith("_customer") for each in ("de", "fr", "es")}
    assert of_customers <= set(SPOKEN)


@pytest.mark.parametrize(("kind", "language"), SPOKEN)
def test_a_translation_says_with_the_same_values_what_english_says(kind: str, language: str) -> None:
    """No value is lost or made up on the way: the same facts, the same button, the same conditions."""
    english, other = (render.our_words(each, kind) for each in ("en", language))
    for ours, theirs in ((english.subject, other.subject), (english.body, other.body)):
        assert set(re.findall(r"{{ (\w+) }}", ours)) == set(re.findall(r"{{ (\w+) }}", theirs))
        assert sorted(re.findall(r"{% [^%]+ %}", ours)) == sorted(re.findall(r"{% [^%]+ %}", theirs))
    assert english.body.count("\n- ") == other.body.count("\n- ")
    assert re.findall(r"^=> .*: (.*)$", english.body, re.M) == re.findall(r"^=> .*: (.*)$", other.body, re.M)


@pytest.mark.parametrize(("kind", "language"), [pair for pair in SPOKEN if pair[0].endswith("_customer")])
def test_customers_are_addressed_formally(kind: str, language: str) -> None:
    familiar = {"de": r"\b(du|dein\w*|dich|dir)\b", "fr": r"\b(tu|ton|ta|tes|toi)\b", "es": r"\b(tú|tu|tus|ti)\b"}
    text = render_mail(kind, language, SAMPLE_CONTEXT).text

    assert not re.search(familiar[language], text, re.I)
