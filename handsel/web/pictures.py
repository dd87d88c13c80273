"""A picture of a partner's, as an answer: drawn by the browser and never run, and kept by it for as long as it likes,
since its address names its bytes."""

from __future__ import annotations

from django.http import HttpResponse

from handsel.models import Logo

POLICY = "default-src 'none'; sandbox"


def logo_answer(logo: Logo) -> HttpResponse:
    """For the address that names `logo.sha256`: another picture has another address."""
    response = HttpResponse(bytes(logo.content), content_type=logo.content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
