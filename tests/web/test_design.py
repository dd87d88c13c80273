"""The design system: every component is shown, nothing is styled in place, every word can be read."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import Http404, HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from handsel.rules.activation_states import ActivationStatus
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.order_status import OrderStatus
from handsel.rules.payment_states import PaymentStatus
from handsel.rules.subscription_states import SubscriptionStatus
from handsel.templatetags.charts import bars, lines
from handsel.templatetags.handsel_components import initials
from handsel.templatetags.handsel_format import (
    datetime_text,
    machine_time,
    money_input,
    money_text,
    percent,
    relative,
)
from handsel.templatetags.icons import ICONS, TONE_ICONS
from handsel.templatetags.tones import TONES
from handsel.web.accent import accent_stylesheet, contrast
from handsel.web.design import design, specimens

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "handsel" / "templates"
FRONTEND = ROOT / "frontend"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "cotton").glob("*.html"))
OWN_TEMPLATES = sorted(TEMPLATES.rglob("*.html"))


def rendered(source: str, **context: object) -> str:
    """A scrap of template as a page would render it, components included."""
    return Template(CottonCompiler().process("{% load handsel_components %}" + source)).render(Context(context))


class Elements(HTMLParser):
    """Every start tag of a page, with its attributes as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def design_page() -> str:
    return render_to_string("design/index.html", specimens())


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_is_shown_on_the_design_page_or_used_by_one_that_is(name: str) -> None:
    users = [path for path in OWN_TEMPLATES if path.stem != name or path.parent.name != "cotton"]
    shown = "".join(path.read_text() for path in users if "design" in path.parts or "cotton" in path.parts)
    base = "".join(path.read_text() for path in TEMPLATES.glob("base*.html"))
    assert re.search(rf"<c-{name}[\s>/]", shown + base)


@pytest.mark.parametrize("path", OWN_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_carries_a_style_or_a_script_of_its_own(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|hx-on|javascript:", source)
    scripts = re.findall(r"<script[^>]*>", source)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)


def test_the_design_page_gives_every_id_once_and_every_label_its_control(design_page: str) -> None:
    elements = Elements(design_page)
    ids = [found for _, attributes in elements.found if (found := attributes.get("id"))]
    assert sorted(ids) == sorted(set(ids))
    assert {label["for"] for label in elements.all("label") if "for" in label} <= set(ids)
    described = " ".join(a["aria-describedby"] or "" for _, a in elements.found if "aria-describedby" in a)
    assert set(described.split()) <= set(ids)


def test_every_opener_names_a_dialog_of_the_page(design_page: str) -> None:
    elements = Elements(design_page)
    dialogs = {dialog["id"] for dialog in elements.all("dialog")}
    openers = {a["data-dialog-open"] for _, a in elements.found if "data-dialog-open" in a}
    assert openers
    assert openers <= dialogs


def test_the_frame_has_its_landmarks_a_skip_link_and_a_live_region(design_page: str) -> None:
    elements = Elements(design_page)
    assert [main["id"] for main in elements.all("main")] == ["main"]
    assert {"href": "#main", "class": "skip"}.items() <= elements.all("a")[0].items()
    assert any(div.get("aria-live") == "polite" for div in elements.all("div"))
    assert elements.all("html") == [{"lang": "en"}]
    current = [link for link in elements.all("a") if link.get("aria-current") == "page"]
    assert current


def test_the_test_clock_stands_in_the_ribbon_in_test_mode_only(design_page: str) -> None:
    live = render_to_string("design/index.html", specimens() | {"test_mode": False})
    assert 'class="ribbon"' in design_page
    assert "2026-11-22T14:02:00+00:00" in design_page.split('class="ribbon"')[1][:600]
    assert 'class="ribbon"' not in live


@pytest.mark.parametrize("part", ["secrets", "index", ".."])
def test_the_design_page_has_no_other_parts(part: str) -> None:
    with pytest.raises(Http404):
        design(HttpRequest(), part)


def test_a_component_s_attributes_cannot_be_left_by_what_people_typed() -> None:
    name = '"><script>alert(1)</script>'
    for source in (
        '<c-button :data-name="name">Go</c-button>',
        '<c-button data-name="{{ name }}">Go</c-button>',
        '<c-field name="x" label="X" :value="name" :placeholder="name" />',
        '<c-combobox name="x" label="X" :text="name" :data-name="name" />',
        '<c-cell :label="name" :note="name" :data-name="name">{{ name }}</c-cell>',
    ):
        html = rendered(source, name=name)
        assert "<script>" not in html
        assert any(name in attributes.values() for _, attributes in Elements(html).found), source


def test_attributes_that_are_off_are_left_out() -> None:
    html = rendered('<c-button :disabled="no" :data-a="no" :data-b="none" data-c>Go</c-button>', no=False, none=None)
    (button,) = Elements(html).all("button")
    assert "disabled" not in button
    assert set(button) & {"data-a", "data-b", "data-c"} == {"data-c"}


def test_a_component_does_not_see_what_belongs_to_the_one_around_it() -> None:
    html = rendered('<c-card title="Outer"><c-notice tone="good">Said</c-notice></c-card>')
    assert html.count("Outer") == 1
    html = rendered('<c-button href="/a" icon="plus">A</c-button><c-menu><c-menu_item>B</c-menu_item></c-menu>')
    assert len(Elements(html).all("a")) == 1


def test_a_wrong_field_says_so_beside_itself_and_to_a_screen_reader() -> None:
    html = rendered('<c-field name="email" label="E-mail" error="No address." hint="For receipts." />')
    (control,) = Elements(html).all("input")
    assert control["aria-invalid"] == "true"
    assert (control["aria-describedby"] or "").split() == ["error_email", "hint_email"]
    assert "No address." in html


def test_a_select_keeps_its_choice_whether_it_is_a_number_or_text() -> None:
    html = rendered('<c-select name="n" label="N" :options="pairs" value="2" />', pairs=[(1, "one"), (2, "two")])
    assert [option.get("value") for option in Elements(html).all("option") if "selected" in option] == ["2"]


def test_a_table_without_rows_shows_what_belongs_there() -> None:
    source = '<c-table caption="Orders">{% for row in rows %}<c-row>{{ row }}</c-row>{% endfor %}'
    source += '<c-slot name="empty">Nothing yet</c-slot></c-table>'
    assert "Nothing yet" in rendered(source, rows=[])
    assert "Nothing yet" not in rendered(source, rows=["one"])


def test_a_form_counts_its_errors_and_names_nothing_when_there_are_none() -> None:
    assert "One answer needs" in rendered('<c-form errors="{{ n }}" />', n=1)
    assert "3 answers need" in rendered('<c-form :errors="n" />', n=3)
    assert "data-error-summary" not in rendered('<c-form :errors="n" />', n=0)
    assert "data-error-summary" not in rendered('<c-form errors="{{ n }}" />', n=0)


@pytest.mark.parametrize(
    "status",
    [*OrderStatus, *PaymentStatus, *SubscriptionStatus, *InvoiceStatus, *ActivationStatus],
    ids=str,
)
def test_every_status_has_a_tone_and_every_tone_a_shape(status: str) -> None:
    assert TONE_ICONS[TONES[status]] in ICONS


def test_every_icon_that_a_template_names_exists() -> None:
    sources = "".join(path.read_text() for path in OWN_TEMPLATES)
    named = set(re.findall(r'\bicon(?:_end)?="([a-z-]+)"', sources)) | set(
        re.findall(r'<c-icon name="([a-z-]+)"', sources)
    )
    assert named
    assert named <= set(ICONS)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (124000, "USD", "en_US", "$1,240.00"),
        (0, "USD", "en_US", "$0.00"),
        (-4200, "EUR", "en_US", "−€42.00"),
        (80, "JPY", "en_US", "¥80"),
        (1000, "KWD", "en_US", "KWD\u00a01.000"),
        (1000, "IQD", "en_US", "IQD\u00a01.000"),
        (124000, "EUR", "de_DE", "1.240,00\u00a0€"),
        (124000, "usd", "en-gb", "US$1,240.00"),
        (10**15, "USD", "en_US", "$10,000,000,000,000.00"),
        (5, "USD", "xx", "$0.05"),
    ],
)
def test_money_is_written_with_the_decimals_we_count_in(minor: int, currency: str, locale: str, text: str) -> None:
    assert money_text(minor, currency, locale) == text


def test_the_filter_follows_the_active_language_and_the_tag_the_page() -> None:
    source = '{{ 124000|money:"EUR" }} / {% money 124000 "EUR" %}'
    with translation.override("de"):
        assert rendered(source, locale="en_US") == "1.240,00\u00a0€ / €1,240.00"
    assert rendered('{{ none|money:"EUR" }}', none=None) == ""


def test_a_money_field_holds_what_a_person_would_type() -> None:
    assert money_input(124000, "USD") == "1240.00"
    assert money_input(80, "JPY") == "80"
    assert money_input(None, "USD") == ""


def test_an_instant_is_written_with_its_zone_and_a_day_without() -> None:
    at = datetime(2026, 11, 22, 23, 30, 15, tzinfo=UTC)
    assert datetime_text(at, "America/New_York").replace("\u202f", " ") == "Nov 22, 2026, 6:30 PM EST"
    assert datetime_text(at, "Europe/Vienna", "de_AT") == "23.11.2026, 00:30 MEZ"
    assert rendered("{{ day|date }}", day=date(2026, 2, 28)) == "Feb 28, 2026"
    assert machine_time(at) == "2026-11-22T23:30:15+00:00"
    assert relative(at, at + timedelta(minutes=5)) == "5 minutes ago"


def test_rates_cards_and_initials() -> None:
    assert percent("8.25") == "8.25%"
    assert percent(20) == "20%"
    assert rendered('{{ "4242"|card }}') == "···· 4242"
    assert [initials(name) for name in ("Harbor Digital Agency", "pico", "", None)] == ["HD", "P", "·", "·"]


def test_a_stacked_bar_is_as_high_as_its_parts_together() -> None:
    chart = bars(
        ["Jan", "Feb"],
        [
            {"name": "Collected", "tone": "accent", "values": [300, 0]},
            {"name": "Declined", "tone": "bad", "values": [100, -50]},
        ],
    )
    january = [mark for mark in chart.marks if mark.title.startswith("Jan")]
    assert [mark.height for mark in january] == [pytest.approx(3 * january[1].height, abs=0.2), january[1].height]
    assert january[0].y == pytest.approx(january[1].y + january[1].height, abs=0.2)
    assert len(chart.marks) == 2
    assert chart.rows[1] == ("Feb", ("0", "-50"))


def test_a_line_rises_with_its_numbers_and_an_empty_chart_draws_nothing() -> None:
    chart = lines(["a", "b", "c"], [{"name": "Revenue", "tone": "accent", "values": [1, 2, 4]}], "USD")
    heights = [mark.y for mark in chart.lines[0].marks]
    assert heights == sorted(heights, reverse=True)
    assert chart.rows[2] == ("c", ("$0.04",))
    assert lines([], []).lines == ()


@pytest.mark.parametrize("accent", ["#ffe600", "0f6e6e", "#000000", "#ffffff", "#e4002b", "#7f7f7f"])
def test_any_accent_becomes_readable_in_both_themes(accent: str) -> None:
    colours = dict(re.findall(r"--(brand[a-z-]*):(#[0-9a-f]{6})", accent_stylesheet(accent)))
    assert contrast(parsed(colours["brand"]), parsed("#f7f6f3")) >= 4.5
    assert contrast(parsed(colours["brand"]), parsed(colours["brand-ink"])) >= 4.5
    assert contrast(parsed(colours["brand-dark"]), parsed("#23282d")) >= 4.5
    assert contrast(parsed(colours["brand-dark"]), parsed(colours["brand-dark-ink"])) >= 4.5


@pytest.mark.parametrize("accent", ["", "red", "#12345", "#123456;}body{display:none"])
def test_what_is_no_colour_becomes_no_stylesheet(accent: str) -> None:
    assert accent_stylesheet(accent) == ""


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[("ink", ground) for ground in ("paper", "surface", "surface-sunken", "surface-hover")],
        *[("ink-muted", ground) for ground in ("paper", "surface", "surface-sunken", "surface-hover")],
        *[("ink-muted", f"{tone}-tint") for tone in ("good", "warn", "bad", "info")],
        *[(tone, f"{tone}-tint") for tone in ("good", "warn", "bad", "info", "neutral")],
        *[(tone, "surface") for tone in ("good", "warn", "bad", "info")],
        ("bad-solid-ink", "bad-solid"),
    ],
)
def test_every_text_colour_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    tokens = (FRONTEND / "src" / "styles" / "tokens.css").read_text()
    pairs = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", tokens))
    colours = [parsed(pairs[name].split(", ")[theme]) for name in (text, ground)]
    assert contrast(*colours) >= 4.5


def parsed(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_packages_are_pinned_exactly_and_the_lock_file_names_no_host() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert wanted["htmx.org"].startswith("2.")
    locked = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in one for one in locked.values())
    assert all(locked[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
