"""T28: a careless line in the log shows no card number and no secret, whoever writes it and in whatever shape.

The control takes the masking processor out, and the number must show; otherwise these tests prove nothing.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from django.test import Client

from handsel import logs

CARD = "4000 0566 5566 5556"
PLAIN = CARD.replace(" ", "")
SECRET = "sk_test_" + "0f" * 24


@pytest.fixture(autouse=True)
def _logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    root = logging.getLogger()
    before, kept = root.level, list(root.handlers)
    yield
    monkeypatch.undo()
    logs.configure(settings.LOGGING)
    root.handlers, root.level = kept, before


def configured() -> io.StringIO:
    """The product's own configuration, writing where a test can read it."""
    logs.configure({"level": "DEBUG", "json": True})
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    handler.setStream(written)
    return written


def be_careless() -> None:
    log = structlog.get_logger("handsel.careless")
    log.info(f"paid with {CARD}", card=PLAIN, number=int(PLAIN), nested={"fields": [CARD, (SECRET,)]})  # noqa: G004
    log.warning("refused", error=ValueError(f"{CARD} is not valid"), key=SECRET)
    try:
        raise ValueError(f"cannot read {PLAIN} with {SECRET}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("somebody.else").exception("failed for %s", CARD)
    logging.getLogger("somebody.else").warning("card %s", CARD, extra={"body": {"number": PLAIN, "key": SECRET}})


def test_a_careless_line_shows_no_card_number_and_no_secret() -> None:
    written = configured()
    be_careless()

    text = written.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["level"] for line in lines] == ["info", "warning", "error", "error", "warning"]
    assert "ValueError" in lines[2]["exception"], "a traceback stays readable"
    assert (CARD in text, PLAIN in text, SECRET in text) == (False, False, False)


def test_control_without_the_masking_processor_the_number_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "mask_event", lambda _logger, _method, event: event)
    written = configured()
    be_careless()

    text = written.getvalue()
    assert (CARD in text, PLAIN in text, SECRET in text) == (True, True, True)


def test_what_a_line_is_for_stays_as_it_is() -> None:
    written = configured()
    structlog.get_logger("handsel").info("request", status=200, milliseconds=12.5, order="ord_06f3", ok=True, none=None)

    line = json.loads(written.getvalue())
    assert (line["status"], line["milliseconds"], line["order"], line["ok"], line["none"]) == (
        200,
        12.5,
        "ord_06f3",
        True,
        None,
    )
    assert line["event"] == "request"


def test_what_somebody_searched_for_is_in_no_line() -> None:
    written = configured()
    response = Client(raise_request_exception=False).get("/nowhere?q=dana+quetzal")
    assert response.status_code == 404
    assert "Not Found: /nowhere" in written.getvalue()
    assert "quetzal" not in written.getvalue()
