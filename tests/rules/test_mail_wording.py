"""A partner's own words: the three blocks, two tags, and nothing else ever reaches a template engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handsel.rules.mail_wording import (
    ButtonWords,
    FactWords,
    ParagraphWords,
    Unreadable,
    as_markup,
    blocks_of,
    complaints,
)

NAMES = {"amount", "partner_name", "pay_url", "contact_email"}
GOOD = "Pay {{ amount }} to {{ partner_name }}.\n\n- Amount: {{ amount }}\n- To: us\n\n=> Pay now: {{ pay_url }}"


def said(body: str, subject: str = "Subject", needs: str = "") -> list[str]:
    return [each.message for each in complaints(subject, body, NAMES, needs)]


def test_the_three_blocks_are_read() -> None:
    assert blocks_of(f"\n{GOOD}\n \n\n") == (
        ParagraphWords("Pay {{ amount }} to {{ partner_name }}."),
        FactWords((("Amount", "{{ amount }}"), ("To", "us"))),
        ButtonWords("Pay now", "{{ pay_url }}"),
    )
    assert said(GOOD, needs="pay_url") == []


@pytest.mark.parametrize(
    "body",
    ["- no value", "- A: b\nc", "a\n- B: c", "=> Pay", "=> : {{ pay_url }}", "=> Pay: a\nb", "a\n=> Pay: b",
     "- {{ amount }}: x"],
)  # fmt: skip
def test_half_a_list_or_half_a_button_is_told(body: str) -> None:
    with pytest.raises(Unreadable):
        blocks_of(body)
    assert len(said(body)) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "{% include 'layout.html' %}",
        "{% load static %}",
        "{% debug %}",
        "{% extends 'x' %}",
        "{% autoescape off %}x{% endautoescape %}",
        "{% for a in amount %}x{% endfor %}",
        "{% with a=amount %}x{% endwith %}",
        "{% csrf_token %}",
        "{% ssi /etc/passwd %}",
        "{% filter safe %}x{% endfilter %}",
        "{% verbatim %}x{% endverbatim %}",
        "{% comment %}x{% endcomment %}",
        "{% templatetag openblock %}",
        "{% if amount == 1 %}x{% endif %}",
        "{% if not amount %}x{% endif %}",
        "{% if amount|length %}x{% endif %}",
        "{% if amount and pay_url %}x{% endif %}",
        "{%if amount%}x{%endif%}",
        "{% elif amount %}",
        "{{ amount|safe }}",
        "{{ amount.__class__ }}",
        "{{ amount.0 }}",
        "{{amount}}",
        "{{ 'amount' }}",
        "{{ _('amount') }}",
        "{{ amount }",
        "{ { amount }}",
        "{{ amount",
        "amount }}",
        "{# a comment #}",
        "{{ {% debug %} }}",
        "{{\namount\n}}",
        "{% if amount %}{% debug %}{% endif %}",
    ],
)
def test_no_other_tag_and_no_filter_passes_anywhere(hostile: str) -> None:
    assert said(hostile), "in a paragraph"
    assert said(f"- Label: {hostile}") or "\n" in hostile, "in a list"
    assert said(f"=> {hostile}: {{{{ pay_url }}}}"), "on a button"
    assert said(f"=> Pay: {hostile}"), "in an address"
    assert complaints(hostile, "Words.", NAMES), "in the subject"


def test_values_that_this_mail_does_not_have_are_named() -> None:
    assert said("{{ secret_key }} {% if settings %}x{% endif %}") == [
        "There is no value “secret_key” in this mail.",
        "There is no value “settings” in this mail.",
    ]


def test_a_condition_is_complete_in_its_own_paragraph() -> None:
    assert said("{% if amount %}{{ amount }}{% else %}nothing{% endif %}") == []
    assert said("{% if amount %}a\n\nb{% endif %}") == [
        "An {% if … %} has no {% endif %} in the same paragraph.",
        "There is an {% endif %} without its {% if … %}.",
    ]
    assert said("{% else %}") == ["There is an {% else %} without its {% if … %}."]
    assert len(said("{% if amount %}{% else %}{% else %}{% endif %}")) == 1
    deep = "{% if amount %}" * 4 + "x" + "{% endif %}" * 4
    assert len(said(deep)) == 1


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("{{ pay_url }}", True),
        ("https://example.com/help?a=1", True),
        ("http://example.com", True),
        ("{{ contact_email }}", False),
        ("{{ amount }}", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://example.com/{{ amount }}", False),
        ("{{ pay_url }}#x", False),
        ("//example.com", False),
        ('https://example.com/"onclick="x', False),
    ],
)
def test_a_button_leads_to_an_address(address: str, passes: bool) -> None:
    assert (said(f"=> Pay: {address}") == []) is passes


def test_a_mail_without_the_button_that_its_reader_needs_is_refused() -> None:
    assert said("Pay at {{ pay_url }}.", needs="pay_url") == [
        "The reader needs a button to it: “=> Words: {{ pay_url }}”."
    ]


def test_there_are_words_and_not_too_many() -> None:
    assert said(" \n\n ") == ["A mail needs words."]
    assert said("a" * 5_001) == ["Write at most 5,000 characters."]
    assert [each.field for each in complaints("", "Words.", NAMES)] == ["subject"]
    assert [each.field for each in complaints("a\nb", "Words.", NAMES)] == ["subject"]
    assert [each.field for each in complaints("a" * 201, "Words.", NAMES)] == ["subject"]


def test_what_stands_between_tags_is_text_and_never_markup() -> None:
    assert as_markup('<b onclick="x">{{ amount }}</b> & {% if amount %}<i>{% endif %}') == (
        "&lt;b onclick=&quot;x&quot;&gt;{{ amount }}&lt;/b&gt; &amp; {% if amount %}&lt;i&gt;{% endif %}"
    )


@given(st.text(alphabet="{}%# if_amountdebug|.<>\n-=:", max_size=80))
def test_whatever_passes_holds_known_tags_alone(body: str) -> None:
    """T14's way: what is left of accepted words once the two known tags are taken out holds no brace pair."""
    import re

    if said(body):
        return
    left = re.sub(r"{{ amount }}|{% if amount %}|{% else %}|{% endif %}", "", body)
    assert not re.search(r"{{|}}|{%|%}|{#|#}", left)
