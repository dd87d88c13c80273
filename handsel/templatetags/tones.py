"""Which of the four state colours a status is shown in: one place, so that the same word looks the same everywhere."""

from __future__ import annotations

_BY_TONE: dict[str, str] = {
    "good": "approved activated succeeded active paid won verified done",
    "info": (
        "pending resubmitted awaiting_customer_approval processing_payment processing scheduled created submitted"
        " clearing due under_review sent viewed signed open"
    ),
    "warn": "cancellation_requested unknown requires_action past_due paused expires_soon needs_response",
    "bad": "declined activation_errors errored failed uncollectible lost expired",
    "neutral": ("draft cancelled archived ended void deactivated errors_ignored revoked superseded"),
}

TONES: dict[str, str] = {status: tone for tone, statuses in _BY_TONE.items() for status in statuses.split()}


def tone_of(status: str) -> str:
    """The tone of a status of an order, payment, subscription, invoice or activation; neutral when it has none."""
    return TONES.get(status, "neutral")
