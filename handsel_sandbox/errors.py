"""Stripe's error envelope as an exception."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An answer other than 200.

    `began` is False for what Stripe refuses before an endpoint runs (such answers are not kept under an idempotency
    key); `keep` is True where what was written so far stands, as a declined charge does.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        extra: Json | None = None,
        began: bool = True,
        keep: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.began = began
        self.keep = keep
        error: Json = {"type": kind, "message": message}
        if code:
            error["code"] = code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            error["param"] = param
        self.body: Json = {"error": error | (extra or {})}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> ApiError:
    """A parameter that cannot be right: refused before anything begins."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, began=False)


def refused(message: str, *, code: str | None = None, param: str | None = None, extra: Json | None = None) -> ApiError:
    """A well-formed request that the present state does not allow: a kept answer."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, extra=extra)


def no_such(kind: str, object_id: str, *, param: str = "id", in_path: bool = True) -> ApiError:
    """404 for the object in the path, 400 for one that a parameter names, as Stripe answers."""
    status = 404 if in_path else 400
    return ApiError(
        status, "invalid_request_error", f"No such {kind}: '{object_id}'", code="resource_missing", param=param
    )
